// Generated workloads fitted to published traces. docs/models/workload.md tells how, and how well.
//
//   philly                                    sizes, run times by size, arrivals by day, bursts
//   helios_venus                              arrivals by hour and day, bursts, sizes; run times of
//   the
//                                             Helios row of the Acme summary
//   acme_seren, acme_kalos, acme_philly,      plain Poisson arrivals; GPUs (mean, median, max), run
//   time acme_helios, acme_pai                     (mean, median, max) and GPU time of the row
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "models/workload/generator.h"
#include "sim/base/result.h"

namespace orrery::workload {

struct PresetInfo {
  const char* name;
  const char* summary;
  const char* source;
};

// Every preset, in alphabetical order.
std::span<const PresetInfo> Presets();

// The parameters of a preset: one population of batch trainings, without regions, users or a
// reference GPU, which are the caller's to add. An error for an unknown name, with the nearest one.
Result<GeneratorParams> MakePreset(std::string_view name);

}  // namespace orrery::workload
