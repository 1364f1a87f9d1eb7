// The gateway of a service: sends requests to replicas, and knows what became of them.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/workload/serving/batch.h"
#include "models/workload/serving/requests.h"
#include "policies/api/service.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/driver/client_rtts.h"
#include "sim/driver/service_figures.h"
#include "sim/engine/simulator.h"
#include "sim/scenario/services.h"

namespace orrery::driver {

// Requests go straight from the client to the replica that the route role names, which takes half a
// round trip; so does the way back. A replica has one live event at most: the next change of its
// batch.
class ServiceGateway {
 public:
  // How a replica's event is to be scheduled.
  struct Events {
    engine::Simulator* simulator;
    engine::ComponentId component;
    uint16_t kind;
    uint64_t payload;  // the replica's number is added
  };
  // What the gateway saw of the service between two calls.
  struct Window {
    uint64_t requests = 0;
    uint64_t ended = 0;
    uint64_t slo_misses = 0;
    double utilisation = 0;
  };

  // References must outlive this. Requests sent before `warm_up` are not counted.
  ServiceGateway(const scenario::Service& service, const ClientRtts& rtts, SimTime warm_up,
                 std::vector<std::string> regions, const Events& events);

  // A client sends a request now.
  void Send(const workload::ServiceRequest& request, SimTime now);
  // Replica `number`, larger than all before, is ready for requests.
  void Add(uint32_t number, NodeId node, RegionId region, OwnerKind owner,
           const workload::ServingSpeed& speed, SimTime now);
  // Its event. Returns whether it has nothing left to do.
  bool Advance(uint32_t number, SimTime now);
  // No more requests for it. Returns whether it has none.
  bool Drain(uint32_t number);
  // It is gone, and nobody knows: its requests are lost, and those who try it fail.
  void Kill(uint32_t number, SimTime now);
  // It is gone, and known to be.
  void Remove(uint32_t number, SimTime now);

  // Requests that it has not answered.
  uint32_t Outstanding(uint32_t number) const;
  uint64_t waiting() const { return waiting_.size(); }
  Window TakeWindow(SimTime now);

  const RequestFigures& figures() const { return figures_; }
  // Measured requests, by where their clients are, whose first token should be there and is not.
  std::vector<uint64_t> Overdue(SimTime now) const;
  // Of ready replicas, until `now`.
  double Utilisation(SimTime now) const;
  double Busy(SimTime now) const;

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
    OwnerKind owner = OwnerKind::kDatacentre;
    bool dead = false;
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

  void Dispatch(uint32_t live, SimTime now);
  void SendTo(uint32_t live, size_t place, SimTime now);
  void Hold(uint32_t live);
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
  const ClientRtts& rtts_;
  SimTime warm_up_;
  Events events_;
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
