// Choosing among the replicas that can serve.
#pragma once

#include <cstddef>
#include <span>

#include "policies/api/service.h"

namespace orrery::policies {

// The place of the healthy replica that comes before all others, the first of equals;
// replicas.size(): none is healthy. O(replicas).
template <typename Before>
size_t FirstHealthy(std::span<const ReplicaInfo> replicas, Before before) {
  size_t best = replicas.size();
  for (size_t i = 0; i < replicas.size(); ++i) {
    if (!replicas[i].healthy) continue;
    if (best == replicas.size() || before(replicas[i], replicas[best])) best = i;
  }
  return best;
}

// The fewest requests under way; among those as loaded, the nearest.
inline size_t LeastLoadedOf(std::span<const ReplicaInfo> replicas) {
  return FirstHealthy(replicas, [](const ReplicaInfo& a, const ReplicaInfo& b) {
    return a.outstanding() != b.outstanding() ? a.outstanding() < b.outstanding() : a.rtt < b.rtt;
  });
}

}  // namespace orrery::policies
