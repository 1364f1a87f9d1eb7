#include "sim/driver/world.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "models/workload/speed.h"
#include "sim/base/check.h"
#include "sim/cluster/billing.h"
#include "sim/cluster/decision_loop.h"
#include "sim/cluster/state.h"
#include "sim/driver/arrivals.h"
#include "sim/driver/availability.h"
#include "sim/driver/energy.h"
#include "sim/driver/fleet_builder.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/gang_paces.h"
#include "sim/driver/heartbeat.h"
#include "sim/driver/job_monitor.h"
#include "sim/driver/mining.h"
#include "sim/driver/network_states.h"
#include "sim/driver/node_truth.h"
#include "sim/driver/owners.h"
#include "sim/driver/payments.h"
#include "sim/driver/recorder.h"
#include "sim/driver/roles.h"
#include "sim/driver/rtt_belief.h"
#include "sim/driver/sampler.h"
#include "sim/driver/saving.h"
#include "sim/driver/services.h"
#include "sim/driver/sim_backend.h"
#include "sim/driver/speed_belief.h"
#include "sim/driver/transfers.h"
#include "sim/driver/trigger.h"
#include "sim/driver/trust.h"
#include "sim/driver/version.h"
#include "sim/driver/workload_builder.h"
#include "sim/engine/simulator.h"
#include "sim/results/summary_builder.h"
#include "sim/results/writer.h"
#include "sim/scenario/scale.h"

namespace orrery::driver {

namespace {

using scenario::Scenario;
using Clock = std::chrono::steady_clock;

SimTime HorizonOf(const Scenario& scenario) {
  return scenario.horizon == Duration::Max() ? SimTime::Never()
                                             : SimTime::Zero() + scenario.horizon;
}

results::RunDescription Describe(const Scenario& scenario, const WorldOptions& options) {
  results::RunDescription run;
  run.name = scenario.name;
  run.scenario = options.scenario_text;
  run.version = kVersion;
  run.seed = scenario.seed;
  run.replicate = options.replicate;
  run.warm_up = SimTime::Zero() + scenario.warm_up;
  run.horizon = HorizonOf(scenario);
  run.job_rows = static_cast<results::JobRows>(scenario.outputs.jobs);
  run.sample_fraction = scenario.outputs.sample_fraction;
  for (const fleet::GpuModel& gpu : scenario.gpus->rows()) run.gpu_models.push_back(gpu.id);
  for (const scenario::Region& region : scenario.regions) run.regions.push_back(region.id);
  for (const scenario::Service* service : scenario::ServicesOn(scenario.services)) {
    run.services.push_back(service->name);
  }
  return run;
}

cluster::LoopConfig LoopConfigOf(const Scenario& scenario) {
  const scenario::Scheduler scheduler = scenario::Scaled(scenario, scenario.scheduler);
  cluster::LoopConfig config;
  config.strict = scheduler.blocking == scenario::Blocking::kStrict;
  config.round = scheduler.round;
  config.queue_limit = scheduler.queue_limit;
  config.retries = scheduler.retries;
  return config;
}

// Of the speed of jobs, with the proofs of work that all GPUs are busy with.
double SpeedLeft(const Scenario& scenario) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  return rules == nullptr ? 1 : rules->challenges.SpeedLeft();
}

}  // namespace

// Members are built in this order and refer to those above them.
struct World::Parts {
  Parts(const Scenario& scenario_in, const WorldOptions& options)
      : scenario(scenario_in),
        horizon(HorizonOf(scenario_in)),
        run(Describe(scenario_in, options)),
        roles(MakeRoles(scenario_in.scheduler)),
        links(scenario_in, options.replicate),
        speed(*scenario_in.gpus, scenario_in.throughput_table.get(), &links,
              SpeedLeft(scenario_in)),
        rtt(&links),
        state({.place = roles.place.get(),
               .speed = &speed,
               .rtt = links.on() ? &rtt : nullptr,
               .requirements = &requirements,
               .tie_rule = scenario_in.scheduler.ties,
               .atlas = MakeAtlas(scenario_in),
               .running_by_end =
                   roles.backfill != nullptr && roles.backfill->needs_running_by_end()}),
        summary(run),
        billing(&payments),
        backend({.start = scenario_in.scheduler.delays.start,
                 .stop = scenario_in.scheduler.delays.stop},
                &simulator) {}

