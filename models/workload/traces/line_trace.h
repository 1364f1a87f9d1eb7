// What the readers of line-based traces share: order of time, end of file, users, tallies.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/workload/traces/format.h"
#include "models/workload/traces/line_reader.h"

namespace orrery::workload {

// Whether jobs are handed out as they come, in flat memory, and going back in time is an error; or
// all of them are read first and sorted by submit time (equal times keep the file's order).
enum class TraceOrder : uint8_t { kAsRead, kSort };

class LineTrace : public TraceSource {
 public:
  // Sorting holds every job in memory (sizeof(Job), about 120 bytes each); more are an error that
  // says so.
  static constexpr uint64_t kMostSorted = 10'000'000;

  // Errors beside those of ReadJob: a job earlier than the one before it, a file without a job.
  Result<bool> Next(Job* job) final;
  const TraceReport& report() const final { return report_; }

 protected:
  // `time_column` names the column of submit times in messages. With `rebase`, the first job
  // arrives at 0 and the others keep their distance to it.
  LineTrace(LineReader reader, TraceOrder order, const char* time_column, bool rebase = false)
      : reader_(std::move(reader)), order_(order), rebase_(rebase), time_column_(time_column) {}

  // Reads lines until one makes a job and fills it (a fresh one); false at the end of the file.
  virtual Result<bool> ReadJob(Job* job) = 0;

  // The next line that is not empty.
  Result<bool> NextLine(std::string_view* line);
  UserId User(std::string_view name);
  LineReader& reader() { return reader_; }
  TraceReport& mutable_report() { return report_; }

 private:
  // Users are looked up by names that live in lines, without a copy.
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };

  Result<bool> ReadNext(Job* job);
  Result<bool> ReadAll();

  LineReader reader_;
  TraceOrder order_;
  bool rebase_;
  const char* time_column_;
  TraceReport report_;
  std::unordered_map<std::string, UserId, NameHash, std::equal_to<>> user_ids_;
  SimTime last_submit_ = SimTime::FromNanos(INT64_MIN);
  Duration origin_;
  uint64_t jobs_read_ = 0;
  bool sorted_ = false;
  std::vector<Job> jobs_;  // kSort: all of them, `next_` is handed out next
  size_t next_ = 0;
};

// Splits a gang of `total` processors or GPUs into equal replicas of at most `most`: the largest
// divisor of `total` that is not larger, so that nothing is rounded. Returns {replicas, size}.
std::pair<uint32_t, uint32_t> SplitGang(uint32_t total, uint32_t most);

}  // namespace orrery::workload
