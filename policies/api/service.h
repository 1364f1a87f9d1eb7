// The roles of services: `route` sends a request to a replica, `autoscale` sets how many there are.
#pragma once

#include <cstdint>
#include <span>

#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace orrery::policies {

// One replica of a service as the router believes it to be.
struct ReplicaInfo {
  NodeId node;
  RegionId region;
  uint32_t queued = 0;  // requests waiting
  uint32_t active = 0;  // requests in its batch
  bool healthy = true;
  Duration rtt;  // from the request's client
};

struct RequestInfo {
  uint64_t id = 0;
  RegionId client;
  uint32_t prompt_tokens = 0;
  uint32_t output_tokens = 0;  // believed
  uint64_t prefix_hash = 0;    // of the cacheable prefix; 0: none
};

class RoutePolicy {
 public:
  static constexpr const char* kRole = "route";
  virtual ~RoutePolicy() = default;
  // Index into `replicas`, or replicas.size() to refuse the request.
  virtual size_t Route(const RequestInfo& request, std::span<const ReplicaInfo> replicas) = 0;
};

// Load of a service since the last call.
struct ServiceLoad {
  SimTime now;
  Duration window;
  uint32_t replicas = 0;  // ready or starting
  uint64_t requests = 0;
  double utilisation = 0;  // 0 … 1, mean over replicas and the window
  uint64_t slo_misses = 0;
};

class AutoscalePolicy {
 public:
  static constexpr const char* kRole = "autoscale";
  virtual ~AutoscalePolicy() = default;
  // How many replicas there should be.
  virtual uint32_t Replicas(const ServiceLoad& load) = 0;
};

}  // namespace orrery::policies