  cluster::LoopObserver* Observer() {
    if (services != nullptr) return services.get();
    return &*recorder;
  }
  // Why a source of jobs or requests broke off; null: none did.
  const Error* BrokeOff() const {
    if (arrivals->error()) return &*arrivals->error();
    return services != nullptr && services->error() ? &*services->error() : nullptr;
  }
  results::RunCounters Counters(double wall_seconds);
  Progress ProgressNow(double wall_seconds) const;
  Result<void> OpenFailures(uint32_t replicate, const std::vector<uint32_t>& group_sizes);
  void AddMining(uint32_t replicate);
  void Simulate(const RunControl& control, Clock::time_point begin);

  const Scenario& scenario;
  const SimTime horizon;
  const results::RunDescription run;
  RequirementsTable requirements;
  workload::JobTables tables;
  cluster::Roles roles;
  GangLinks links;
  SpeedBelief speed;
  RttBelief rtt;
  cluster::ClusterState state;
  engine::Simulator simulator;
  results::SummaryBuilder summary;
  std::unique_ptr<results::ResultsWriter> writer;
  std::unique_ptr<EnergyMeter> energy;
  std::unique_ptr<Trust> trust;
  std::unique_ptr<Mining> mining;
  std::optional<Recorder> recorder;
  std::unique_ptr<Services> services;  // null where there are none
  LedgerPayments payments;
  std::optional<Saving> saving;  // none where it costs nothing
  std::optional<NetworkStates> network;
  std::unique_ptr<Transfers> transfers;
  std::optional<GangPaces> paces;  // where gangs may pass relays, or ways fail
  std::optional<StreamLinks> streams;
  cluster::Billing billing;
  SimBackend backend;
  std::optional<JobMonitor> monitor;
  std::optional<cluster::DecisionLoop> loop;
  std::optional<DecisionTrigger> trigger;
  std::optional<Arrivals> arrivals;
  std::optional<Sampler> sampler;
  std::optional<NodeTruth> truth;  // where something fails, as the next
  std::optional<Availability> availability;
  std::optional<Error> flush_error;
};

World::World(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
World::~World() = default;

Result<std::unique_ptr<World>> World::Build(const Scenario& scenario, const WorldOptions& options) {
  auto parts = std::make_unique<Parts>(scenario, options);
  Parts& p = *parts;
  if (!options.results_path.empty()) {
    auto writer = results::ResultsWriter::Create(
        options.results_path, p.run,
        std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::nanoseconds(scenario.outputs.flush.nanos())));
    if (!writer) return tl::unexpected<Error>(writer.error());
    p.writer = std::move(*writer);
  }
  auto sizes = BuildFleet(scenario, options.replicate, &p.state, &p.links, p.writer.get());
  if (!sizes) return tl::unexpected<Error>(sizes.error());
  auto streams = options.open_workload
                     ? options.open_workload(&p.requirements, &p.tables)
                     : OpenWorkload(scenario, options.replicate,
                                    {.gpu_milli = p.state.present_total().gpu_milli,
                                     .cpu_milli = p.state.present_total().cpu_milli},
                                    &p.requirements, &p.tables);
  if (!streams) return tl::unexpected<Error>(streams.error());

  p.recorder.emplace(&p.summary, p.writer.get(), scenario.outputs.attempts);
  p.recorder->Connect(&p.state);
  p.network.emplace(scenario, options.replicate, &p.simulator);
  if (p.network->change()) p.links.FailBy(&*p.network);
  p.transfers = Transfers::Make(scenario, options.replicate, &p.tables.data, &p.links, &*p.network,
                                &p.simulator, &p.payments);
  p.recorder->CountMoved(p.transfers.get());
  p.streams.emplace(&p.links, &p.tables.frames, &p.state);
  p.recorder->JudgeFrames(LatencyJudge(*scenario.gpus, &p.links, &*p.streams, &p.tables.frames));
  p.backend.StreamBy(&*p.streams);
  p.backend.MoveBy(p.transfers.get());
  p.services = Services::Make(scenario, &p.simulator, &*p.recorder);
  p.trust = Trust::Make(scenario, options.replicate, &p.state, &p.speed, &p.links, &p.payments);
  p.recorder->CountCheats(p.trust.get());
  p.backend.DistrustBy(p.trust.get());
  p.energy = EnergyMeter::Make(scenario, options.replicate, &p.state,
                               p.trust ? &p.trust->devices() : nullptr);
  p.recorder->MeterEnergy(p.energy.get());
  p.backend.HeatBy(p.energy.get());
  p.AddMining(options.replicate);
  p.loop.emplace(LoopConfigOf(scenario), &p.roles, &p.state, &p.backend, &p.billing, p.Observer(),
                 RandomStreams(scenario.seed, options.replicate));
  p.monitor.emplace(&p.backend, &p.state, p.trust.get(), p.energy.get());
  p.loop->WatchBy(&*p.monitor);
  p.trigger.emplace(TriggerConfig{.each_event = scenario.scheduler.trigger.each_event,
                                  .every = scenario.scheduler.trigger.every,
                                  .decide_time = scenario.scheduler.delays.decide},
                    &*p.loop, &p.simulator);
  p.backend.Connect(&*p.loop, &*p.trigger);
  p.arrivals.emplace(std::move(*streams), scenario.scheduler.oracle, p.horizon, &p.simulator,
                     &*p.loop, &p.backend, &*p.recorder, &*p.trigger);
  if (auto opened = p.arrivals->Open(); !opened) return tl::unexpected<Error>(opened.error());
  if (p.services != nullptr) {
    auto opened = p.services->Open(scenario, options.replicate, &p.requirements, &p.state, &*p.loop,
                                   &p.backend, &*p.arrivals, &*p.trigger, &p.links, p.trust.get(),
                                   p.energy.get());
    if (!opened) return tl::unexpected<Error>(opened.error());
  }
  if (!scenario.checkpoints.cost.zero()) {
    p.saving.emplace(scenario.checkpoints, scenario.failures.level, &p.tables.data);
    p.backend.SaveBy(&*p.saving);
  }
  if (Availability::Needed(scenario)) {
    auto opened = p.OpenFailures(options.replicate, *sizes);
    if (!opened) return tl::unexpected<Error>(opened.error());
  }
  if (scenario.outputs.timeseries > Duration()) {
    p.sampler.emplace(scenario.outputs.timeseries, &p.simulator, &*p.recorder);
    if (p.services != nullptr && p.writer != nullptr) {
      p.sampler->Watch(p.services.get(), p.writer.get());
    }
    p.sampler->Open();
  }
  // After the others: nobody else's events depend on whether gangs may get another pace.
  if (p.network->change() || p.links.MayPassRelays()) {
    p.paces.emplace(&p.links, &*p.network, &p.state, p.trust ? &p.trust->devices() : nullptr,
                    scenario.scale, &p.simulator);
    p.backend.PaceBy(&*p.paces);
  }
  return std::unique_ptr<World>(new World(std::move(parts)));
}

