// Hand-worked schedules: a list of jobs in, when each of them ran out.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/testing/worlds.h"

namespace orrery::testing {

// A job as it is told on paper. Times in seconds.
struct Work {
  double submit = 0;
  double run = 0;  // its work: run time at speed 1
  uint16_t gpus = 1;
  uint32_t replicas = 1;
  double estimate = -1;  // negative: exact
  double limit = -1;     // negative: none
  int32_t priority = 0;
  uint16_t gpu_milli = 1000;
  double cores = 0;
  double memory_gib = 0;
  uint32_t user = 0;
  double deadline = -1;    // negative: none
  double budget_usd = -1;  // negative: none
  double checkpoint = 0;   // zero: nothing is ever lost
  double setup = 0;
  JobClass job_class = JobClass::kBatchTraining;
  std::string gpu = {};  // the GPU that `run` is stated on
  uint16_t data = 0;     // data[data − 1]; 0: it moves nothing
  RegionId region = {};  // of its user
};

// One attempt of a job: from when it ran to when its nodes were free again.
struct Stint {
  double run = 0;
  double end = 0;
  bool operator==(const Stint&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Stint& stint);

// Of each job, in order.
using Stints = std::vector<std::vector<Stint>>;

struct Played {
  Ran ran;
  Stints stints;
  const results::JobRow& row(size_t job) const { return ran.jobs[job].row; }
};

// Plays the jobs to their end (or to the scenario's horizon); job i is works[i], in order of
// submit.
Played Play(const scenario::Scenario& scenario, const std::vector<Work>& works,
            std::vector<workload::DataParams> data = {});

// The nodes of a job's only attempt, with its replicas and GPUs there.
struct Spot {
  uint32_t node = 0;
  uint32_t replicas = 0;
  uint32_t gpu_mask = 0;
  bool operator==(const Spot&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Spot& spot);
std::vector<Spot> SpotsOf(const Played& played, uint32_t job);

}  // namespace orrery::testing
