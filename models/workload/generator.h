// Generated workloads: jobs from arrival processes, size and class mixes, users and regions.
//
// Common random numbers: every draw of candidate i belongs to (the generator's stream, i, the
// draw's own place), so no policy, no other component and no other draw can shift it. Two runs that
// differ in policy see identical jobs; two that differ in a parameter share all other draws.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/workload/arrival.h"
#include "models/workload/classes/params.h"
#include "models/workload/data.h"
#include "models/workload/distribution.h"
#include "models/workload/job.h"
#include "models/workload/job_tables.h"
#include "models/workload/size.h"
#include "sim/base/demand.h"
#include "sim/base/result.h"

namespace orrery::workload {

struct TypeShare {
  JobTypeId type = {};
  double weight = 1;
};

struct PriorityShare {
  int32_t priority = 0;
  double weight = 1;
};

// With `probability`, a job has these requirements; at most one template holds for a job, so the
// probabilities of a population must not sum to more than 1.
struct RequirementTemplate {
  Requirements requirements = {};
  double probability = 0;
};

struct EstimateParams {
  // estimate = work × factor.
  Distribution factor{.law = Deterministic{1}};
  // limit = estimate × limit_factor; 0: no limit.
  double limit_factor = 0;
};

struct DeadlineParams {
  // Share of jobs that have one. An interactive session's deadline comes from its max_wait instead.
  double probability = 0;
  // deadline = submit + work × slack; the tasks of a bag share one, by the longest task's work.
  Distribution slack{.law = Uniform{1.5, 4}};
};

struct BudgetParams {
  double probability = 0;
  // budget = price × whole GPUs × estimate × factor.
  UsdPerHour price = {};
  Distribution factor{.law = Uniform{1, 2}};
};

// One kind of job in the mix.
struct Population {
  std::string name = {};
  // Share of arrivals (of bags, where the class makes bags), relative to the other populations.
  double weight = 1;
  ClassParams job_class = BatchTrainingParams{};
  std::vector<SizeRow> sizes = {SizeRow{}};
  // Run time [s] on `reference_gpu`: of the job; of one trial (sweep); of one frame (rendering); of
  // the session, on any GPU (interactive).
  Distribution duration{.law = Exponential{3600}};
  // The GPU on which durations are stated; none: speed 1 on every GPU.
  GpuModelId reference_gpu = {};
  // Rows of the throughput table; empty: the class's roofline gives the speed.
  std::vector<TypeShare> types = {};
  std::vector<RequirementTemplate> requirements = {};
  std::vector<PriorityShare> priorities = {};  // empty: 0
  EstimateParams estimate = {};
  DeadlineParams deadline = {};
  BudgetParams budget = {};
  // What jobs move; none: nothing.
  std::optional<DataParams> data = {};
};

inline constexpr uint32_t kMaxUsers = 1'000'000;
inline constexpr uint64_t kMostArrivals = uint64_t{1} << 40;

struct UserParams {
  uint32_t count = 1;  // at most kMaxUsers
  // The k-th user of a region submits in proportion to k^-exponent; 0: all alike. Each region has
  // its own users, in proportion to its weight and at least one.
  double zipf_exponent = 0;
};

struct GeneratorParams {
  // Names the random streams: generators of one scenario must differ in it, or their jobs do not.
  std::string name = "workload";
  ArrivalParams arrivals = {};
  // Empty: jobs have no region and clocks show UTC.
  std::vector<RegionShare> regions = {};
  std::vector<Population> populations = {};
  UserParams users = {};
  // The stream ends at the first arrival at or after `end`, or after `max_arrivals`; 0: no bound.
  SimTime end = SimTime::Never();
  uint64_t max_arrivals = 0;
};

// Every mistake in `params`, with places such as "populations[2].sizes[0].gpus"; empty: none.
std::vector<Finding> CheckGenerator(const GeneratorParams& params);

// The generated stream. Job::source_id is the number of the arrival's candidate in the low 40 bits
// (0, 1, 2, … for a Poisson process without shape), the task's number in its bag above; Job::bag is
// the candidate's number + 1 for tasks of a bag. Memory: tables only, whatever the number of jobs.
//
//   auto source = MakeGenerator(params, seed, replicate, &requirements);
//   Job job;
//   while (*(*source)->Next(&job)) …
//
// Errors: the findings of CheckGenerator. `requirements` gets the rows of the templates; it is used
// during the call only, as is `tables`, which gets rows for populations that move data, with a name
// that begins with `data_name`, or make frames; null: jobs do neither.
Result<std::unique_ptr<JobSource>> MakeGenerator(const GeneratorParams& params, uint64_t seed,
                                                 uint64_t replicate,
                                                 RequirementsTable* requirements,
                                                 JobTables* tables = nullptr,
                                                 const std::string& data_name = "workload");

}  // namespace orrery::workload
