// The ways of a service's clients to its replicas, kept from request to request.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/driver/gang_links.h"

namespace orrery::driver {

class ClientWays {
 public:
  struct Way {
    Duration rtt;      // without what chance adds
    bool cut = false;  // nothing that it could pass is up
  };

  // `links` outlives this.
  explicit ClientWays(const GangLinks* links) : links_(links) {}

  // There are other replicas, or they stand in another order.
  void Forget() { ++replicas_; }
  // From clients in a region to each of so many replicas; `end_of(i)` is where the i-th stands.
  // O(1) until the next Forget, while nothing of the network goes or comes. Good until the next
  // call.
  template <typename EndOf>
  std::span<const Way> From(RegionId client, size_t replicas, EndOf end_of) {
    if (client.index() >= known_.size()) known_.resize(client.index() + 1);
    Known& known = known_[client.index()];
    const uint64_t epoch = links_->paths().Epoch();
    if (known.replicas == replicas_ && known.epoch == epoch) return known.ways;
    known.replicas = replicas_;
    known.epoch = epoch;
    known.ways.clear();
    for (size_t i = 0; i < replicas; ++i) {
      const SitePaths::StoreWay way = links_->ClientWay(client, end_of(i));
      known.ways.push_back({Duration::FromSeconds(1e-3 * way.rtt_ms), way.cut});
    }
    return known.ways;
  }

 private:
  struct Known {
    uint64_t replicas = 0;
    uint64_t epoch = 0;  // of the network
    std::vector<Way> ways;
  };

  const GangLinks* links_;
  std::vector<Known> known_;  // by region
  uint64_t replicas_ = 1;     // changes with them
};

}  // namespace orrery::driver
