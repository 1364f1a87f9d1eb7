// Running gangs whose ways go and come, or that share relays: how fast they go meanwhile.
#pragma once

#include <absl/container/btree_map.h>

#include <cstdint>
#include <span>
#include <vector>

#include "models/network/paces.h"
#include "sim/cluster/state.h"
#include "sim/driver/devices.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/network_states.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

// What a gang sends over a relay at its full speed, on average, is its load there. Gangs whose
// loads are more than a relay carries share it max-min fairly; one that has several relays goes at
// one pace on all. A relay that could carry all loads slows nobody, for steps of different gangs
// come at different times (Assumption: gangs_interleave; as S. Rajasekaran et al., "CASSINI:
// network-aware job scheduling in machine learning clusters", NSDI 2024, have them do).
//
// Keeps one live event where the network fails while such a gang runs, at its next change. The
// scheduler is told nothing: it goes by the speed that it knew when the gang started.
class GangPaces final : public engine::Component {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    // PaceOf this attempt, which runs, may have changed.
    virtual void OnPace(JobSlot slot) = 0;
  };

  // All pointers outlive it; `devices` null: all are what they claim. `scale`: the scenario's, by
  // which there are more gangs, and relays that carry as much more for them all.
  GangPaces(const GangLinks* links, NetworkStates* network, const cluster::ClusterState* state,
            const Devices* devices, double scale, engine::Simulator* simulator);
  void Connect(Client* client) { client_ = client; }

  // An attempt gets its nodes. Over the ways that are up now it would go at `speed`, of which
  // heat leaves it `share`.
  void Expect(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
              double speed, double share);
  // It runs from now on, or no longer, where it did; others may get another pace. Returns whether
  // its ways pass relays, or go and come.
  bool Run(JobSlot slot, bool on);
  // Over the ways that are up now, with the others that use its relays: its speed, over what Expect
  // was told. 0 where one is cut, and 1 for attempts whose ways stay and pass no relay, or that do
  // not run.
  double PaceOf(JobSlot slot) const;

  void OnEvent(const engine::Event& event) override;

 private:
  struct Told {
    double speed = 0;  // 0: its ways stay, and pass no relay
    double share = 1;
  };
  struct Gang {
    double alone = 1;  // its pace, if nobody else used its relays
    network::PaceNet::GangId in_net = 0;
  };

  void Join(JobSlot slot, Gang* gang);
  void Settle();
  double PaceAlone(JobSlot slot) const;
  int64_t CapacityOf(uint32_t relay) const;
  void AwaitChange();

  const GangLinks* links_;
  NetworkStates* network_;
  const cluster::ClusterState* state_;
  const Devices* devices_;
  const double scale_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  Client* client_ = nullptr;
  network::PaceNet net_;                     // a link a relay
  std::vector<uint32_t> slot_of_;            // by gang of the net
  std::vector<Told> told_;                   // by job slot; may be short
  absl::btree_map<uint32_t, Gang> running_;  // by job slot
  std::vector<network::PaceNet::GangId> changed_;
  engine::EventHandle next_change_;
};

}  // namespace orrery::driver
