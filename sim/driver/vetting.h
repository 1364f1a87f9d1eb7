// Which nodes the market lists: the check at registration, challenges, suspensions, appeals.
//
// No challenge is an event. When a node is listed, the number of the challenge at which it will
// have failed too often is drawn from its law, and only that one is waited for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/trust/rules.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/base/time.h"
#include "sim/driver/devices.h"
#include "sim/driver/ratings.h"
#include "sim/driver/stakes.h"
#include "sim/results/rows.h"

namespace orrery::driver {

// All nodes with GPUs register at time 0; nodes without are listed and not checked. A node that is
// down is not challenged. Streams "trust/registration", "trust/challenges" and "trust/card" by
// node.
class Vetting {
 public:
  struct Node {
    results::Vetted state = results::Vetted::kRegistering;
    bool up = true;
    bool refused = false;  // at its registration
    bool anew = false;     // it registers again, when its time has come
    uint32_t names = 1;    // that it has registered under
    uint32_t draws = 0;    // of `left`
    uint32_t suspensions = 0;
    SimTime until = SimTime::Never();
    SimTime since;      // of its state
    SimTime counted;    // challenges up to here are in `taken`
    uint64_t left = 0;  // challenges to its suspension
    double chance = 0;  // to fail one, with which that was drawn
    uint64_t taken = 0;
    SimTime admitted = SimTime::Never();   // first
    SimTime suspended = SimTime::Never();  // first
    Duration barred;                       // time refused or suspended
  };

  // The three pointers outlive this.
  Vetting(const scenario::Scenario& scenario, uint32_t replicate, const Devices* devices,
          Stakes* stakes, Ratings* ratings, const cluster::ClusterState& state);

  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  const Node& node(NodeId node) const { return nodes_[node.index()]; }
  bool listed(NodeId id) const { return node(id).state == results::Vetted::kListed; }
  // When that changes, as it looks now; Never(): not foreseen.
  SimTime until(NodeId id) const { return node(id).until; }
  // The time of until(node) has come.
  void Turn(NodeId node, SimTime now);
  // The nodes whose time may be another after the turn of this one.
  std::span<const NodeId> Beside(NodeId node) const { return devices_->SameCards(node); }
  // A node goes down, or is up again, for reasons of its own.
  void SetUp(NodeId node, bool up, SimTime now);

  // Challenges that it has taken by now.
  uint64_t TakenBy(NodeId node, SimTime now) const;
  // Time for which it was refused or suspended by now.
  Duration BarredBy(NodeId node, SimTime now) const;
  // From an admission of a fake to its suspension, in order of time.
  const std::vector<Duration>& detections() const { return detections_; }

 private:
  uint64_t ChallengesIn(SimTime after, SimTime until) const;
  double ChanceToFail(NodeId node, uint32_t proofs) const;
  uint32_t Proofs(NodeId node) const;
  void Register(NodeId node, SimTime now);
  void Judge(NodeId node, SimTime now);
  void Suspend(NodeId node, SimTime now);
  void List(NodeId node, SimTime now);
  void Draw(NodeId node, SimTime now);
  void Bar(NodeId node, results::Vetted how, SimTime now);
  void Foresee(Node& node, SimTime now) const;

  const trust::Trust level_;
  const trust::Rules rules_;
  const Devices* devices_;
  Stakes* stakes_;
  Ratings* ratings_;
  RandomStreams random_;
  std::vector<Node> nodes_;
  std::vector<Duration> detections_;
};

}  // namespace orrery::driver
