// One line of the Standard Workload Format, version 2.2: 18 columns, none of them left out.
//
// Source: the format's definition in the Parallel Workloads Archive
// (https://www.cs.huji.ac.il/labs/parallel/workload/swf.html); S. Chapin et al., "Benchmarks and
// Standards for the Evaluation of Parallel Job Schedulers", JSSPP 1999; D. Feitelson, D. Tsafrir,
// D. Krakov, "Experience with using the Parallel Workloads Archive", JPDC 74(10), 2014.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/workload/traces/fields.h"
#include "models/workload/traces/line_reader.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

// −1 (for times: a negative Duration) is "not known" in every column.
struct SwfRecord {
  int64_t job_number = -1;            // 1
  Duration submit;                    // 2: since the start of the log
  Duration wait;                      // 3
  Duration run;                       // 4: wall clock
  int64_t allocated_processors = -1;  // 5
  Duration average_cpu;               // 6: CPU time used, mean over the processors
  int64_t used_memory_kb = -1;        // 7: a processor, mean
  int64_t requested_processors = -1;  // 8
  Duration requested_time;            // 9: the user's estimate and limit
  int64_t requested_memory_kb = -1;   // 10: a processor
  int64_t status = -1;                // 11: SwfStatus
  int64_t user = -1;                  // 12
  int64_t group = -1;                 // 13
  int64_t executable = -1;            // 14
  int64_t queue = -1;                 // 15
  int64_t partition = -1;             // 16
  int64_t preceding_job = -1;         // 17: the job that must end first
  Duration think_time;                // 18: from that end to this submit
};

// Values of column 11. A job that was swapped out has a line for the whole of it (kFailed,
// kCompleted), followed by one for each of its parts (kPartial …, the last one kPartialLast…) with
// the same job number, of which only the first has a submit time.
enum SwfStatus : int64_t {
  kSwfUnknown = -1,
  kSwfFailed = 0,
  kSwfCompleted = 1,
  kSwfPartial = 2,
  kSwfPartialLastCompleted = 3,
  kSwfPartialLastFailed = 4,
  kSwfCancelled = 5,
};

inline constexpr size_t kSwfColumns = 18;
// "job_number", "submit_time", …
const std::vector<std::string>& SwfColumnNames();
// What each one holds, with its unit.
const std::vector<std::string>& SwfColumnMeanings();

// Reads records off a file and keeps the header comments ("; Key: value") it passes.
class SwfReader {
 public:
  using Header = std::vector<std::pair<std::string, std::string>>;

  // `header` gets the comments in the order of the file; lines without a key belong to the one
  // before them. Both outlive the reader.
  SwfReader(const LineReader* reader, Header* header)
      : row_(reader, &SwfColumnNames()), header_(header) {}

  // Reads `line`, the one that the LineReader is at. False: a comment. Errors: not 18 columns;
  // letters where a number belongs; a number outside what the standard allows.
  Result<bool> Parse(std::string_view line, SwfRecord* record);

 private:
  void ParseComment(std::string_view line);

  TraceRow row_;
  Header* header_;
};

}  // namespace orrery::workload
