// Requests to a service: who asks when, how long the prompt is and how long the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/workload/arrival.h"
#include "models/workload/distribution.h"
#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/time.h"

namespace orrery::workload {

struct ServiceRequest {
  SimTime time;         // when the client sends it
  RegionId client;      // where from
  uint32_t prompt = 1;  // tokens; at least 1
  uint32_t output = 1;  // tokens; at least 1
  // Ids of the blocks of kPrefixBlock tokens (prefix_cache.h) that the prompt begins with; empty
  // where it is like no other.
  std::vector<uint64_t> prefix = {};
};

// A stream of requests in order of time.
class RequestSource {
 public:
  virtual ~RequestSource() = default;
  // Fills `request` with the next one and returns true; false at the end. An error (a bad line of a
  // trace, with its place) ends the stream. Memory does not grow with the number of requests.
  virtual Result<bool> Next(ServiceRequest* request) = 0;
};

// The lengths of Azure's conversations: quantiles of 19,366 requests of November 2023 (Patel et
// al., "Splitwise: Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024).
Distribution AzurePrompts();
Distribution AzureOutputs();

// Prompts that begin alike: system prompts, documents that are asked about again.
struct PrefixParams {
  double share = 0;      // of the requests
  uint32_t count = 100;  // different ones
  // The k-th one begins requests in proportion to k^-exponent.
  double zipf_exponent = 1;
  uint32_t tokens = 1024;  // of each, before the rest of the prompt
};

struct RequestParams {
  // As those of jobs; the rate is that of all clients.
  ArrivalParams arrivals = {};
  // Where clients are; not empty.
  std::vector<RegionShare> clients = {};
  // Tokens, to the nearest whole number and at least one.
  Distribution prompt = AzurePrompts();
  Distribution output = AzureOutputs();
  PrefixParams prefix = {};
};

// Every mistake, with places such as "arrivals.law"; empty: none.
std::vector<Finding> CheckRequests(const RequestParams& params);

// Requests for ever. `name` names the random streams: request i of a service has its own draws,
// whatever becomes of the others.
std::unique_ptr<RequestSource> GenerateRequests(const RequestParams& params,
                                                const std::string& name, uint64_t seed,
                                                uint64_t replicate);

}  // namespace orrery::workload
