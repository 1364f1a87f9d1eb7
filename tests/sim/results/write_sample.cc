// Writes a results file for the tests in Python:
//
//   write_sample FILE complete|interrupted|killed JOBS
//
// `interrupted` finishes as a run does after SIGINT, `killed` dies by SIGKILL after a flush.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/results/writer.h"
#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

RunDescription Description() {
  RunDescription run;
  run.name = "sample";
  run.scenario = "name: sample\nseed: 42\n";
  run.version = "0.1.0";
  run.seed = 42;
  run.gpu_models = {"h100-sxm", "a100-sxm-80gb", "rtx-4090"};
  run.regions = {"us-east", "eu-north"};
  return run;
}

void AppendSamples(uint32_t jobs, ResultsWriter* writer, SummaryBuilder* builder) {
  for (uint32_t job = 0; job < jobs; job += 10) {
    SampleRow row;
    row.time = 600.0 * job;
    row.gpu_allocation_ratio = 0.5 + static_cast<double>(Scramble(job) % 1000) / 2000;
    row.queued_jobs = static_cast<int64_t>(Scramble(job) % 50);
    row.gpus_present = 8000;
    writer->Append(row);
    builder->Add(row);
  }
}

int Fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.ToString().c_str());
  return 2;
}

int Write(const std::string& path, const std::string& how, uint32_t jobs) {
  auto writer = ResultsWriter::Create(path, Description());
  if (!writer) return Fail(writer.error());
  SummaryBuilder builder(Description());
  for (uint32_t node = 0; node < 1000; ++node) {
    NodeRow row;
    row.node = node;
    row.gpus = 8;
    row.gpu_model = static_cast<uint16_t>(node % 3);
    row.region = static_cast<uint16_t>(node % 2);
    row.ask_usd_micro_h = 1'000'000 + node;
    (*writer)->Append(row);
  }
  for (uint32_t job = 0; job < jobs; ++job) {
    const JobRow row = SampleJob(job);
    (*writer)->Append(row);
    (*writer)->Append(SampleAttempt(row));
    builder.Add(row);
  }
  AppendSamples(jobs, writer->get(), &builder);
  RunCounters counters;
  counters.energy.emplace().busy_kwh = 100;
  counters.transfers.emplace().fetches = 100;
  counters.services.emplace_back().name = "chat";
  counters.trust.emplace();
  counters.mining.emplace();
  counters.submitted = jobs;
  counters.gpu_milli_ns = __int128{8'000'000} * 86'400'000'000'000 * 30;
  if (how == "killed") {
    if (auto flushed = (*writer)->Flush(builder, counters); !flushed) return Fail(flushed.error());
    for (uint32_t job = jobs; job < jobs + 100'000; ++job) (*writer)->Append(SampleJob(job));
    raise(SIGKILL);
  }
  RunEnd end;
  end.complete = how == "complete";
  if (!end.complete) end.partial_reason = "interrupted";
  end.trace_digest = "0123456789abcdef";
  end.outcome_digest = "fedcba9876543210";
  auto summary = (*writer)->Finish(builder, counters, end);
  return summary ? 0 : Fail(summary.error());
}

}  // namespace
}  // namespace orrery::results

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return orrery::results::Write(argv[1], argv[2], static_cast<uint32_t>(std::atoi(argv[3])));
}