void World::Parts::AddMining(uint32_t replicate) {
  mining = Mining::Make(scenario, replicate, &state, trust ? &trust->devices() : nullptr);
  if (mining == nullptr) return;
  ORRERY_CHECK(energy != nullptr);
  energy->MineBy(mining.get());
  backend.StopMinersOf(mining.get());
  recorder->GiveBackTo(mining.get());
}

Result<void> World::Parts::OpenFailures(uint32_t replicate,
                                        const std::vector<uint32_t>& group_sizes) {
  auto owners = MakeChurn(scenario, replicate, group_sizes, state);
  if (!owners) return tl::unexpected<Error>(owners.error());
  std::optional<ReplayedNodes> replay;
  if (const auto* replayed = std::get_if<failure::ReplayedFailures>(&scenario.failures.level)) {
    auto nodes =
        ReplayedNodes::Open(replayed->replay, scenario, "failure/replay", replicate, state);
    if (!nodes) return tl::unexpected<Error>(nodes.error());
    replay = std::move(*nodes);
  }
  const auto* full = std::get_if<failure::FullFailures>(&scenario.failures.level);
  truth.emplace(state.node_count(), full != nullptr ? full->job_rate_per_gpu_h : 0,
                RandomStreams(scenario.seed, replicate));
  availability.emplace(scenario, replicate,
                       Availability::Links{.simulator = &simulator,
                                           .state = &state,
                                           .loop = &*loop,
                                           .backend = &backend,
                                           .trigger = &*trigger,
                                           .arrivals = &*arrivals,
                                           .recorder = &*recorder,
                                           .energy = energy.get(),
                                           .mining = mining.get(),
                                           .vetting = trust ? &trust->vetting() : nullptr,
                                           .writer = writer.get()},
                       std::move(*owners), std::move(replay));
  backend.Connect(&*truth, &*availability);
  availability->Open();
  return {};
}

