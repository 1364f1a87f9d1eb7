// Writes the results of one run into one HDF5 file (docs/results.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/results/catalogue.h"
#include "sim/results/run.h"
#include "sim/results/summary_builder.h"
#include "sim/results/table_buffer.h"

namespace orrery::results {

// Rows are appended as they come about; memory does not grow with their number, but for 8 bytes for
// each 8192 values of a column that is not constant.
//
//   auto writer = ResultsWriter::Create(path, description);
//   SummaryBuilder builder(description);
//   … writer->Append(row); builder.Add(row); …
//   if (writer->FlushDue()) { if (auto flushed = writer->Flush(builder, counters); !flushed) … }
//   builder.EndAt(now); … rows of unfinished jobs …
//   Result<Summary> summary = writer->Finish(builder, counters, end);
//
// From Create() on, at any moment, even if the process is killed, the file can be opened by any
// HDF5 program and holds what was there at the last Flush() (catalogue.h says how); before Finish()
// it says of itself that it is partial. One writer belongs to one thread at a time; several writers
// may work in several threads.
class ResultsWriter {
 public:
  // `flush_interval`: FlushDue() after this wall-clock time; at least 1 ms. Errors: the file cannot
  // be created; it is something else than results; another run is writing it; the disk is full.
  static Result<std::unique_ptr<ResultsWriter>> Create(
      const std::string& path, const RunDescription& run,
      std::chrono::milliseconds flush_interval = std::chrono::seconds(2));
  // What Create would refuse as things stand now. Nothing is created or changed.
  static Result<void> CheckCreate(const std::string& path);

  // Append a row: about 40 ns for a job. Errors are told by the next Flush() or Finish(). Rows of
  // jobs, and of their attempts, are dropped here where the run asked for a sample or none.
  void Append(const JobRow& row) {
    if (Keeps(row.job)) jobs_.Append(row);
  }
  void Append(const AttemptRow& row) {
    if (Keeps(row.job)) attempts_.Append(row);
  }
  void Append(const NodeRow& row) { nodes_.Append(row); }
  void Append(const NodeEnergyRow& row) { node_energy_.Append(row); }
  void Append(const ServiceRow& row) { services_.Append(row); }
  void Append(const ServiceSampleRow& row) { service_samples_.Append(row); }
  void Append(const NodeMiningRow& row) { node_mining_.Append(row); }
  void Append(const NodeTrustRow& row) { node_trust_.Append(row); }
  void Append(const NodeEventRow& row) { node_events_.Append(row); }
  void Append(const SampleRow& row) { samples_.Append(row); }
  void Append(const LedgerRow& row) { ledger_.Append(row); }

  // True where the job gets a row: for a sample, by a hash of its number, so that the runs of a
  // comparison keep the same jobs.
  bool Keeps(uint32_t job) const {
    if (keep_below_ == kKeepAll) return true;
    return Hash(job) < keep_below_;
  }

  // True when the flush interval has passed (longer where flushing itself takes over 2% of the
  // time), or writing has failed. Reads a clock: ask a few times a second, not at each event.
  bool FlushDue() const;
  // Puts all rows so far, and a summary of them, where a kill does not reach them.
  Result<void> Flush(const SummaryBuilder& builder, const RunCounters& counters);
  // Flushes, works the summary out (with exact quantiles where every job has a row), stores it and
  // closes the books: nothing may be appended afterwards.
  Result<Summary> Finish(const SummaryBuilder& builder, const RunCounters& counters,
                         const RunEnd& end);

  const std::string& path() const { return file_.path(); }

 private:
  static constexpr uint64_t kKeepAll = UINT64_MAX;

  ResultsWriter(BlockFile file, const RunDescription& run,
                std::chrono::milliseconds flush_interval);

  // The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
  // Generators", OOPSLA 2014): every bit of the number moves every bit of the hash.
  static uint64_t Hash(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  void DescribeRun(const RunDescription& run);
  void PlaceNames(const char* list, const std::vector<std::string>& names);
  void SetEnd(const RunEnd& end);
  Result<void> Commit(bool last);

  BlockFile file_;
  CatalogueWriter catalogue_writer_;
  TableBuffer jobs_;
  TableBuffer attempts_;
  TableBuffer nodes_;
  TableBuffer node_energy_;
  TableBuffer services_;
  TableBuffer service_samples_;
  TableBuffer node_mining_;
  TableBuffer node_trust_;
  TableBuffer node_events_;
  TableBuffer samples_;
  TableBuffer ledger_;
  const std::vector<TableBuffer*> tables_;  // all of them
  Catalogue catalogue_;
  size_t fixed_attributes_ = 0;  // the first ones of the catalogue, which do not change
  const JobRows job_rows_;
  uint64_t keep_below_ = kKeepAll;
  std::chrono::nanoseconds flush_interval_;
  std::chrono::nanoseconds flush_cost_{0};  // of the last one
  std::chrono::steady_clock::time_point last_flush_;
};

}  // namespace orrery::results
