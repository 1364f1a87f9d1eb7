// The roles of services: `route` sends a request to a replica, `autoscale` sets how many there are.
#pragma once

#include <cstdint>
#include <span>

#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace orrery::policies {

// One replica of a service as the gateway believes it to be.
struct ReplicaInfo {
  uint32_t replica = 0;  // its number in the service, which it keeps
  NodeId node = {};
  RegionId region = {};
  // Of the requests that were sent there and have not come back: those that wait, or are on their
  // way, and those in its batch.
  uint32_t queued = 0;
  uint32_t active = 0;
  // False once a request failed there, or a health check did; and for a client whose way there is
  // cut.
  bool healthy = true;
  Duration rtt = {};  // from the request's client

  uint32_t outstanding() const { return queued + active; }
};

struct RequestInfo {
  uint64_t id = 0;
  RegionId client = {};
  uint32_t prompt_tokens = 0;
  // Ids of the blocks that its prompt begins with, each of which stands for all tokens up to its
  // end; empty: not known to be like others.
  std::span<const uint64_t> prefix = {};
};

class RoutePolicy {
 public:
  static constexpr const char* kRole = "route";
  virtual ~RoutePolicy() = default;
  // Index into `replicas`, which are those that are ready, in the order of their numbers; or
  // replicas.size() to refuse the request.
  virtual size_t Route(const RequestInfo& request, std::span<const ReplicaInfo> replicas) = 0;
};

// Load of a service since the last call.
struct ServiceLoad {
  SimTime now = {};
  Duration window = {};   // zero at the first call
  uint32_t replicas = 0;  // ready or starting
  uint32_t ready = 0;
  uint64_t requests = 0;  // that came
  uint64_t ended = 0;     // that were served or given up
  uint64_t waiting = 0;   // now, for want of a replica
  // Room that requests took up or waited for, over the room of the replicas that were ready; mean
  // over the window. Above 1: requests waited.
  double utilisation = 0;
  uint64_t slo_misses = 0;  // among those that ended
};

class AutoscalePolicy {
 public:
  static constexpr const char* kRole = "autoscale";
  virtual ~AutoscalePolicy() = default;
  // How many replicas there should be; the service's own bounds are applied to it.
  virtual uint32_t Replicas(const ServiceLoad& load) = 0;
};

}  // namespace orrery::policies
