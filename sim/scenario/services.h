// The inference services of a scenario. Plain data; visit_services.cc gives keys, units, bounds,
// defaults and sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/workload/classes/params.h"
#include "models/workload/serving/cold_start.h"
#include "models/workload/serving/llm.h"
#include "models/workload/serving/requests.h"
#include "sim/base/demand.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/scenario/scheduler.h"

namespace orrery::scenario {

struct ServedModel {
  std::string preset = "llama-3-8b";
  // The preset's, where nothing else is said.
  workload::LlmModel figures;
  bool filled = false;  // figures come from the preset already
};

// What a request is to get.
struct ServiceObjective {
  // Duration::Max(): no bound. MLPerf Inference 4.0, llama2-70b, server.
  Duration first_token = Duration::Seconds(2);
  Duration between_tokens = Duration::Millis(200);
};

// A trace of requests in its own format, plain or gzip (models/workload/serving/request_trace.h).
struct RequestTrace {
  std::string format = "azure_llm";
  // The file to open is FileOf(trace).
  std::string dir;
  std::string file;
  Duration skip;
};

inline constexpr uint32_t kMostReplicas = 1'000'000;
inline constexpr uint32_t kMostAtGateway = 1'000'000'000;

struct Service {
  enum class Level : uint8_t {
    kOff,     // as if it were not there
    kSimple,  // rates over windows, and a queueing formula for each replica
    kFull,    // every request
  };

  std::string name;
  Level level = Level::kFull;
  // Of `simple`.
  Duration window = Duration::Minutes(5);
  ServedModel model;
  workload::ServingParams serving;
  // Of a replica, all on one node.
  uint16_t gpus = 1;
  workload::HostShare host;
  // Most tokens of a request, prompt and answer together; longer ones are refused.
  uint32_t context = 16'384;
  Requirements requirements;
  UserId user{0};  // who pays
  int32_t priority = 0;
  // With a trace: what it does not say.
  workload::RequestParams requests;
  std::optional<RequestTrace> trace;
  uint32_t min_replicas = 0;
  uint32_t max_replicas = 1000;
  PolicyChoice autoscale{"fixed", {}};
  // How often the autoscale policy is asked.
  Duration scale_interval = Duration::Seconds(15);
  PolicyChoice route{"least_loaded", {}};
  // None: by GPU.
  std::optional<workload::ColdStart> cold_start;
  ServiceObjective objective;
  // Requests that wait at the gateway while there is no replica for them; more are refused.
  uint32_t gateway_queue = 1000;
  // How often a request that failed with its replica is sent to another.
  uint32_t retries = 1;

  bool on() const { return level != Level::kOff; }
};

// Those that are not off, in their order.
inline std::vector<const Service*> ServicesOn(const std::vector<Service>& services) {
  std::vector<const Service*> on;
  for (const Service& service : services) {
    if (service.on()) on.push_back(&service);
  }
  return on;
}

}  // namespace orrery::scenario
