// The visits of the scenario's structs: every key with its unit, bounds, default, meaning and
// source. They are the only place that knows the keys.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/visitor.h"

namespace orrery::scenario {

// The whole; `v.names().regions` must point to `scenario.regions`.
void Visit(Visitor& v, Scenario& scenario);

void VisitRegion(Visitor& v, Region& region);
void VisitFleetGroup(Visitor& v, FleetGroup& group);
void VisitWorkload(Visitor& v, WorkloadSource& source);
void VisitGenerator(Visitor& v, workload::GeneratorParams& generator);
void VisitArrivals(Visitor& v, workload::ArrivalParams& arrivals);
void VisitPopulation(Visitor& v, workload::Population& population);
void VisitCheckpoints(Visitor& v, Duration& interval, std::string_view source);
void VisitData(Visitor& v, std::optional<workload::DataParams>& data);
void VisitStores(Visitor& v, Stores& stores);
void VisitRequirements(Visitor& v, Requirements& requirements);
void VisitScheduler(Visitor& v, Scheduler& scheduler);
// A role and the policy that fills it. `noun`: "an order policy".
void VisitPolicy(Visitor& v, const Info& info, const std::string& role, const std::string& noun,
                 bool may_be_none, PolicyChoice& choice);
void VisitService(Visitor& v, Service& service);
void VisitEnergy(Visitor& v, Energy& energy);
void VisitMining(Visitor& v, Mining& mining);
void VisitOutputs(Visitor& v, Outputs& outputs);
void VisitNetwork(Visitor& v, Network& network);
void VisitAccess(Visitor& v, Access& access);
void VisitLan(Visitor& v, Lan& lan);
// Traces to replay, for failures and churn.
void VisitReplay(Visitor& v, failure::ReplayParams& replay);
void VisitChurn(Visitor& v, Churn& churn);
// `source`: where the defaults come from.
void VisitHabits(Visitor& v, failure::OwnerHabits& habits, std::string_view source);
void VisitFailures(Visitor& v, Failures& failures);
void VisitCheckpointing(Visitor& v, Checkpoints& checkpoints);
void VisitDetection(Visitor& v, Detection& detection);
void VisitTrust(Visitor& v, Trust& trust);

// A distribution, as the value of `info.key`: a map, or one value that every draw has.
void VisitDistribution(Visitor& v, const Info& info, const Codec<double>& codec, double smallest,
                       double largest, workload::Distribution& distribution);
void VisitOptionalDistribution(Visitor& v, const Info& info, const Codec<double>& codec,
                               double smallest, double largest,
                               std::optional<workload::Distribution>& distribution);

}  // namespace orrery::scenario
