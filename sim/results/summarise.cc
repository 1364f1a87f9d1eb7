#include "sim/results/summarise.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace orrery::results {
namespace {

// Adds the rows of a file to `builder`.
Result<void> AddRows(const ResultsReader& reader, SummaryBuilder* builder) {
  std::string fault;
  auto read = reader.ForEachBlock<JobRow>({}, [&](std::span<const JobRow> rows) {
    for (const JobRow& row : rows) {
      if (!fault.empty()) return;
      fault = SummaryBuilder::FaultOf(row);
      if (fault.empty()) {
        builder->Add(row);
      } else {
        fault = fmt::format("/jobs contradicts itself: job {}: {}", row.job, fault);
      }
    }
  });
  if (read && !fault.empty()) return MakeError(reader.path(), fault);
  if (!read) return read;
  return reader.ForEachBlock<SampleRow>({}, [&](std::span<const SampleRow> rows) {
    for (const SampleRow& row : rows) builder->Add(row);
  });
}

// What `summary` says of jobs, as `rows` has it.
void TakeJobFigures(const Summary& rows, Summary* summary) {
  summary->wait_s = rows.wait_s;
  summary->jct_s = rows.jct_s;
  summary->slowdown = rows.slowdown;
  summary->bounded_slowdown = rows.bounded_slowdown;
  summary->unfinished_wait_s = rows.unfinished_wait_s;
  summary->measured = rows.measured;
  summary->makespan_s = rows.makespan_s;
  summary->gpu_hours = rows.gpu_hours;
  summary->allocation_ratio = rows.allocation_ratio;
  summary->fragmentation = rows.fragmentation;
  summary->per_class = rows.per_class;
  summary->per_user = rows.per_user;
}

}  // namespace

SummaryBuilder::Replay ReplayJobs(const ResultsReader& reader) {
  return [&reader](const std::function<void(std::span<const JobRow>)>& block) {
    return reader.ForEachBlock<JobRow>(
        {"submit_ns", "start_ns", "end_ns", "useful_ns", "outcome", "job_class"}, block);
  };
}

Result<Summary> Summarise(const ResultsReader& reader) {
  auto stored = reader.StoredSummary();
  if (!stored) return tl::unexpected<Error>(stored.error());
  if (reader.end().complete) {
    if (!*stored) return MakeError(reader.path(), "says that it is complete, but has no summary");
    return std::move(**stored);
  }
  if (reader.run().job_rows != JobRows::kAll && *stored) return std::move(**stored);

  SummaryBuilder builder(reader.run());
  RunCounters counters;
  if (*stored) {
    counters.submitted = (*stored)->jobs.submitted;
    counters.now = SimTime::FromSeconds((*stored)->end_s);
    builder.EndAt(counters.now);
  }
  if (auto added = AddRows(reader, &builder); !added) return tl::unexpected<Error>(added.error());
  auto rows = builder.Exact(counters, reader.end(), ReplayJobs(reader));
  if (!rows || !*stored) return rows;
  Summary summary = std::move(**stored);
  TakeJobFigures(*rows, &summary);
  return summary;
}

}  // namespace orrery::results
