// The front end of a `full` service: sends every request to a replica, and knows what became of it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/workload/serving/batch.h"
#include "models/workload/serving/prefix_cache.h"
#include "models/workload/serving/requests.h"
#include "policies/api/service.h"
#include "sim/base/ids.h"
#include "sim/base/random.h"
#include "sim/base/time.h"
#include "sim/driver/client_ways.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/service_figures.h"
#include "sim/driver/service_frontend.h"
#include "sim/engine/simulator.h"
#include "sim/scenario/services.h"

namespace orrery::driver {

// Requests go from the client to the replica that the route role names on the way that the topology
// gives, which takes half a round trip; so does the way back. The role knows how long round trips
// are in general, not what chance makes of this one. For a client whose way is cut a
// replica is not healthy; who reaches none fails. A replica has one live event at most: the next
// change of its batch.
class ServiceGateway final : public ServiceFrontend {
 public:
  // References must outlive this. Requests sent before `warm_up` are not counted, and those from
  // `horizon` on do not come.
  ServiceGateway(const scenario::Service& service, const GangLinks& links, SimTime warm_up,
                 SimTime horizon, std::vector<std::string> regions,
                 std::unique_ptr<workload::RequestSource> source, const RandomStreams& random,
                 const Events& events);

  Result<void> Open() override;
  Result<void> OnArrival(SimTime now) override;
  bool OnBatch(uint32_t number, SimTime now) override;
  void Add(uint32_t number, NodeId node, RegionId region, const workload::ServingSpeed& speed,
           SimTime now) override;
  void SetSpeed(uint32_t number, const workload::ServingSpeed& speed, SimTime now) override;
  bool Drain(uint32_t number, SimTime now) override;
  void Kill(uint32_t number, SimTime now) override;
  void Remove(uint32_t number, SimTime now) override;
  void Close(SimTime) override {}
  bool Healthy(uint32_t number) const override;
  uint32_t Outstanding(uint32_t number) const override;
  uint64_t waiting() const override { return waiting_.size(); }
  Window TakeWindow(SimTime now) override;
  const RequestFigures& figures() const override { return figures_; }
  std::vector<uint64_t> Overdue(SimTime now) const override;
  double Utilisation(SimTime now) const override;
  double Busy(SimTime now) const override;

 private:
  struct Live {
    workload::ServiceRequest request = {};
    SimTime free = {};   // when it can be sent (again)
    SimTime first = {};  // when its first token was written
    Duration half_rtt = {};
    uint64_t id = 0;
    uint32_t retries = 0;
    bool measured = false;
    bool open = false;  // neither served nor given up
  };
  struct Replica {
    std::optional<workload::ContinuousBatch> batch;  // while it is there
    workload::PrefixCache cache;
    SiteEnd end;  // of the way to it
    bool dead = false;
    bool shunned = false;      // a request failed there
    SimTime since;             // ready since then
    double told_demand_s = 0;  // in windows before
    SimTime told;
    engine::EventHandle next;
  };
  // Integrals over ready replicas [s].
  struct Use {
    double ready_s = 0;
    double demand_s = 0;
    double busy_s = 0;
  };

  Result<void> NextRequest();
  void Send(const workload::ServiceRequest& request, SimTime now);
  void Dispatch(uint32_t live, SimTime now);
  void LookFrom(RegionId client);
  Duration DrawRtt(const Live& live, const policies::ReplicaInfo& chosen) const;
  void SendTo(uint32_t live, size_t place, Duration rtt, SimTime now);
  void Hold(uint32_t live);
  uint32_t CachedTokens(const Live& live, Replica* replica);
  bool MayRetry(Live& live);
  void SendAgain(const std::vector<uint32_t>& lost, SimTime now);
  void Lose(uint32_t live, RequestEnd end);
  void Serve(uint32_t live, SimTime now);
  void Free(uint32_t live);
  void Arm(uint32_t number);
  void Settle(uint32_t number, SimTime now);
  void AddToWindow(Replica& replica, SimTime now);
  Use UseUntil(SimTime now) const;
  // Place in the view; view_.size(): not there.
  size_t PlaceOf(uint32_t number) const;

  const scenario::Service& service_;
  const GangLinks& links_;
  ClientWays ways_;  // to the replicas of view_
  const RandomStreams random_;
  const StreamName rtt_stream_;
  SimTime warm_up_, horizon_;
  Events events_;
  std::unique_ptr<workload::RequestSource> source_;
  workload::ServiceRequest next_;
  std::unique_ptr<policies::RoutePolicy> route_;
  RequestFigures figures_;
  std::vector<Replica> replicas_;            // by number
  std::vector<uint32_t> there_;              // those that are ready, in the order of getting so
  std::vector<policies::ReplicaInfo> view_;  // those that may get requests, by number
  std::vector<Live> live_;
  std::vector<uint32_t> unused_;  // of live_
  std::deque<uint32_t> waiting_;
  workload::ContinuousBatch::Changes changes_;  // reused
  uint64_t sent_ = 0;
  Use past_;  // of replicas that are gone
  uint64_t window_requests_ = 0, window_ended_ = 0, window_misses_ = 0;
  double window_demand_s_ = 0, window_ready_s_ = 0;
};

}  // namespace orrery::driver
