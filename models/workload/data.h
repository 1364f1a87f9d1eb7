// What jobs move: the data they read, the image they run, what they write, and the checkpoint that
// a restart reads back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/workload/distribution.h"
#include "models/workload/job.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"

namespace orrery::workload {

// As a scenario states it. Sizes in bytes.
struct DataParams {
  // Of a job; the tasks of a bag read the same.
  Distribution input = {};
  Distribution output = {};
  // One image for all these jobs; a node that has it keeps it.
  double image = 0;
  // What a restart reads to go on from where it was.
  double checkpoint = 0;
  // Where the data are; none: where the job's user is.
  RegionId store = {};
};

// Of one job [byte].
struct JobData {
  int64_t input = 0;
  int64_t output = 0;
  int64_t image = 0;
  int64_t checkpoint = 0;
};

// The data of kinds of jobs. Row 0 is that of jobs that move nothing.
class DataTable {
 public:
  static constexpr uint16_t kNothing = 0;

  // The row of the jobs called `name`, added when new: the name is also that of their random
  // stream, so that two kinds of jobs must not share one. At most 65,535.
  uint16_t Add(const std::string& name, const DataParams& params);
  const DataParams& params(uint16_t row) const { return rows_[row - 1].params; }
  size_t size() const { return rows_.size(); }
  // What a job moves, by its row `job.data`, which must not be kNothing. The draws belong to the
  // row's name and the job's number in its source (that of its bag, where it is of one): no other
  // job shifts them. A few hundred nanoseconds.
  JobData Of(const Job& job, const RandomStreams& streams) const;

 private:
  struct Row {
    std::string name;
    DataParams params;
    StreamName stream;
    Sampler input, output;
  };
  std::vector<Row> rows_;
};

// Appends what makes no sense in `params`; `place` is the prefix of the keys.
void CheckData(const DataParams& params, const std::string& place, std::vector<Finding>* findings);

}  // namespace orrery::workload
