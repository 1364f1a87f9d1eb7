// Opens the sources of jobs that a scenario names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/workload/job_tables.h"
#include "models/workload/transforms/transform.h"
#include "sim/base/demand.h"
#include "sim/base/result.h"
#include "sim/driver/arrivals.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// What traces tell of jobs that they left out or changed, by the name of the workload.
using TraceNotes = std::map<std::string, std::vector<std::string>>;

// `capacity` of the fleet is what transformations aim at a share of; `requirements` and `tables`
// get those that jobs refer to and must outlive the streams; where `tables` is null, jobs move no
// data and make no frames.
// Errors: a trace that cannot be opened, a transformation that the fleet makes no sense of.
// `notes`, unless null, outlives the streams too and gets what a trace has to tell when its last
// job has been read.
Result<std::vector<ArrivalStream>> OpenWorkload(const scenario::Scenario& scenario,
                                                uint32_t replicate,
                                                const workload::Capacity& capacity,
                                                RequirementsTable* requirements,
                                                workload::JobTables* tables = nullptr,
                                                TraceNotes* notes = nullptr);

}  // namespace orrery::driver
