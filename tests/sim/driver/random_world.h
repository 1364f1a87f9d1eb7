// Random worlds for property tests: a mixed fleet with prices and places, and jobs of every kind.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/data.h"
#include "models/workload/job.h"
#include "sim/base/demand.h"
#include "sim/scenario/scenario.h"

namespace orrery::testing {

struct RandomWorld {
  scenario::Scenario scenario;
  std::vector<workload::Job> jobs;
  std::vector<Requirements> requirements;  // of jobs with RequirementsId(i + 1)
  std::vector<workload::DataParams> data;  // of jobs with data i + 1
};

struct RandomWorldOptions {
  int jobs = 120;
  // Starting takes 2 s and stopping 3 s; jobs set up.
  bool delays = false;
  // Some jobs lose what they did since their last checkpoint.
  bool checkpoints = true;
  // Nodes fail every other hour, in every second world by whole regions, too, and jobs fail.
  bool failures = false;
  // Some jobs read and write data, over thin links.
  bool data = false;
};

// The same world for the same seed, on every platform. Some of its jobs fit nowhere.
RandomWorld MakeRandomWorld(uint64_t seed, const RandomWorldOptions& options = {});

// Generated jobs for the fleet of a random world: a minute apart, of 1 to 8 GPUs, of three users.
scenario::WorkloadSource GeneratedJobs(uint64_t count);

// The shape of a node of a random world.
struct NodeFacts {
  uint16_t gpus = 0;
  uint32_t cpu_milli = 0;
  uint32_t memory_mib = 0;
  const scenario::FleetGroup* group = nullptr;
};
std::vector<NodeFacts> FactsOf(const scenario::Scenario& scenario);

}  // namespace orrery::testing
