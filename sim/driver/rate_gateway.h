// The front end of a `simple` service: numbers of requests over windows, and a queueing formula for
// each replica.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/workload/serving/queueing.h"
#include "models/workload/serving/rates.h"
#include "policies/api/service.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/driver/backlog.h"
#include "sim/driver/client_ways.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/replica_kinds.h"
#include "sim/driver/request_tally.h"
#include "sim/driver/service_frontend.h"
#include "sim/scenario/services.h"

namespace orrery::driver {

// Within a window requests come at a constant rate. The route role is asked where small parcels of
// that rate go, replicas filling up from parcel to parcel; each replica then is a ReplicaQueue, as
// if it had been so for ever. One that gets more than it can serve has a backlog, first come, first
// served; so has the first one that comes where requests waited for it. One event a window; what
// happens in between to replicas is taken into account when it happens, but relays that go or come:
// the plan knows them as they were when it was made. From 256 replicas on a plan outlasts a few of
// them: others share what they leave by what they have, and new ones get nothing before the next.
class RateGateway final : public ServiceFrontend {
 public:
  // References must outlive this. `events.batch` is not used.
  RateGateway(const scenario::Service& service, const GangLinks& links, SimTime warm_up,
              SimTime horizon, std::vector<std::string> regions,
              std::unique_ptr<workload::RateSource> source, const Events& events);

  Result<void> Open() override;
  Result<void> OnArrival(SimTime now) override;
  bool OnBatch(uint32_t, SimTime) override { return false; }
  void Add(uint32_t number, NodeId node, RegionId region, const workload::ServingSpeed& speed,
           SimTime now) override;
  void SetSpeed(uint32_t number, const workload::ServingSpeed& speed, SimTime now) override;
  bool Drain(uint32_t number, SimTime now) override;
  void Kill(uint32_t number, SimTime now) override;
  void Remove(uint32_t number, SimTime now) override;
  void Close(SimTime now) override { Settle(now); }
  bool Healthy(uint32_t number) const override;
  uint32_t Outstanding(uint32_t number) const override;
  uint64_t waiting() const override;
  Window TakeWindow(SimTime now) override;
  const RequestFigures& figures() const override { return tally_.figures(); }
  std::vector<uint64_t> Overdue(SimTime now) const override;
  double Utilisation(SimTime now) const override;
  double Busy(SimTime now) const override;

 private:
  using Counts = RequestTally::Counts;  // by row of the clients

  struct Replica {
    uint32_t number = 0;
    NodeId node = {};
    RegionId region = {};
    SiteEnd end;  // of the way to it
    size_t kind = 0;
    Backlog backlog;
    double due = 0;                                 // requests it had time for, not served yet
    std::vector<double> rates;                      // requests a second, by row
    double rate = 0;                                // all of them
    const workload::ReplicaQueue* queue = nullptr;  // nullptr: it cannot keep up
  };

  // As many as points that RequestTally takes.
  static constexpr int kSpreads = 256;

  // In rate_plan.cc: which replica gets how much.
  void Plan();
  void AssignParcels();
  void NoteChange();
  bool AreMissed(const Replica& replica);
  bool LeavesOut() const;
  double RateOf(uint64_t coming) const;
  uint32_t ActiveAt(size_t kind, double rate) const;
  void Settle(SimTime now);
  Counts Arrivals(SimTime now);
  void Hold(const Counts& arrivals, SimTime from, SimTime to);
  void ServeAll(const Counts& arrivals, SimTime now);
  void ServeSteadily(Replica& replica, const Counts& arrivals);
  void ServeOverloaded(Replica& replica, const Counts& arrivals, SimTime now);
  template <typename Point>
  void Serve(size_t row, uint64_t count, const Replica& replica, Point point);
  // What chance makes of a round trip, at quantile `x` in (0, 1).
  const network::RttSpread& SpreadAt(double x, const Replica& replica) const;
  SitePaths::StoreWay WayOf(size_t row, const Replica& replica) const;
  const Replica* Look(uint32_t number) const;
  std::vector<Replica>::iterator Find(uint32_t number);
  // In rate_report.cc, with what is told of the service.
  double DemandOf(const Replica& replica) const;
  double BusyOf(const Replica& replica) const;
  double MetRateOf(const Replica& replica) const;
  void Note(SimTime now);

  const scenario::Service& service_;
  const GangLinks& links_;
  ClientWays ways_;
  SimTime warm_up_, horizon_;
  Events events_;
  std::unique_ptr<policies::RoutePolicy> route_;
  RequestTally tally_;
  std::unique_ptr<workload::RateSource> source_;
  ReplicaKinds kinds_;
  std::vector<Replica> replicas_;               // by number
  std::vector<network::RttSpread> spreads_[2];  // of sites and homes, by quantile
  SimTime window_begin_, settled_;
  Counts coming_;                     // in this window
  Counts come_;                       // of them, by settled_
  std::vector<double> refused_rate_;  // by the route role, by row [1/s]
  std::vector<double> cut_rate_;      // of those who reach no replica, by row [1/s]
  std::vector<double> left_rate_;     // of replicas that went since the plan, by row [1/s]
  // By row, for Split: of each replica, of those refused and of those who reach none.
  std::vector<std::vector<double>> owed_;
  std::vector<double> long_;  // beyond the context, parts of a request left over
  Backlog waiting_;           // for want of a replica
  bool planned_ = false;
  size_t changes_ = 0;  // of the replicas since the plan was made
  uint64_t parcels_ = 0;
  SimTime told_;
  double came_ = 0, missed_ = 0;                    // that nobody has been told of yet
  double ready_s_ = 0, demand_s_ = 0, busy_s_ = 0;  // by settled_
};

}  // namespace orrery::driver
