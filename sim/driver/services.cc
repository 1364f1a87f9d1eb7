#include "sim/driver/services.h"

#include <utility>

namespace orrery::driver {

using policies::JobInfo;

std::unique_ptr<Services> Services::Make(const scenario::Scenario& scenario,
                                         engine::Simulator* simulator, Recorder* recorder) {
  if (scenario::ServicesOn(scenario.services).empty()) return nullptr;
  return std::unique_ptr<Services>(new Services(simulator, recorder));
}

Services::Services(engine::Simulator* simulator, Recorder* recorder)
    : simulator_(simulator), recorder_(recorder), id_(simulator->Register(this)) {}

Result<void> Services::Open(const scenario::Scenario& scenario, uint32_t replicate,
                            RequirementsTable* requirements, cluster::ClusterState* state,
                            cluster::DecisionLoop* loop, SimBackend* backend, Arrivals* arrivals,
                            DecisionTrigger* trigger, const GangLinks* network, Trust* trust,
                            const EnergyMeter* energy) {
  trigger_ = trigger;
  const Service::Links links{.simulator = simulator_,
                             .component = id_,
                             .state = state,
                             .loop = loop,
                             .backend = backend,
                             .arrivals = arrivals,
                             .network = network,
                             .trust = trust,
                             .energy = energy};
  for (const scenario::Service* service : scenario::ServicesOn(scenario.services)) {
    const auto index = static_cast<uint32_t>(services_.size());
    services_.push_back(
        std::make_unique<Service>(scenario, *service, index, replicate, requirements, links));
    if (auto opened = services_.back()->Open(scenario); !opened) return opened;
  }
  backend->ReportTo(this);
  if (trust != nullptr) trust->AskOfReplicas(this);
  return {};
}

void Services::OnEvent(const engine::Event& event) {
  const auto service = static_cast<uint32_t>(event.payload >> 32);
  const auto replica = static_cast<uint32_t>(event.payload);
  auto done =
      services_[service]->OnEvent(static_cast<Service::Event>(event.kind), replica, event.time);
  if (!done) {
    error_ = std::move(done.error());
    simulator_->Stop();
  }
  NoteAsked(service);
  trigger_->Notice();
}

void Services::NoteAsked(uint32_t service) {
  for (const Service::Asked& asked : services_[service]->TakeAsked()) {
    places_[asked.slot.value] = {service, asked.replica};
  }
}

Duration Services::OnBegin(JobSlot slot, Duration setup) {
  const auto found = places_.find(slot.value);
  if (found == places_.end()) return setup;
  return services_[found->second.service]->OnBegin(found->second.replica, simulator_->now());
}

void Services::OnPace(JobSlot slot, double pace) {
  const auto found = places_.find(slot.value);
  if (found == places_.end()) return;
  services_[found->second.service]->OnPace(found->second.replica, pace, simulator_->now());
}

void Services::OnDied(JobSlot slot) {
  const auto found = places_.find(slot.value);
  if (found == places_.end()) return;
  services_[found->second.service]->OnDied(found->second.replica, simulator_->now());
}

const Services::Place* Services::Find(const JobInfo& job) const {
  if (job.job_class != JobClass::kInferenceEndpoint) return nullptr;
  const auto found = places_.find(job.slot.value);
  return found == places_.end() ? nullptr : &found->second;
}

std::optional<ReplicaRecords::Served> Services::ServedBy(const JobInfo& job, SimTime now) const {
  const Place* place = Find(job);
  if (place == nullptr) return std::nullopt;
  return services_[place->service]->Served(place->replica, now);
}

// The recorder first: what it asks of the attempt is still there.
void Services::OnAttemptEnd(const JobInfo& job, std::span<const policies::NodeGrant> grants,
                            const cluster::AttemptReport& report, SimTime now, Usd charge) {
  recorder_->OnAttemptEnd(job, grants, report, now, charge);
  const Place* place = Find(job);
  if (place == nullptr) return;
  services_[place->service]->OnAttemptEnd(place->replica, job, report, now);
}

void Services::OnJobEnd(const JobInfo& job, cluster::JobEnd end, cluster::RejectReason reason,
                        SimTime now) {
  using cluster::JobEnd;
  using cluster::RejectReason;
  const Place* place = Find(job);
  // One that fits nowhere was never told of, and its slot may have been another's.
  if (place == nullptr || reason == RejectReason::kNeverFits) {
    return recorder_->OnJobEnd(job, end, reason, now);
  }
  // It has no work that it could finish: it is there until its service lets it go.
  if (end == JobEnd::kFinished || reason == RejectReason::kAbandoned) {
    recorder_->OnJobEnd(job, JobEnd::kReleased, RejectReason::kNone, now);
  } else {
    recorder_->OnJobEnd(job, end, reason, now);
  }
  services_[place->service]->OnGone(place->replica);
  places_.erase(job.slot.value);
}

void Services::Close(SimTime now) {
  for (const auto& service : services_) service->Close(now);
}

std::vector<results::ServiceFigures> Services::Figures(SimTime now) const {
  std::vector<results::ServiceFigures> figures;
  for (const auto& service : services_) figures.push_back(service->Figures(now));
  return figures;
}

void Services::Sample(SimTime now, results::ResultsWriter* writer) const {
  for (const auto& service : services_) writer->Append(service->Sample(now));
}

void Services::Write(results::ResultsWriter* writer) const {
  for (const auto& service : services_) service->Write(writer);
}

}  // namespace orrery::driver
