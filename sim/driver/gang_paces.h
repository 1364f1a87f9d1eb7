// Running gangs whose ways go and come, or what these carry: how fast they go meanwhile.
#pragma once

#include <absl/container/btree_set.h>

#include <cstdint>
#include <span>
#include <vector>

#include "sim/cluster/state.h"
#include "sim/driver/devices.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/network_states.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

// Keeps one live event while such a gang runs, at the next change of the network. The scheduler is
// told nothing: it goes by the speed that it knew when the gang started.
class GangPaces final : public engine::Component {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    // PaceOf this attempt, which runs, may have changed.
    virtual void OnPace(JobSlot slot) = 0;
  };

  // All pointers outlive it; `devices` null: all are what they claim. `network` changes.
  GangPaces(const GangLinks* links, NetworkStates* network, const cluster::ClusterState* state,
            const Devices* devices, engine::Simulator* simulator);
  void Connect(Client* client) { client_ = client; }

  // An attempt gets its nodes. Over the ways that are up now it would go at `speed`.
  void Expect(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
              double speed);
  // It runs from now on, or no longer. Returns whether its ways go and come.
  bool Run(JobSlot slot, bool on);
  // Over the ways that are up now: its speed, over what Expect was told. 0 where one is cut, and 1
  // for attempts whose ways stay, or who do not run.
  double PaceOf(JobSlot slot) const;

  void OnEvent(const engine::Event& event) override;

 private:
  void AwaitChange();

  const GangLinks* links_;
  NetworkStates* network_;
  const cluster::ClusterState* state_;
  const Devices* devices_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  Client* client_ = nullptr;
  std::vector<double> speeds_;         // by job slot, as told; 0: its ways stay. May be short
  absl::btree_set<uint32_t> running_;  // job slots
  engine::EventHandle next_change_;
};

}  // namespace orrery::driver
