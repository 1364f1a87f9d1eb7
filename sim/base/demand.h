// What a job asks for, in words that workload models, policies and the cluster share: the demand of
// one replica, the hard requirements on the node that may hold it, and soft preferences.
#pragma once

#include <array>
#include <bitset>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery {

// The demand of one replica; a job is a gang of `replicas` equal ones, started and stopped
// together.
struct Demand {
  // GPUs of one replica, all on one node. 0: a CPU job.
  uint16_t gpus = 0;
  // Share of each of those GPUs [thousandths, 1 … 1000]; below 1000 only where gpus == 1.
  uint16_t gpu_milli = 1000;
  // CPU [thousandths of a core].
  uint32_t cpu_milli = 0;
  // Main memory [MiB].
  uint32_t memory_mib = 0;

  constexpr auto operator<=>(const Demand&) const = default;
  // GPU demand [thousandths of a GPU].
  constexpr uint32_t total_gpu_milli() const { return uint32_t{gpus} * gpu_milli; }
};

enum class JobClass : uint8_t {
  kBatchTraining,
  kSweep,  // hyper-parameter sweep: one task of a bag without dependencies
  kBatchInference,
  kRendering,
  kInteractive,
  kTuning,  // hyper-parameter tuning that stops poor trials early
  kReinforcementLearning,
  kRayCluster,
  kInferenceEndpoint,  // a replica of a service
  kCloudGaming,        // a session of one player
  kPixelStreaming,     // an audience that watches instances of an application
};
inline constexpr int kJobClasses = 11;
// "batch_training", "sweep", "batch_inference", "rendering", "interactive", "tuning",
// "reinforcement_learning", "ray_cluster", "inference_endpoint", "cloud_gaming", "pixel_streaming".
const char* JobClassName(JobClass job_class);

enum class OwnerKind : uint8_t { kDatacentre, kMiner, kConsumer, kPartner };
inline constexpr int kOwnerKinds = 4;
// "datacentre", "miner", "consumer", "partner".
const char* OwnerKindName(OwnerKind kind);

inline constexpr size_t kMaxGpuModels = 256;

// Conditions a node must meet to hold any replica of a job; a default object bars nothing.
// Interned: jobs carry a RequirementsId into a RequirementsTable, so equal ones cost nothing.
struct Requirements {
  // GPU models allowed; all zero: any.
  std::bitset<kMaxGpuModels> gpu_models = {};
  uint32_t min_gpu_memory_mib = 0;
  float min_fp16_tflops = 0;                        // dense tensor fp16 [TFLOP/s] of one GPU
  float min_bandwidth_gbs = 0;                      // GPU memory bandwidth [GB/s]
  std::vector<std::string> countries_allowed = {};  // ISO 3166-1 alpha-2, sorted; empty: any
  std::vector<std::string> countries_barred = {};   // sorted
  uint8_t min_tier = 0;                             // node tier at least this; higher is better
  uint8_t owner_kinds = 0xff;                       // bit k: OwnerKind k allowed
  bool verified_only = false;
  UsdPerHour max_price = UsdPerHour::Micros(INT64_MAX);  // per whole GPU
  // Between the job's user and the node; Max(): any.
  Duration max_rtt = Duration::Max();
  float min_reputation = 0;  // of the node, 0 … 1

  // Soft preferences: each unmet one adds `weight` to the placement score of a node, in units of
  // the place role's score, which runs from 0 (best) to 1 (worst).
  struct Preference {
    enum class Kind : uint8_t { kGpuModel, kRegion, kOwnerKind, kVerified, kTier };
    Kind kind = Kind::kGpuModel;
    uint16_t value = 0;  // GpuModelId, RegionId, OwnerKind, (unused), minimum tier
    float weight = 0;
    auto operator<=>(const Preference&) const = default;
  };
  std::vector<Preference> preferences = {};

  bool operator==(const Requirements&) const = default;
  bool HasMaxRtt() const { return max_rtt != Duration::Max(); }
  bool HasMinReputation() const { return min_reputation > 0; }
  bool HasMaxPrice() const { return max_price.micros() != INT64_MAX; }
};

using RequirementsId = Id<struct RequirementsTag, uint32_t>;

// Interned requirements; id 0 is the empty one. Grows only.
class RequirementsTable {
 public:
  RequirementsTable() { rows_.emplace_back(); }
  // The id of `requirements`, adding it when new. O(rows).
  RequirementsId Intern(const Requirements& requirements) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i] == requirements) return RequirementsId(static_cast<uint32_t>(i));
    }
    rows_.push_back(requirements);
    return RequirementsId(static_cast<uint32_t>(rows_.size() - 1));
  }
  const Requirements& operator[](RequirementsId id) const { return rows_[id.index()]; }
  size_t size() const { return rows_.size(); }
  static constexpr RequirementsId kAny = RequirementsId(0);

 private:
  std::vector<Requirements> rows_;
};

}  // namespace orrery
