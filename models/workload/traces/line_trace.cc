#include "models/workload/traces/line_trace.h"

#include <algorithm>
#include <string>

namespace orrery::workload {

Result<bool> LineTrace::NextLine(std::string_view* line) {
  while (true) {
    Result<bool> more = reader_.Next(line);
    report_.lines = reader_.line_number();
    if (!more || !*more) return more;
    if (line->find_first_not_of(" \t") != std::string_view::npos) return true;
  }
}

UserId LineTrace::User(std::string_view name) {
  const auto found = user_ids_.find(name);
  if (found != user_ids_.end()) return found->second;
  const UserId id(static_cast<uint32_t>(report_.users.size()));
  report_.users.emplace_back(name);
  user_ids_.emplace(name, id);
  return id;
}

Result<bool> LineTrace::ReadNext(Job* job) {
  *job = Job();
  Result<bool> more = ReadJob(job);
  if (!more) return more;
  if (*more) {
    ++jobs_read_;
  } else if (jobs_read_ == 0 && report_.total_skipped() == 0) {
    return MakeError(reader_.path(), "has no job: " + std::to_string(report_.lines) +
                                         " lines, all of them comments, header or empty");
  }
  return more;
}

Result<bool> LineTrace::ReadAll() {
  Job job;
  while (true) {
    Result<bool> more = ReadNext(&job);
    if (!more) return more;
    if (!*more) break;
    if (jobs_.size() == kMostSorted) {
      return MakeError(reader_.Place(), "more than " + std::to_string(kMostSorted) +
                                            " jobs, the most that are sorted in memory; sort the "
                                            "file by '" +
                                            time_column_ +
                                            "' and set the option 'order' to 'file'");
    }
    jobs_.push_back(job);
  }
  std::stable_sort(jobs_.begin(), jobs_.end(),
                   [](const Job& a, const Job& b) { return a.submit < b.submit; });
  sorted_ = true;
  return true;
}

Result<bool> LineTrace::Next(Job* job) {
  if (order_ == TraceOrder::kSort) {
    if (!sorted_) {
      Result<bool> read = ReadAll();
      if (!read) return read;
    }
    if (next_ == jobs_.size()) return false;
    *job = jobs_[next_++];
  } else {
    Result<bool> more = ReadNext(job);
    if (!more || !*more) return more;
    if (job->submit < last_submit_) {
      return MakeError(reader_.Place(),
                       "column '" + std::string(time_column_) + "': the job comes " +
                           std::to_string((last_submit_ - job->submit).seconds()) +
                           " s before the one in front of it, expected ascending times");
    }
    last_submit_ = job->submit;
  }
  if (rebase_ && report_.jobs == 0) origin_ = job->submit - SimTime::Zero();
  job->submit += -origin_;
  if (job->deadline != SimTime::Never()) job->deadline += -origin_;
  ++report_.jobs;
  return true;
}

std::pair<uint32_t, uint32_t> SplitGang(uint32_t total, uint32_t most) {
  for (uint32_t size = std::min(total, most); size > 1; --size) {
    if (total % size == 0) return {total / size, size};
  }
  return {total, 1};
}

}  // namespace orrery::workload
