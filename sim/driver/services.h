// All inference services of a world: brings them their events, and what happens to their jobs.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <optional>
#include <vector>

#include "sim/driver/recorder.h"
#include "sim/driver/service.h"
#include "sim/driver/trigger.h"

namespace orrery::driver {

// Stands between the loop and the recorder, which hears all that this does.
class Services final : public engine::Component,
                       public ReplicaHost,
                       public ReplicaRecords,
                       public cluster::LoopObserver {
 public:
  // nullptr where the scenario has none that is on. To be made before the loop, which it observes.
  static std::unique_ptr<Services> Make(const scenario::Scenario& scenario,
                                        engine::Simulator* simulator, Recorder* recorder);

  // Pointers outlive this. Before jobs come; `requirements` is used during the call only. `trust`:
  // null where all devices are what they claim. `energy`: null where no board gets too hot.
  Result<void> Open(const scenario::Scenario& scenario, uint32_t replicate,
                    RequirementsTable* requirements, cluster::ClusterState* state,
                    cluster::DecisionLoop* loop, SimBackend* backend, Arrivals* arrivals,
                    DecisionTrigger* trigger, const GangLinks* network, Trust* trust,
                    const EnergyMeter* energy);
  // The run is over; the loop may be closed.
  void Close(SimTime now);

  void OnEvent(const engine::Event& event) override;
  Duration OnBegin(JobSlot slot, Duration setup) override;
  void OnPace(JobSlot slot, double pace) override;
  void OnDied(JobSlot slot) override;
  std::optional<ReplicaRecords::Served> ServedBy(const policies::JobInfo& job,
                                                 SimTime now) const override;
  void Expect(JobSlot slot) const override { recorder_->Expect(slot); }
  void OnAttemptEnd(const policies::JobInfo& job, std::span<const policies::NodeGrant> grants,
                    const cluster::AttemptReport& report, SimTime now, Usd charge) override;
  void OnJobEnd(const policies::JobInfo& job, cluster::JobEnd end, cluster::RejectReason reason,
                SimTime now) override;

  // The error of a source of requests that broke off; the run is to be stopped then.
  const std::optional<Error>& error() const { return error_; }
  std::vector<results::ServiceFigures> Figures(SimTime now) const;
  void Write(results::ResultsWriter* writer) const;
  // Rows of the time series.
  void Sample(SimTime now, results::ResultsWriter* writer) const;

 private:
  struct Place {
    uint32_t service;
    uint32_t replica;
  };

  Services(engine::Simulator* simulator, Recorder* recorder);
  void NoteAsked(uint32_t service);
  // nullptr: no replica's job.
  const Place* Find(const policies::JobInfo& job) const;

  engine::Simulator* simulator_;
  Recorder* recorder_;
  engine::ComponentId id_;
  DecisionTrigger* trigger_ = nullptr;
  std::vector<std::unique_ptr<Service>> services_;
  absl::flat_hash_map<uint32_t, Place> places_;  // by job slot
  std::optional<Error> error_;
};

}  // namespace orrery::driver
