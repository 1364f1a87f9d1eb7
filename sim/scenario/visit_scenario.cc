#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

void VisitRun(Visitor& v, Scenario& scenario) {
  v.Field("name", scenario.name, TextCodec(),
          {.doc = "name of the scenario, for titles and results", .required = true});
  v.Field("description", scenario.description, TextCodec(), {.doc = "what it is about"});
  v.Field("seed", scenario.seed, Whole<uint64_t>(), {.min = 0, .doc = "seed of all random draws"});
  v.Field("replications", scenario.replications, Whole<uint32_t>(),
          {.min = 1, .max = 100'000, .doc = "independent runs, numbered 0, 1, …"});
  v.Field("scale", scenario.scale, NumberCodec(),
          {.min = 1e-4,
           .max = 1e4,
           .doc = "multiplies the nodes of every group; the arrivals, `max_arrivals` and users of "
                  "every generator; the requests, `gateway_queue` and replicas (`min`, `max`, and "
                  "the number with `autoscale: fixed`) of every service; the scheduler's "
                  "`queue_limit`; and what stores and relays carry: so loads stay the same"});
  v.Time("horizon", scenario.horizon,
         {.min = Duration::Seconds(1),
          .max = Duration::Hours(24 * 36'500),
          .none = Duration::Max(),
          .none_means = "until the last job is done",
          .doc = "end of a run; jobs still there are unfinished"});
  v.Time("warm_up", scenario.warm_up,
         {.min = Duration(),
          .max = Duration::Hours(24 * 36'500),
          .doc = "jobs that arrive earlier run but do not count in the summary"});
  static const WordCodec<Unplaceable> unplaceable(
      {{"reject", Unplaceable::kReject}, {"error", Unplaceable::kError}});
  v.Field("unplaceable", scenario.unplaceable, unplaceable,
          {.doc = "what becomes of jobs that no node of the fleet could ever hold: rejected and "
                  "counted, or the run does not start"});
  v.Path("throughputs", scenario.throughputs,
         {.none = std::string(),
          .none_means = "speeds come from rooflines",
          .doc = "table of measured speeds of job types on GPUs "
                 "(Gavel's simulation_throughputs.json, plain or gzip)"});
}

}  // namespace

void Visit(Visitor& v, Scenario& scenario) {
  VisitRun(v, scenario);
  v.List({.key = "regions", .doc = "places where nodes stand and users live; default: one place"},
         scenario.regions, {.min = 1, .max = 1000}, [&](Region& region) {
           v.Group({}, {.shorthand = "id"}, [&] { VisitRegion(v, region); });
         });
  v.List({.key = "fleet", .doc = "groups of nodes", .required = true}, scenario.fleet,
         {.min = 1, .max = 10'000},
         [&](FleetGroup& group) { v.Group({}, [&] { VisitFleetGroup(v, group); }); });
  v.List({.key = "workload", .doc = "sources of jobs; needed where there are no services"},
         scenario.workload, {.max = 1000},
         [&](WorkloadSource& source) { v.Group({}, [&] { VisitWorkload(v, source); }); });
  v.List({.key = "services", .doc = "inference services (docs/models/services.md)"},
         scenario.services, {.max = 1000},
         [&](Service& service) { v.Group({}, [&] { VisitService(v, service); }); });
  v.Group({.key = "network", .doc = "what it costs to be apart"}, {.shorthand = "level"},
          [&] { VisitNetwork(v, scenario.network); });
  v.Group({.key = "scheduler", .doc = "who decides what runs where"},
          [&] { VisitScheduler(v, scenario.scheduler); });
  v.Group({.key = "energy",
           .doc = "power, temperature, electricity and carbon (docs/models/energy.md)"},
          {.shorthand = "level"}, [&] { VisitEnergy(v, scenario.energy); });
  v.Group({.key = "mining", .doc = "GPUs that mine while no job has them (docs/models/mining.md)"},
          {.shorthand = "level"}, [&] { VisitMining(v, scenario.mining); });
  v.Group({.key = "failures", .doc = "what fails: nodes, regions, jobs"}, {.shorthand = "level"},
          [&] { VisitFailures(v, scenario.failures); });
  v.Group(
      {.key = "churn", .doc = "owners who take their nodes out of the market and bring them back"},
      {.shorthand = "level"}, [&] { VisitChurn(v, scenario.churn); });
  v.Group(
      {.key = "checkpoints",
       .doc = "how jobs of the classes batch_training and reinforcement_learning save their state"},
      {.shorthand = "interval"}, [&] { VisitCheckpointing(v, scenario.checkpoints); });
  v.Group({.key = "detection", .doc = "how the scheduler hears of nodes that go and come"},
          {.shorthand = "health_check"}, [&] { VisitDetection(v, scenario.detection); });
  v.Group({.key = "trust", .doc = "devices that are not what they claim (docs/models/trust.md)"},
          {.shorthand = "level"}, [&] { VisitTrust(v, scenario.trust); });
  v.Group({.key = "outputs", .doc = "what a run writes"},
          [&] { VisitOutputs(v, scenario.outputs); });
}

}  // namespace orrery::scenario
