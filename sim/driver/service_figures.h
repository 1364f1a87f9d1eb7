// What became of a service's requests, in memory that does not grow with them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/results/quantile.h"
#include "sim/results/summary.h"
#include "sim/results/writer.h"
#include "sim/scenario/services.h"

namespace orrery::driver {

// How a measured request ended.
enum class RequestEnd : uint8_t { kServed, kRefused, kFailed };

class RequestFigures {
 public:
  // `regions`: ids of the scenario's regions.
  RequestFigures(const scenario::ServiceObjective& objective, std::vector<std::string> regions);

  void CountSent(RegionId client, uint64_t count = 1) {
    clients_[client.index()].requests += count;
  }
  // A prompt of which so many tokens were in a replica's cache, of requests that begin like others.
  void CountPrompt(uint32_t tokens, uint32_t cached) {
    prompt_tokens_ += tokens;
    cached_tokens_ += cached;
  }
  void CountRetry(uint64_t count = 1) { retries_ += count; }
  // `tokens` of output; `first` from sending the request to the first token, `rest` from there to
  // the last.
  void CountServed(RegionId client, uint32_t tokens, Duration first, Duration rest);
  // `count` requests with these times, `between` that between two tokens.
  void CountMany(RegionId client, uint64_t count, Duration first, Duration between);
  void CountTokens(RegionId client, uint64_t tokens) { clients_[client.index()].tokens += tokens; }
  void CountLost(RegionId client, RequestEnd end, uint64_t count = 1);
  // Whether a request with these times got what it was to get.
  bool Met(uint32_t tokens, Duration first, Duration rest) const {
    return first <= objective_.first_token && Between(tokens, rest) <= objective_.between_tokens;
  }

  // Of all clients: fills in what a row of /service_samples says of requests.
  void Count(results::ServiceSampleRow* row) const;
  // Fills in what requests say. `overdue`, by region: those under way that have missed their SLO.
  void Tell(std::span<const uint64_t> overdue, results::ServiceFigures* figures) const;
  // A row for each region that has clients.
  void Write(uint16_t service, results::ResultsWriter* writer) const;

 private:
  // Values in nanoseconds; sums are exact.
  struct Times {
    results::LogHistogram histogram;
    __int128 sum_ns = 0;

    void Add(Duration time, uint64_t count = 1);
    void Merge(const Times& other);
    results::Distribution Told() const;
  };
  struct Clients {
    uint64_t requests = 0, served = 0, refused = 0, failed = 0, met = 0, tokens = 0;
    uint64_t overdue = 0;
    Times first, between;

    uint64_t ended() const { return served + refused + failed; }
    double attainment() const;
  };

  // Mean time between its tokens; zero where there is one.
  static Duration Between(uint32_t tokens, Duration rest) {
    return tokens > 1 ? rest / (tokens - 1) : Duration();
  }

  scenario::ServiceObjective objective_;
  std::vector<std::string> regions_;
  std::vector<Clients> clients_;  // by region
  uint64_t retries_ = 0;
  uint64_t prompt_tokens_ = 0, cached_tokens_ = 0;
};

}  // namespace orrery::driver
