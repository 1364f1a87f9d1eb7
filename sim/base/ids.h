// Identifiers as strong types. An id is a dense index, never a pointer, so that it can key arrays
// and be written to results as it is.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace orrery {

template <typename Tag, typename Int>
struct Id {
  using Rep = Int;
  static constexpr Int kNone = std::numeric_limits<Int>::max();

  Int value = kNone;

  constexpr Id() = default;
  explicit constexpr Id(Int v) : value(v) {}
  static constexpr Id None() { return Id(); }
  constexpr bool valid() const { return value != kNone; }
  constexpr size_t index() const { return static_cast<size_t>(value); }
  constexpr auto operator<=>(const Id&) const = default;
};

// The number of a job in its workload: 0, 1, 2, … in order of arrival; replicas of services have
// numbers of their own, from kFirstReplica on, so that jobs keep theirs whatever a service asks
// for. Never reused in a run.
using JobId = Id<struct JobTag, uint32_t>;
inline constexpr uint32_t kFirstReplica = uint32_t{1} << 31;
// A running or queued job's place in the cluster's slab; reused once the job is gone.
using JobSlot = Id<struct JobSlotTag, uint32_t>;
using NodeId = Id<struct NodeTag, uint32_t>;
// Row of the GPU catalogue.
using GpuModelId = Id<struct GpuModelTag, uint16_t>;
using UserId = Id<struct UserTag, uint32_t>;
// Row of the scenario's `regions` list.
using RegionId = Id<struct RegionTag, uint16_t>;
// Row of the table of job types that a throughput table knows (for example "ResNet-18 (batch 64)").
using JobTypeId = Id<struct JobTypeTag, uint16_t>;
// Interned per-replica demand and requirements of jobs.
using ShapeId = Id<struct ShapeTag, uint32_t>;

}  // namespace orrery

template <typename Tag, typename Int>
struct std::hash<orrery::Id<Tag, Int>> {
  size_t operator()(const orrery::Id<Tag, Int>& id) const { return std::hash<Int>()(id.value); }
};