results::RunCounters World::Parts::Counters(double wall_seconds) {
  results::RunCounters counters;
  counters.submitted = arrivals->submitted();
  counters.decisions_made = loop->checker().made();
  counters.decisions_refused = loop->checker().refused();
  counters.events = simulator.events_processed();
  counters.policy_seconds = loop->policy_seconds();
  counters.wall_seconds = wall_seconds;
  counters.now = simulator.now();
  const cluster::ClusterState::Capacity& capacity = state.CapacityUntil(simulator.now());
  counters.gpu_milli_ns = capacity.gpu_milli_ns;
  counters.cpu_milli_ns = capacity.cpu_milli_ns;
  counters.memory_mib_ns = capacity.memory_mib_ns;
  if (energy != nullptr) counters.energy = energy->Figures(simulator.now());
  if (mining != nullptr) counters.mining = mining->Figures(simulator.now());
  if (transfers != nullptr) counters.transfers = transfers->Figures();
  if (services != nullptr) counters.services = services->Figures(simulator.now());
  if (trust != nullptr) counters.trust = trust->Figures(simulator.now());
  counters.failures = recorder->failures();
  if (availability) availability->AddTo(&counters.failures, simulator.now());
  return counters;
}

Progress World::Parts::ProgressNow(double wall_seconds) const {
  return {.now = simulator.now(),
          .horizon = horizon,
          .events = simulator.events_processed(),
          .submitted = arrivals->submitted(),
          .left = recorder->left(),
          .running = state.running_count(),
          .waiting = state.waiting_count(),
          .wall_seconds = wall_seconds};
}

// Runs in pieces: a heartbeat of wall time interrupts the simulator a few times a second, between
// two events, for progress and flushes. Results do not depend on where the pieces end.
void World::Parts::Simulate(const RunControl& control, Clock::time_point begin) {
  const auto seconds = [begin] {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  Heartbeat heartbeat(std::chrono::milliseconds(250), control.interrupt);
  while (BrokeOff() == nullptr && !flush_error) {
    const engine::RunEnd end = simulator.Run(horizon, &heartbeat.beat());
    if (end != engine::RunEnd::kStopped) return;
    heartbeat.Reset();
    if (control.interrupt != nullptr && *control.interrupt) return;
    if (control.on_progress) control.on_progress(ProgressNow(seconds()));
    if (writer != nullptr && writer->FlushDue()) {
      if (auto flushed = writer->Flush(summary, Counters(seconds())); !flushed) {
        flush_error = flushed.error();
      }
    }
  }
}

Result<RunOutcome> World::Run(const RunControl& control) {
  Parts& p = *parts_;
  const Clock::time_point begin = Clock::now();
  p.Simulate(control, begin);

  RunOutcome outcome;
  outcome.interrupted = control.interrupt != nullptr && *control.interrupt;
  outcome.never_fit = p.recorder->never_fit();
  results::RunEnd end;
  end.complete = !outcome.interrupted && p.BrokeOff() == nullptr && !p.flush_error;
  if (outcome.interrupted) end.partial_reason = "interrupted";
  if (p.BrokeOff() != nullptr) end.partial_reason = p.BrokeOff()->ToString();
  if (p.flush_error) return tl::unexpected<Error>(*p.flush_error);

  const SimTime now = p.simulator.now();
  p.summary.EndAt(now);
  if (p.services != nullptr) p.services->Close(now);
  p.loop->Close(p.backend, now);
  if (p.mining != nullptr) p.mining->Pay(now, &p.payments);
  p.payments.Close(now, p.writer.get());
  if (p.energy != nullptr && p.writer != nullptr) p.energy->Write(now, p.writer.get());
  if (p.mining != nullptr && p.writer != nullptr) p.mining->Write(now, p.writer.get());
  if (p.services != nullptr && p.writer != nullptr) p.services->Write(p.writer.get());
  if (p.trust != nullptr && p.writer != nullptr) p.trust->Write(now, p.writer.get());
  end.trace_digest = p.simulator.digest().ToString();
  end.outcome_digest = p.recorder->outcome_digest().ToString();
  const double wall = std::chrono::duration<double>(Clock::now() - begin).count();
  const results::RunCounters counters = p.Counters(wall);
  if (p.writer != nullptr) {
    auto summary = p.writer->Finish(p.summary, counters, end);
    if (!summary) return tl::unexpected<Error>(summary.error());
    outcome.summary = std::move(*summary);
  } else {
    outcome.summary = p.summary.Approximate(counters, end);
  }
  if (p.BrokeOff() != nullptr) return tl::unexpected<Error>(*p.BrokeOff());
  return outcome;
}

}  // namespace orrery::driver
