// Users rate what they got; a device's reputation follows, and the scheduler hears of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/trust/reputation.h"
#include "models/trust/rules.h"
#include "sim/base/random.h"
#include "sim/cluster/backend.h"
#include "sim/cluster/state.h"
#include "sim/driver/devices.h"

namespace orrery::driver {

class Ratings {
 public:
  // Users rate by chance in streams "trust/rating" by job. Both pointers outlive this.
  Ratings(const trust::Ratings& rules, const RandomStreams& random, const Devices* devices,
          cluster::ClusterState* state);

  // An attempt ended: its user may rate it by its speed, over the believed one; nothing got done is
  // rated 0. One of a service's replica that was let go is rated by what it `served`
  // (ReplicaRecords), and not at all if that is nothing. Every node of a gang is rated alike.
  // O(grants), and O(log nodes) for each where a policy orders by reputation, or it passes what
  // some job asks for at least.
  void OnAttemptEnd(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                    const cluster::AttemptReport& report, std::optional<double> served);
  // A device has a new name, which nobody knows.
  void Forget(NodeId node);

  float reputation(NodeId node) const {
    return static_cast<float>(reputations_[node.index()].Expected());
  }
  uint64_t given() const { return given_; }

 private:
  trust::BetaReputation Unknown(NodeId node) const;
  void Rate(NodeId node, double rating);
  void Tell(NodeId node);

  const trust::Ratings rules_;
  const RandomStreams random_;
  const Devices* devices_;
  cluster::ClusterState* state_;
  std::vector<float> claimed_;  // reputations that the fleet began with
  std::vector<trust::BetaReputation> reputations_;
  uint64_t given_ = 0;  // by real users
};

}  // namespace orrery::driver
