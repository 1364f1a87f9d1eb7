#include "sim/driver/service.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "models/workload/serving/cold_start.h"
#include "models/workload/serving/request_trace.h"
#include "sim/base/check.h"
#include "sim/driver/rate_gateway.h"
#include "sim/driver/roles.h"
#include "sim/driver/service_gateway.h"
#include "sim/scenario/load.h"
#include "sim/scenario/scale.h"

namespace orrery::driver {

using engine::Priority;
using scenario::Scenario;

namespace {

std::vector<std::string> RegionIds(const Scenario& scenario) {
  std::vector<std::string> ids;
  for (const scenario::Region& region : scenario.regions) ids.push_back(region.id);
  return ids;
}

// What a node must be like that the model fits on and whose GPUs' speed is known.
Requirements RequirementsOf(const scenario::Service& service) {
  Requirements requirements = service.requirements;
  requirements.min_gpu_memory_mib =
      std::max(requirements.min_gpu_memory_mib,
               workload::LeastGpuMemoryMib(service.model.figures, service.serving, service.gpus,
                                           service.context));
  constexpr float kKnown = 1e-3f;
  requirements.min_fp16_tflops = std::max(requirements.min_fp16_tflops, kKnown);
  requirements.min_bandwidth_gbs = std::max(requirements.min_bandwidth_gbs, kKnown);
  return requirements;
}

Result<std::unique_ptr<ServiceFrontend>> FrontendOf(const Scenario& scenario,
                                                    const scenario::Service& service,
                                                    uint32_t replicate, const GangLinks& network,
                                                    const ServiceFrontend::Events& events) {
  const SimTime warm_up = SimTime::Zero() + scenario.warm_up;
  const SimTime horizon = SimTime::Zero() + scenario.horizon;
  Result<std::unique_ptr<workload::RequestSource>> requests;
  if (service.trace) {
    requests = workload::OpenRequestTrace(scenario::FileOf(*service.trace),
                                          {.format = service.trace->format,
                                           .skip = service.trace->skip,
                                           .rest = service.requests,
                                           .name = service.name,
                                           .seed = scenario.seed,
                                           .replicate = replicate});
    if (!requests) return tl::unexpected<Error>(requests.error());
  } else {
    requests = workload::GenerateRequests(service.requests, service.name, scenario.seed, replicate);
  }
  if (service.level == scenario::Service::Level::kSimple) {
    auto rates = service.trace
                     ? workload::CountRequests(std::move(*requests), service.requests.clients,
                                               service.context, service.window)
                     : workload::GenerateRates(service.requests, service.context, service.name,
                                               service.window, scenario.seed, replicate);
    return std::make_unique<RateGateway>(service, network, warm_up, horizon, RegionIds(scenario),
                                         std::move(rates), events);
  }
  return std::make_unique<ServiceGateway>(service, network, warm_up, horizon, RegionIds(scenario),
                                          std::move(*requests),
                                          RandomStreams(scenario.seed, replicate), events);
}

double MedianTokens(const workload::Distribution& tokens) {
  return std::max(1.0, std::round(workload::Sampler(tokens).At(0.5)));
}

}  // namespace

workload::Job ReplicaOf(const scenario::Service& service, Duration horizon,
                        RequirementsTable* requirements) {
  workload::Job job;
  job.work = job.estimate = horizon + Duration::Seconds(1);
  job.demand = {.gpus = service.gpus,
                .gpu_milli = 1000,
                .cpu_milli = service.host.cpu_milli_per_gpu * service.gpus,
                .memory_mib = service.host.memory_mib_per_gpu * service.gpus};
  job.requirements = requirements->Intern(RequirementsOf(service));
  job.user = service.user;
  job.priority = service.priority;
  job.job_class = JobClass::kInferenceEndpoint;
  return job;
}

Service::Service(const Scenario& scenario, const scenario::Service& service, uint32_t index,
                 uint32_t replicate, RequirementsTable* requirements, const Links& links)
    : service_(scenario::Scaled(scenario, service)),
      index_(index),
      services_(static_cast<uint32_t>(scenario::ServicesOn(scenario.services).size())),
      gpus_(*scenario.gpus),
      links_(links),
      random_(scenario.seed, replicate),
      replicate_(replicate),
      autoscale_(MakeRole<policies::AutoscalePolicy>(service_.autoscale)),
      job_(ReplicaOf(service_, scenario.horizon, requirements)),
      median_prompt_(MedianTokens(service_.requests.prompt)),
      median_output_(MedianTokens(service_.requests.output)) {}

Result<void> Service::Open(const Scenario& scenario) {
  auto frontend = FrontendOf(scenario, service_, replicate_, *links_.network,
                             {.simulator = links_.simulator,
                              .component = links_.component,
                              .arrival = kRequest,
                              .batch = kBatch,
                              .payload = Payload(0)});
  if (!frontend) return tl::unexpected<Error>(frontend.error());
  frontend_ = std::move(*frontend);
  Schedule(SimTime::Zero(), Priority::kArrival, kScale, 0);
  return frontend_->Open();
}

void Service::Schedule(SimTime time, Priority priority, Event event, uint32_t replica) {
  links_.simulator->Schedule(time, priority, links_.component, event, Payload(replica));
}

Result<void> Service::OnEvent(Event event, uint32_t replica, SimTime now) {
  switch (event) {
    case kRequest: {
      Result<void> done = frontend_->OnArrival(now);
      // Nobody is there and nobody is on the way: it does not wait for the next time to ask.
      if (frontend_->waiting() > 0 && held_.empty() && !fits_nowhere_) Scale(now);
      return done;
    }
    case kBatch:
      if (frontend_->OnBatch(replica, now) && replicas_[replica].retiring) Retire(replica, now);
      break;
    case kReady:
      GetReady(replica, now);
      break;
    case kScale:
      Scale(now);
      Schedule(now + service_.scale_interval, Priority::kArrival, kScale, 0);
      break;
    case kRetire:
      Retire(replica, now);
      break;
  }
  return {};
}

Service::Numbers Service::Count() const {
  Numbers numbers;
  for (uint32_t number : held_) {
    if (replicas_[number].retiring) continue;
    ++numbers.replicas;
    numbers.ready += frontend_->Healthy(number);
  }
  return numbers;
}

void Service::Scale(SimTime now) {
  const ServiceFrontend::Window window = frontend_->TakeWindow(now);
  policies::ServiceLoad load{.now = now,
                             .window = now - scaled_,
                             .requests = window.requests,
                             .ended = window.ended,
                             .waiting = frontend_->waiting(),
                             .utilisation = window.utilisation,
                             .slo_misses = window.slo_misses};
  const Numbers numbers = Count();
  load.replicas = numbers.replicas;
  load.ready = numbers.ready;
  scaled_ = now;
  const uint32_t wanted =
      std::clamp(autoscale_->Replicas(load), service_.min_replicas, service_.max_replicas);
  // Asks and reputations change, and with them what fits. A refusal is told once, not each time.
  if (fits_nowhere_) fits_nowhere_ = !links_.state->WouldEverFit(InfoOf(job_));
  for (uint32_t n = load.replicas; n < wanted && !fits_nowhere_; ++n) Ask();
  if (wanted < load.replicas) LetGo(load.replicas - wanted, now);
}

// Services take turns, so that none changes the numbers of another's replicas.
JobId Service::NextId() {
  const uint64_t id = kFirstReplica + index_ + uint64_t{asks_++} * services_;
  ORRERY_CHECK(id < UINT32_MAX, id);
  return JobId(static_cast<uint32_t>(id));
}

void Service::Ask() {
  const auto number = static_cast<uint32_t>(replicas_.size());
  workload::Job job = job_;
  job.submit = links_.simulator->now();
  job.source_id = number;
  const JobSlot slot = links_.arrivals->Submit(job, NextId(), /*kill_at_limit=*/false);
  fits_nowhere_ = !slot.valid();
  if (fits_nowhere_) return;
  replicas_.push_back({.slot = slot, .ready = {}});
  held_.push_back(number);
  asked_.push_back({slot, number});
}

// Those go first that are furthest from serving, as far as is known: those that wait for a node,
// then those that are not ready, or no more; among ready ones, those with the least to do; among
// equals, the youngest.
void Service::LetGo(uint32_t count, SimTime now) {
  std::vector<uint32_t> candidates;
  for (uint32_t number : held_) {
    if (!replicas_[number].retiring) candidates.push_back(number);
  }
  const auto key = [this](uint32_t number) {
    const int rank = replicas_[number].state == State::kAsked ? 0
                     : frontend_->Healthy(number)             ? 2
                                                              : 1;
    return std::make_tuple(rank, frontend_->Outstanding(number), -int64_t{number});
  };
  std::sort(candidates.begin(), candidates.end(),
            [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  for (uint32_t i = 0; i < count; ++i) Retire(candidates[i], now);
}

// Ends a replica that is wanted no more, as soon as that can be.
void Service::Retire(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  replica.retiring = true;
  switch (replica.state) {
    case State::kAsked:
      // One whose start is under way is asked again when it runs.
      if (links_.state->job(replica.slot).phase == policies::JobPhase::kWaiting) {
        links_.loop->OnAbandoned(replica.slot, links_.simulator->now());
      }
      break;
    case State::kStarting:
      links_.backend->Finish(replica.slot);
      break;
    case State::kReady:
      if (frontend_->Drain(number, now)) links_.backend->Finish(replica.slot);
      break;
    case State::kDead:  // it is asked again when that is known
    case State::kGone:
      break;
  }
}

Duration Service::OnBegin(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  replica.state = State::kStarting;
  replica.pace = 1;
  if (links_.energy != nullptr) {
    const JobSlot slot = replica.slot;
    replica.clock = links_.energy->SpeedOn(links_.state->job(slot), links_.state->grants(slot));
  }
  const workload::ColdStart start =
      service_.cold_start.value_or(workload::ColdStartOf(gpus_[GpuOf(replica)]));
  const StreamName stream = StreamName::FromText("service/" + service_.name + "/cold_start");
  Draw draw = random_.Stream(stream, number).At(replica.attempts++);
  const Duration takes = start.At(draw.UniformOpen());
  ++cold_starts_;
  cold_start_s_ += takes.seconds();
  if (replica.retiring) {
    Schedule(now, Priority::kCompletion, kRetire, number);
  } else {
    replica.ready = links_.simulator->Schedule(now + takes, Priority::kCompletion, links_.component,
                                               kReady, Payload(number));
  }
  return takes;
}

// One that the model does not fit on, whatever its owner claims, never gets ready: it runs until it
// is out of memory.
void Service::GetReady(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  const auto grants = links_.state->grants(replica.slot);
  const bool unfit = links_.trust != nullptr &&
                     links_.trust->devices().Unfit(links_.state->job(replica.slot), grants);
  if (unfit) return;
  replica.state = State::kReady;
  replica.readiness.settled = now;
  const NodeId node = grants.front().node;
  frontend_->Add(number, node, links_.state->node_shape(node).region, SpeedOf(replica), now);
}

void Service::OnPace(uint32_t number, double pace, SimTime now) {
  Replica& replica = replicas_[number];
  replica.readiness = ReadinessOf(replica, now);
  replica.pace = pace;
  if (replica.state == State::kReady) frontend_->SetSpeed(number, SpeedOf(replica), now);
}

Service::Readiness Service::ReadinessOf(const Replica& replica, SimTime now) {
  if (replica.state != State::kReady) return replica.readiness;
  const double seconds = (now - replica.readiness.settled).seconds();
  return {.settled = now,
          .seconds = replica.readiness.seconds + seconds,
          .taken_s = replica.readiness.taken_s + (1 - replica.pace) * seconds};
}

// By the time that a request of median lengths takes alone, so that it does not matter how much
// there was to do. The lengths are those of generated requests, for a trace the generator's
// defaults: its own are known only as they come.
ReplicaRecords::Served Service::Served(uint32_t number, SimTime now) const {
  const Replica& replica = replicas_[number];
  const Readiness readiness = ReadinessOf(replica, now);
  if (readiness.seconds == 0) return {};
  const NodeId node = links_.state->grants(replica.slot).front().node;
  const auto alone_s = [this](const fleet::GpuModel& gpu) {
    return SpeedOn(gpu).Alone(median_prompt_, median_output_);
  };
  const double cards =
      alone_s(gpus_[GpuOf(replica)]) / alone_s(links_.trust->devices().RealGpu(node));
  const double cool = cards * (1 - readiness.taken_s / readiness.seconds);
  return {.speed = std::min(cool * replica.clock, 1.0), .cool = std::min(cool, 1.0)};
}

workload::ServingSpeed Service::SpeedOn(const fleet::GpuModel& gpu) const {
  return workload::SpeedOf(service_.model.figures, service_.serving, gpu, service_.gpus);
}

// What its GPUs really do, at the clock that heat leaves them, with the proofs that they are busy
// with.
workload::ServingSpeed Service::SpeedOf(const Replica& replica) const {
  const double pace = replica.pace * replica.clock;
  if (links_.trust == nullptr) return SpeedOn(gpus_[GpuOf(replica)]).AtPace(pace);
  const NodeId node = links_.state->grants(replica.slot).front().node;
  return SpeedOn(links_.trust->devices().RealGpu(node)).AtPace(pace * links_.trust->speed_left());
}

GpuModelId Service::GpuOf(const Replica& replica) const {
  const NodeId node = links_.state->grants(replica.slot).front().node;
  return links_.state->node_shape(node).gpu_model;
}

void Service::OnDied(uint32_t number, SimTime now) {
  Replica& replica = replicas_[number];
  links_.simulator->Cancel(replica.ready);
  replica.readiness = ReadinessOf(replica, now);
  replica.state = State::kDead;
  frontend_->Kill(number, now);
}

void Service::OnAttemptEnd(uint32_t number, const policies::JobInfo& job,
                           const cluster::AttemptReport& report, SimTime now) {
  replica_ns_ += (std::min(now, report.died) - job.attempt_start).nanos();
  if (closed_) return;
  Replica& replica = replicas_[number];
  links_.simulator->Cancel(replica.ready);
  replica.state = State::kAsked;
  replica.readiness = {};
  frontend_->Remove(number, now);
  if (report.reason == cluster::EndReason::kFinished) return;
  ++lost_;
  if (replica.retiring) Schedule(now, Priority::kCompletion, kRetire, number);
}

void Service::OnGone(uint32_t number) {
  replicas_[number].state = State::kGone;
  std::erase(held_, number);
}

results::ServiceSampleRow Service::Sample(SimTime now) const {
  const Numbers numbers = Count();
  results::ServiceSampleRow row;
  row.time = now.seconds();
  row.service = static_cast<uint16_t>(index_);
  row.replicas = numbers.replicas;
  row.ready = numbers.ready;
  row.waiting = frontend_->waiting();
  frontend_->figures().Count(&row);
  return row;
}

results::ServiceFigures Service::Figures(SimTime now) const {
  results::ServiceFigures figures;
  figures.name = service_.name;
  frontend_->figures().Tell(frontend_->Overdue(now), &figures);
  figures.replica_hours = static_cast<double>(replica_ns_) / 3.6e12;
  figures.cold_starts = cold_starts_;
  figures.replicas_lost = lost_;
  if (cold_starts_ > 0) {
    figures.mean_cold_start_s = cold_start_s_ / static_cast<double>(cold_starts_);
  }
  figures.utilisation = frontend_->Utilisation(now);
  figures.busy = frontend_->Busy(now);
  return figures;
}

}  // namespace orrery::driver
