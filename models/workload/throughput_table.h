// How fast a job type runs on a GPU, alone and beside another job on the same GPU, as measured: the
// layout of Gavel's simulation_throughputs.json.
//
//   {gpu: {"('ResNet-18 (batch size 64)', 2)": {"null": steps/s alone,
//                                               "('LM (batch size 5)', 2)": [this one's, the
//                                               other's]}}}
//
// where 2 is the scale: the number of GPUs of the job, one worker on each. A GPU name with the
// suffix "_unconsolidated" holds the speeds of jobs whose workers do not share a node.
//
// Source: D. Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning
// Workloads", OSDI 2020 (throughput matrices, space sharing, placement sensitivity).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/result.h"

namespace orrery::workload {

// Whether the workers of a job share a node (and its fast links).
enum class Spread : uint8_t { kConsolidated, kUnconsolidated };

class ThroughputTable {
 public:
  // Reads a file (plain or gzip). Errors name the file and the place in it: not JSON, a job type
  // that does not read as "('name', scale)", a speed that is negative or no number.
  static Result<ThroughputTable> Load(const std::string& path);

  // Job types in alphabetical order; JobTypeId is the row.
  const std::vector<std::string>& types() const { return types_; }
  std::optional<JobTypeId> FindType(std::string_view name) const;
  // GPU names as the file has them, without "_unconsolidated", sorted: "k80", "p100", "v100".
  const std::vector<std::string>& gpus() const { return gpus_; }

  // Tells which model of the catalogue one of gpus() is; false when the table has no such name.
  // Until it is bound, lookups by that model find nothing.
  bool Bind(std::string_view gpu, GpuModelId model);

  // Steps a second of a job of `type` on `scale` GPUs of a model, beside a job of type `beside` at
  // the same scale on the same GPUs (none: alone). 0: measured, and it does not run (two jobs that
  // do not fit in the GPU's memory together). Nothing: not in the table. O(log rows).
  std::optional<double> StepsPerSecond(JobTypeId type, GpuModelId gpu, uint32_t scale,
                                       JobTypeId beside = JobTypeId::None(),
                                       Spread spread = Spread::kConsolidated) const;
  std::optional<double> StepsPerSecond(JobTypeId type, std::string_view gpu, uint32_t scale,
                                       JobTypeId beside = JobTypeId::None(),
                                       Spread spread = Spread::kConsolidated) const;

  // The same for any scale ≥ 1, alone: where `scale` was not measured, the speed for each GPU is
  // that of the nearest smaller measured scale (the smallest measured one, where none is smaller).
  // Assumption: gavel-linear-scaling. Gavel's table stops at 8 GPUs and has some types at 1 only,
  // while its traces hold jobs of up to 64.
  std::optional<double> StepsPerSecondAtAnyScale(JobTypeId type, GpuModelId gpu, uint32_t scale,
                                                 Spread spread = Spread::kConsolidated) const;
  std::optional<double> StepsPerSecondAtAnyScale(JobTypeId type, std::string_view gpu,
                                                 uint32_t scale,
                                                 Spread spread = Spread::kConsolidated) const;

 private:
  friend class ThroughputParser;
  static constexpr uint16_t kUnbound = 0xffff;

  struct Row {
    uint64_t key = 0;
    double steps_per_s = 0;
  };
  static uint64_t Key(uint16_t gpu, Spread spread, JobTypeId type, uint32_t scale,
                      JobTypeId beside);
  std::optional<double> Find(uint16_t gpu, Spread spread, JobTypeId type, uint32_t scale,
                             JobTypeId beside) const;
  std::optional<double> FindAtAnyScale(uint16_t gpu, Spread spread, JobTypeId type,
                                       uint32_t scale) const;
  uint16_t GpuIndex(std::string_view gpu) const;
  uint16_t GpuIndex(GpuModelId gpu) const;

  std::vector<std::string> types_;
  std::vector<std::string> gpus_;
  std::vector<uint32_t> scales_;  // measured anywhere, ascending
  std::vector<Row> rows_;         // sorted by key
  std::array<uint16_t, kMaxGpuModels> bound_ = [] {
    std::array<uint16_t, kMaxGpuModels> none{};
    none.fill(kUnbound);
    return none;
  }();
};

}  // namespace orrery::workload
