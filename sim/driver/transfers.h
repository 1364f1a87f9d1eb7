// Moves what jobs read and write between data stores and nodes, before they run and after.
//
// With network: full, flows share the links they pass max-min fairly (models/network/flows.h) and
// none is faster than its window lets it be; with simple, each has its own link to itself.
#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "models/network/flows.h"
#include "models/workload/data.h"
#include "policies/api/job_info.h"
#include "policies/api/view.h"
#include "sim/base/random.h"
#include "sim/base/slab.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/payments.h"
#include "sim/engine/simulator.h"
#include "sim/results/transfers.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// Every region has a data store and a mirror of images. A flow comes from or goes to the store of
// the job's data; images come from the mirror where the node stands, which is that region's store
// too. One live event for all flows, at the next finish, and while some may lose their way, one at
// the next time that something of the network goes or comes; progress is worked out where a rate
// changes. A flow whose relay is lost takes the next best one; where there is none, or its store is
// out, it waits. One that lost its direct way takes that again once it is back.
class Transfers final : public engine::Component {
 public:
  // Who waits for data.
  class Client {
   public:
    virtual ~Client() = default;
    // What Bring or Send began is done. Costs the client's attempt nothing to look at afterwards.
    virtual void OnMoved(JobSlot slot) = 0;
  };

  // Null where there is no network, or no job moves anything. The rest outlives it.
  static std::unique_ptr<Transfers> Make(const scenario::Scenario& scenario, uint32_t replicate,
                                         const workload::DataTable* data, const GangLinks* links,
                                         NetworkStates* network, engine::Simulator* simulator,
                                         LedgerPayments* payments);
  void Connect(Client* client) { client_ = client; }

  // A job enters under `slot`.
  void Admit(JobSlot slot);
  // An attempt takes its nodes. `done`: work that earlier ones kept. One that has only its output
  // to send fetches nothing.
  void Prepare(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
               const workload::Job& truth, Duration done);
  // Begins to bring what the attempt reads; false: there is nothing to bring. O(nodes) flows.
  bool Bring(JobSlot slot);
  // Begins to send what it wrote; false: nothing.
  bool Send(JobSlot slot);
  bool sending(JobSlot slot) const;
  // The attempt is over, or told to stop. What is under way breaks off; what has come is paid for.
  void Abort(JobSlot slot);

  // What was moved for a job since the last time it was asked for.
  struct Moved {
    int64_t bytes = 0;
    Usd egress;
  };
  Moved Take(JobSlot slot);
  results::TransferFigures Figures() const;

  void OnEvent(const engine::Event& event) override;

 private:
  using LinkId = network::FlowNet::LinkId;
  using FlowId = network::FlowNet::FlowId;
  enum Kind : uint16_t { kFinish, kNetwork };
  enum class Phase : uint8_t { kIdle, kFetching, kSending };
  static constexpr LinkId kNoLink = UINT32_MAX;

  struct Share {
    NodeId node;
    uint32_t replicas = 0;
  };
  struct Attempt {
    std::vector<Share> shares;
    std::vector<FlowId> flows;  // under way
    workload::JobData data;
    RegionId store;
    NodeId hub;  // of a star; none: nodes reach the store by themselves
    UserId user;
    uint32_t milli_gpus = 0;
    uint16_t row = 0;
    bool restart = false;  // goes on from a checkpoint
    bool only_sends = false;
    Phase phase = Phase::kIdle;
    SimTime began;
    int64_t moved_bytes = 0;
    int64_t egress_micros = 0;
  };
  // Between two ends, over a relay or not.
  struct Leg {
    RegionId from, to;
    uint32_t relay = SitePaths::kNone;
    bool astray = false;   // over that relay for as long as the direct way is down
    bool flooded = false;  // the relay is
  };
  struct Flow {
    JobSlot slot;
    NodeId node;
    RegionId store;
    bool sends = false;
    bool image = false;
    bool cut = false;         // it has no way, or its store is out
    std::array<Leg, 2> legs;  // the second one of a star alone
    int64_t bytes = 0;
    double left = 0;  // [byte], as of `since`
    double rate = 0;  // [byte/s]
    SimTime since;
    int64_t finish_ns = INT64_MAX;
  };
  struct Ends {
    LinkId up = kNoLink;
    LinkId down = kNoLink;
  };

  Transfers(const scenario::Scenario& scenario, uint32_t replicate, const workload::DataTable* data,
            const GangLinks* links, NetworkStates* network, engine::Simulator* simulator,
            LedgerPayments* payments);
  const Ends& StoreLinks(RegionId region);
  const Ends& NodeLinks(NodeId node);
  LinkId RelayLink(uint32_t relay, bool flooded);
  RegionId StoreOf(const Attempt& attempt, NodeId node) const;
  void Begin(JobSlot slot, Phase phase);
  void AddFlow(JobSlot slot, const Share& share, RegionId store, int64_t bytes, bool image);
  FlowId AddToNet(const Attempt& attempt, Flow* flow);
  bool Stays(const Flow& flow) const;
  bool Stays(const Leg& leg) const;
  void Reroute();
  void EndFlow(FlowId id, bool whole);
  void EndPhase(Attempt& attempt);
  void Settle();
  void Arm();

  const bool full_;
  const workload::DataTable* data_;
  const GangLinks* links_;
  NetworkStates* network_;
  engine::Simulator* simulator_;
  LedgerPayments* payments_;
  Client* client_ = nullptr;
  engine::ComponentId id_;
  RandomStreams random_;
  std::vector<scenario::Store> stores_;   // by region
  std::vector<Ends> store_links_;         // by region
  std::vector<Ends> node_links_;          // by node
  std::vector<LinkId> relay_links_;       // by relay: as it is, and flooded
  double scale_;                          // of what many share
  std::array<int64_t, 2> relay_bytes_s_;  // as those
  network::FlowNet net_;
  Slab<Attempt> attempts_;                                // by job slot
  std::vector<Flow> flows_;                               // by FlowId
  absl::btree_set<std::pair<int64_t, FlowId>> finishes_;  // time, flow
  absl::flat_hash_set<uint64_t> images_;                  // node and row: it has the image
  engine::EventHandle next_, next_change_;                // of a finish, of the network
  int64_t armed_ns_ = INT64_MAX;
  absl::btree_set<FlowId> exposed_;   // flows that may lose their way, those that wait too
  std::vector<FlowId> changed_;       // reused
  std::vector<JobSlot> done_;         // reused
  results::TransferFigures figures_;  // without the sums below
  int64_t fetched_bytes_ = 0, sent_bytes_ = 0, egress_micros_ = 0;
};

}  // namespace orrery::driver
