// Transformations of a stream of jobs, composable in the order written, and the registry of them.
//
// A step takes a way to open a stream and gives another: `scale_load` opens what is before it
// twice, once to add up the load and once to hand jobs on. Random steps draw by the job's own
// source_id (or the number of the arrival they fill, where they choose jobs) from a stream of their
// own, so that two runs that differ elsewhere share their draws.
//
// Adding one costs one .cc file in this folder, which ends in a TransformRegistration, its name in
// the list of BUILD, and a test.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/energy/profile.h"
#include "models/fleet/gpu.h"
#include "models/workload/job.h"
#include "sim/base/demand.h"
#include "sim/base/params.h"
#include "sim/base/random.h"
#include "sim/base/result.h"

namespace orrery::workload {

// Opens a stream of jobs at its start; may be called again, and gives the same jobs again.
using OpenSource = std::function<Result<std::unique_ptr<JobSource>>()>;

// What the fleet holds, for steps that aim at a share of it.
struct Capacity {
  int64_t gpu_milli = 0;  // thousandths of a GPU
  int64_t cpu_milli = 0;  // thousandths of a core
};

// What a kilowatt-hour costs and emits in each region, hour by hour, in any units; both lists are
// empty where that is not modelled.
struct Electricity {
  std::vector<energy::Profile> price, carbon;  // by RegionId
  Duration begin;                              // of the run, in the profiles' year
};

// What steps need of the world. Everything pointed to outlives the streams.
struct TransformContext {
  RandomStreams random{1, 0};
  // The first part of the names of random streams; each source of jobs has its own.
  std::string stream = "workload";
  const fleet::GpuCatalogue* gpus = nullptr;
  RequirementsTable* requirements = nullptr;
  // Row i is RegionId i.
  std::vector<std::string> regions;
  Capacity capacity;
  Electricity electricity = {};
};

struct Transform {
  std::string name;    // "scale_load"
  std::string what;    // in a sentence or two
  std::string source;  // paper, where there is one
  // Whether it holds every job of the stream in memory; else memory is flat.
  bool holds_all_jobs = false;
  // Declares the options and notes what is wrong with values given for them.
  void (*declare)(Params* options);
  // `options` holds values that were found right; `context.stream` is this step's alone.
  Result<OpenSource> (*make)(OpenSource before, Params* options, const TransformContext& context);
};

// All of them, by name.
const std::vector<Transform>& Transforms();
// nullptr: no such transformation.
const Transform* FindTransform(std::string_view name);
// The options of one, with defaults.
std::vector<ParamInfo> DescribeOptions(const Transform& transform);

// A transformation named in a scenario.
struct TransformStep {
  std::string name;
  std::string place;  // of the name: "file:line:col"
  GivenParams options;
};
// Mistakes in a step: an unknown name, unknown options, values out of bounds.
std::vector<Finding> CheckTransform(const TransformStep& step);

// `source` with `steps` applied, the first one first. Errors: those of CheckTransform for every
// step, names that the context does not know. The streams' own errors come from Next, as ever. A
// stream keeps the one before it for as long as it lives.
Result<OpenSource> Transformed(OpenSource source, const std::vector<TransformStep>& steps,
                               const TransformContext& context);

// Copies of a job (resample, inflate) need ids of their own: the source_id of the original in the
// low 40 bits, the number of earlier copies above.
inline constexpr int kCopyShift = 40;

struct TransformRegistration {
  explicit TransformRegistration(Transform transform);
};

}  // namespace orrery::workload
