#include "sim/results/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/results/reader.h"
#include "sim/results/summarise.h"

namespace orrery::results {
namespace {

// Flushing may take this share of the time of a run.
constexpr int kFlushShare = 50;

constexpr char kNotEnded[] =
    "the run had not ended when this was written: it was killed, or is still going on";

// Jobs whose hash is below are kept.
uint64_t Threshold(JobRows rows, double fraction) {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  if (rows == JobRows::kAggregate) return 0;
  if (rows == JobRows::kAll || fraction >= 1) return UINT64_MAX;
  return static_cast<uint64_t>(std::max(fraction, 0.0) * kTwoTo64);
}

}  // namespace

Result<void> ResultsWriter::CheckCreate(const std::string& path) {
  return BlockFile::CheckCreate(path);
}

Result<std::unique_ptr<ResultsWriter>> ResultsWriter::Create(
    const std::string& path, const RunDescription& run, std::chrono::milliseconds flush_interval) {
  auto file = BlockFile::Create(path);
  if (!file) return tl::unexpected<Error>(file.error());
  std::unique_ptr<ResultsWriter> writer(new ResultsWriter(std::move(*file), run, flush_interval));
  if (auto written = writer->Commit(/*last=*/false); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return writer;
}

ResultsWriter::ResultsWriter(BlockFile file, const RunDescription& run,
                             std::chrono::milliseconds flush_interval)
    : file_(std::move(file)),
      catalogue_writer_(&file_),
      jobs_(TableOf<JobRow>(), &file_),
      attempts_(TableOf<AttemptRow>(), &file_),
      nodes_(TableOf<NodeRow>(), &file_),
      node_energy_(TableOf<NodeEnergyRow>(), &file_),
      services_(TableOf<ServiceRow>(), &file_),
      service_samples_(TableOf<ServiceSampleRow>(), &file_),
      node_mining_(TableOf<NodeMiningRow>(), &file_),
      node_trust_(TableOf<NodeTrustRow>(), &file_),
      node_events_(TableOf<NodeEventRow>(), &file_),
      samples_(TableOf<SampleRow>(), &file_),
      ledger_(TableOf<LedgerRow>(), &file_),
      tables_{&jobs_,     &attempts_,    &nodes_,   &node_energy_,     &node_mining_, &node_trust_,
              &services_, &node_events_, &samples_, &service_samples_, &ledger_},
      job_rows_(run.job_rows),
      keep_below_(Threshold(run.job_rows, run.sample_fraction)),
      flush_interval_(std::max(flush_interval, std::chrono::milliseconds(1))),
      last_flush_(std::chrono::steady_clock::now()) {
  catalogue_.tables.assign(tables_.begin(), tables_.end());
  DescribeRun(run);
  SetEnd(
      {.complete = false, .partial_reason = kNotEnded, .trace_digest = "", .outcome_digest = ""});
}

void ResultsWriter::DescribeRun(const RunDescription& run) {
  std::vector<Attribute>& attributes = catalogue_.attributes;
  attributes = {
      {"format", std::string(kFormatName)},
      {"schema_version", int64_t{kSchemaVersion}},
      {"orrery_version", run.version},
      {"name", run.name},
      {"scenario", run.scenario},
      // HDF5 has unsigned attributes, but they surprise people in numpy's arithmetic.
      {"seed", static_cast<int64_t>(run.seed)},
      {"replicate", int64_t{run.replicate}},
      {"warm_up_ns", run.warm_up.nanos()},
      {"horizon_ns", run.horizon == SimTime::Never() ? int64_t{-1} : run.horizon.nanos()},
      {"job_rows", std::string(JobRowsName(run.job_rows))},
      {"sample_fraction",
       run.job_rows == JobRows::kSample ? run.sample_fraction : (keep_below_ == 0 ? 0.0 : 1.0)},
  };
  fixed_attributes_ = attributes.size();
  PlaceNames("gpu_models", run.gpu_models);
  PlaceNames("regions", run.regions);
  PlaceNames("users", run.users);
  PlaceNames("accounts", run.accounts);
  PlaceNames("services", run.services);
}

void ResultsWriter::PlaceNames(const char* list, const std::vector<std::string>& names) {
  NameBlock block{.name = list, .address = 0, .width = 1, .count = names.size()};
  for (const std::string& name : names) block.width = std::max<uint64_t>(block.width, name.size());
  std::string bytes(block.width * block.count, '\0');
  for (size_t i = 0; i < names.size(); ++i) names[i].copy(&bytes[i * block.width], block.width);
  block.address = file_.Reserve(bytes.size(), sizeof(uint64_t));
  const Extent extent{block.address, bytes.data(), bytes.size()};
  if (!bytes.empty()) file_.Write({&extent, 1});
  catalogue_.names.push_back(std::move(block));
}

void ResultsWriter::SetEnd(const RunEnd& end) {
  catalogue_.attributes.resize(fixed_attributes_);
  catalogue_.attributes.push_back({"complete", int64_t{end.complete}});
  catalogue_.attributes.push_back({"partial_reason", end.partial_reason});
  catalogue_.attributes.push_back({"trace_digest", end.trace_digest});
  catalogue_.attributes.push_back({"outcome_digest", end.outcome_digest});
}

bool ResultsWriter::FlushDue() const {
  const auto interval = std::max(flush_interval_, kFlushShare * flush_cost_);
  return std::chrono::steady_clock::now() - last_flush_ >= interval || !file_.status();
}

Result<void> ResultsWriter::Flush(const SummaryBuilder& builder, const RunCounters& counters) {
  const auto begin = std::chrono::steady_clock::now();
  const RunEnd end{
      .complete = false, .partial_reason = kNotEnded, .trace_digest = "", .outcome_digest = ""};
  catalogue_.summary = builder.Approximate(counters, end);
  auto committed = Commit(/*last=*/false);
  last_flush_ = std::chrono::steady_clock::now();
  flush_cost_ = last_flush_ - begin;
  return committed;
}

Result<Summary> ResultsWriter::Finish(const SummaryBuilder& builder, const RunCounters& counters,
                                      const RunEnd& end) {
  // First all rows, for the second pass over them reads the file.
  if (auto committed = Commit(/*last=*/true); !committed) {
    return tl::unexpected<Error>(committed.error());
  }
  Result<Summary> summary = builder.Approximate(counters, end);
  if (job_rows_ == JobRows::kAll) {
    auto reader = ResultsReader::Open(file_.open_path());
    if (!reader) return tl::unexpected<Error>(reader.error());
    summary = builder.Exact(counters, end, ReplayJobs(*reader));
    if (!summary) return summary;
  }
  catalogue_.summary = *summary;
  catalogue_.summary_datasets = true;
  SetEnd(end);
  if (auto committed = Commit(/*last=*/true); !committed) {
    return tl::unexpected<Error>(committed.error());
  }
  return summary;
}

Result<void> ResultsWriter::Commit(bool last) {
  for (TableBuffer* table : tables_) table->WriteOut(last);
  return catalogue_writer_.Commit(catalogue_);
}

}  // namespace orrery::results
