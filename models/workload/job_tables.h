// Tables of a run that jobs of all its sources have rows in.
#pragma once

#include "models/workload/data.h"
#include "models/workload/frames.h"

namespace orrery::workload {

struct JobTables {
  DataTable data;
  FrameTable frames;
};

}  // namespace orrery::workload
