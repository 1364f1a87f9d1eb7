#include "models/workload/traces/swf_record.h"

namespace orrery::workload {
namespace {

// Job numbers must leave room for the number of a copy (transforms).
constexpr int64_t kMostCount = (int64_t{1} << 40) - 1;
// Headers of real logs have a few hundred lines; what is beyond these bounds is passed over.
constexpr size_t kMostHeaderLines = 10'000;
constexpr size_t kMostValueBytes = 100'000;

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t;");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// A key is one word of letters in front of a colon, so that "http://…" is none.
size_t KeyLength(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && ((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z')) {
    ++length;
  }
  const bool key = length > 0 && length < text.size() && text[length] == ':' &&
                   !text.substr(length).starts_with("://");
  return key ? length : 0;
}

}  // namespace

const std::vector<std::string>& SwfColumnNames() {
  static const std::vector<std::string> names = {"job_number",
                                                 "submit_time",
                                                 "wait_time",
                                                 "run_time",
                                                 "allocated_processors",
                                                 "average_cpu_time",
                                                 "used_memory",
                                                 "requested_processors",
                                                 "requested_time",
                                                 "requested_memory",
                                                 "status",
                                                 "user",
                                                 "group",
                                                 "executable",
                                                 "queue",
                                                 "partition",
                                                 "preceding_job",
                                                 "think_time"};
  return names;
}

const std::vector<std::string>& SwfColumnMeanings() {
  static const std::vector<std::string> meanings = {
      "counter, from 1",
      "seconds since the start of the log, ascending",
      "seconds in the queue of the logged system; not used",
      "wall-clock seconds: the job's work",
      "processors the job got",
      "CPU seconds used, mean over its processors; not used",
      "KB used by a processor, mean",
      "processors the user asked for",
      "seconds the user asked for: estimate and limit",
      "KB a processor that the user asked for",
      "1 completed, 0 failed, 5 cancelled, 2 3 4 a part of a swapped job, −1 unknown",
      "number of the user",
      "number of the user's group; not used",
      "number of the executable; not used",
      "number of the queue; not used",
      "number of the partition or site; not used",
      "the job that has to end first; not used",
      "seconds from that end to this submit; not used"};
  return meanings;
}

void SwfReader::ParseComment(std::string_view line) {
  if (header_->size() >= kMostHeaderLines) return;
  const std::string_view text = Trimmed(line);
  if (text.empty()) return;
  if (const size_t length = KeyLength(text)) {
    header_->emplace_back(text.substr(0, length), Trimmed(text.substr(length + 1)));
  } else if (!header_->empty() && header_->back().second.size() < kMostValueBytes) {
    header_->back().second += '\n';
    header_->back().second += text;
  }
}

Result<bool> SwfReader::Parse(std::string_view line, SwfRecord* record) {
  if (const size_t start = line.find_first_not_of(" \t");
      start != std::string_view::npos && line[start] == ';') {
    ParseComment(line);
    return false;
  }
  if (!row_.fields.SplitAtBlanks(line) || row_.fields.size() != kSwfColumns) {
    row_.WrongCount(kSwfColumns);
    return row_.Fail();
  }
  SwfRecord& r = *record;
  const bool right =
      row_.Integer(0, -1, kMostCount, &r.job_number) && row_.Seconds(1, -1, &r.submit) &&
      row_.Seconds(2, -1, &r.wait) && row_.Seconds(3, -1, &r.run) &&
      row_.Integer(4, -1, kMostCount, &r.allocated_processors) &&
      row_.Seconds(5, -1, &r.average_cpu) && row_.Integer(6, -1, kMostCount, &r.used_memory_kb) &&
      row_.Integer(7, -1, kMostCount, &r.requested_processors) &&
      row_.Seconds(8, -1, &r.requested_time) &&
      row_.Integer(9, -1, kMostCount, &r.requested_memory_kb) &&
      row_.Integer(10, kSwfUnknown, kSwfCancelled, &r.status) &&
      row_.Integer(11, -1, kMostCount, &r.user) && row_.Integer(12, -1, kMostCount, &r.group) &&
      row_.Integer(13, -1, kMostCount, &r.executable) &&
      row_.Integer(14, -1, kMostCount, &r.queue) &&
      row_.Integer(15, -1, kMostCount, &r.partition) &&
      row_.Integer(16, -1, kMostCount, &r.preceding_job) && row_.Seconds(17, -1, &r.think_time);
  if (!right) return row_.Fail();
  return true;
}

}  // namespace orrery::workload
