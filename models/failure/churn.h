// Owners who take their nodes out of the market and bring them back.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/base/time.h"

namespace orrery::failure {

// Whether owners offer their nodes. Each node is offered, or not, until some time, when it is asked
// about again; an economy in which owners come and go for money is another implementation.
class OwnerPresence {
 public:
  virtual ~OwnerPresence() = default;
  virtual bool on(NodeId node) const = 0;
  // When that ends, as it looks now; SimTime::Never(): not foreseen.
  virtual SimTime until(NodeId node) const = 0;
  // The time of until(node) has come: the owner changes its mind.
  virtual void Turn(NodeId node) = 0;
  // How long before it leaves the owner says so; zero: it does not.
  virtual Duration notice(NodeId node) const = 0;
  // When something changes for all nodes of a region, so that until() of each may be another.
  virtual SimTime shift(RegionId region) const = 0;
  virtual void Shift(RegionId region) = 0;
};

// An owner's habits. On and off times are exponential where no hour of the day differs from
// another.
struct OwnerHabits {
  // Mean times: 1 / on is the rate of leaving while there, averaged over the time. Max(): never.
  Duration on = Duration::Max();
  Duration off = Duration::Hours(1);
  Duration notice;
  // How much the owner wants the machine for itself in each hour of local time: leaving goes with
  // it, coming back against it. Empty: alike.
  std::vector<double> busy;
};

// Spot nodes, whose price has been outbid; from the same fit as RegionMarket. Two minutes' notice:
// Amazon EC2 user guide, "Spot Instance interruption notices".
inline OwnerHabits SpotHabits() {
  return {.on = Duration::Minutes(47),
          .off = Duration::Minutes(95),
          .notice = Duration::Minutes(2),
          .busy = {}};
}
// Assumption: miner_churn (a rig earns elsewhere for half a day, once in twenty).
inline OwnerHabits MinerHabits() {
  return {.on = Duration::Hours(480), .off = Duration::Hours(12), .notice = {}, .busy = {}};
}
// Assumption: consumer_churn (somebody games in the evening, and switches the machine off).
inline OwnerHabits ConsumerHabits() {
  return {.on = Duration::Hours(12),
          .off = Duration::Hours(4),
          .notice = {},
          .busy = {0.7, 0.5, 0.4, 0.3, 0.3, 0.3, 0.4, 0.5, 0.6, 0.6, 0.6, 0.7,
                   0.8, 0.8, 0.9, 1.0, 1.3, 1.6, 2.0, 2.4, 2.6, 2.4, 1.8, 1.2}};
}

// What the nodes of a region have in common: the market is calm or tight, for exponential times. In
// tight times nodes leave `leave` times as fast as in calm ones, and come back `back` times as
// fast. Fitted on the spot traces of Wu et al., "Can't Be Late", NSDI 2024 (docs/models/churn.md).
struct RegionMarket {
  Duration calm = Duration::Minutes(546);
  Duration tight = Duration::Minutes(438);
  double leave = 4.7;
  double back = 0.19;
};

// Owners by habit, independent of each other but for their region's market.
class Churn final : public OwnerPresence {
 public:
  struct Node {
    const OwnerHabits* habits = nullptr;  // null: its owner never leaves
    RegionId region;
  };
  // `utc_offsets` by region. `market`: null where regions have nothing in common. Habits must
  // outlive the churn. Streams "churn/owner" by node and "churn/region" by region.
  Churn(const std::vector<Node>& nodes, const std::vector<Duration>& utc_offsets,
        const RegionMarket* market, const RandomStreams& random);

  bool on(NodeId node) const override { return nodes_[node.index()].on; }
  SimTime until(NodeId node) const override { return nodes_[node.index()].until; }
  void Turn(NodeId node) override;
  Duration notice(NodeId node) const override;
  SimTime shift(RegionId region) const override { return regions_[region.index()].until; }
  // O(nodes of the region).
  void Shift(RegionId region) override;

 private:
  // A spell lasts until an exponential amount of hazard (mean 1) is used up.
  struct State {
    const OwnerHabits* habits = nullptr;
    RegionId region;
    bool on = true;
    uint32_t number = 0;
    double left = 0;  // of the hazard, at `since`
    SimTime since;
    SimTime until = SimTime::Never();
  };
  struct Region {
    bool tight = false;
    uint32_t number = 0;
    Duration utc_offset;
    SimTime until = SimTime::Never();
    std::vector<NodeId> nodes;
  };
  struct Profile {
    const OwnerHabits* habits;
    std::array<double, 24> leave, back;  // relative rates by hour, mean 1
  };

  RandomStream NodeStream(uint32_t node) const { return random_.Stream("churn/owner", node); }
  RandomStream RegionStream(uint32_t region) const {
    return random_.Stream("churn/region", region);
  }
  // The chance to be there at time 0, as the region's market is then.
  double StartsOn(const OwnerHabits& habits, RegionId region);
  // Of the end of a spell [1/h], on the average over the hours of a day.
  double Rate(const OwnerHabits& habits, bool on, bool tight) const;
  double Rate(const State& node) const;
  // Factors by hour of local time, or null.
  const std::array<double, 24>* HoursOf(const OwnerHabits& habits, bool on) const;
  double Used(const State& node, SimTime to) const;
  SimTime End(const State& node) const;
  void Begin(uint32_t node, SimTime now);

  const RegionMarket* market_;
  RandomStreams random_;
  std::vector<State> nodes_;
  std::vector<Region> regions_;
  std::vector<Profile> profiles_;
  // By habits and region: the chance to be there at time 0, in calm and in tight times.
  std::map<std::pair<const OwnerHabits*, uint16_t>, std::array<double, 2>> starts_;
};

}  // namespace orrery::failure
