// One inference service: its replicas, which are jobs of the cluster, and their number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/workload/serving/llm.h"
#include "policies/api/service.h"
#include "sim/base/random.h"
#include "sim/driver/arrivals.h"
#include "sim/driver/gang_links.h"
#include "sim/driver/service_frontend.h"
#include "sim/driver/sim_backend.h"
#include "sim/driver/trust.h"
#include "sim/engine/simulator.h"
#include "sim/results/summary.h"
#include "sim/results/writer.h"
#include "sim/scenario/scenario.h"

namespace orrery::driver {

// What a replica is: a job without an end of its own, which would end after the run, on one node
// whose GPUs the model fits on.
workload::Job ReplicaOf(const scenario::Service& service, Duration horizon,
                        RequirementsTable* requirements);

// A replica waits for nodes like any job, gets ready once it runs, and serves until the service
// lets it go. One that loses its node waits for another one, as far as the scheduler tries again.
class Service {
 public:
  enum Event : uint16_t { kRequest, kBatch, kReady, kScale, kRetire };
  // Those of the world; pointers outlive the service.
  struct Links {
    engine::Simulator* simulator;
    engine::ComponentId component;
    cluster::ClusterState* state;
    cluster::DecisionLoop* loop;
    SimBackend* backend;
    Arrivals* arrivals;
    const GangLinks* network;
    const Trust* trust;         // may be null
    const EnergyMeter* energy;  // may be null
  };

  // `service` is one of the scenario's, and on; `index`: its row among those. Interns the
  // requirements of its replicas.
  Service(const scenario::Scenario& scenario, const scenario::Service& service, uint32_t index,
          uint32_t replicate, RequirementsTable* requirements, const Links& links);

  // Asks for the first replicas and waits for the first request. Errors: of a trace.
  Result<void> Open(const scenario::Scenario& scenario);
  Result<void> OnEvent(Event event, uint32_t replica, SimTime now);

  // A replica's job runs. How long it takes to get ready.
  Duration OnBegin(uint32_t replica, SimTime now);
  // It goes at this share of its speed from now on.
  void OnPace(uint32_t replica, double pace, SimTime now);
  // Its node is gone, and nobody knows.
  void OnDied(uint32_t replica, SimTime now);
  void OnAttemptEnd(uint32_t replica, const policies::JobInfo& job,
                    const cluster::AttemptReport& report, SimTime now);
  // See ReplicaRecords; to be asked before OnAttemptEnd. Trust must not be off.
  ReplicaRecords::Served Served(uint32_t replica, SimTime now) const;
  // Its job has left for good.
  void OnGone(uint32_t replica);
  // Nothing more is to happen.
  void Close(SimTime now) {
    frontend_->Close(now);
    closed_ = true;
  }

  // Told of each replica when it is asked for.
  struct Asked {
    JobSlot slot;
    uint32_t replica;
  };
  // Those since the last call.
  std::vector<Asked> TakeAsked() { return std::exchange(asked_, {}); }

  results::ServiceSampleRow Sample(SimTime now) const;
  results::ServiceFigures Figures(SimTime now) const;
  void Write(results::ResultsWriter* writer) const {
    frontend_->figures().Write(static_cast<uint16_t>(index_), writer);
  }

 private:
  enum class State : uint8_t { kAsked, kStarting, kReady, kDead, kGone };
  // Of an attempt by `settled`: how long it was ready, and how much of that others took.
  struct Readiness {
    SimTime settled = {};
    double seconds = 0;
    double taken_s = 0;
  };
  struct Replica {
    JobSlot slot;
    State state = State::kAsked;
    bool retiring = false;
    uint32_t attempts = 0;
    double pace = 1;   // of its speed, while it runs
    double clock = 1;  // what heat leaves of that
    Readiness readiness = {};
    engine::EventHandle ready;
  };

  void Schedule(SimTime time, engine::Priority priority, Event event, uint32_t replica);
  uint64_t Payload(uint32_t replica) const { return uint64_t{index_} << 32 | replica; }
  // Of those that are wanted: how many there are, and how many are ready as far as is known.
  struct Numbers {
    uint32_t replicas = 0;
    uint32_t ready = 0;
  };

  Numbers Count() const;
  void Scale(SimTime now);
  void Ask();
  JobId NextId();
  void LetGo(uint32_t count, SimTime now);
  void Retire(uint32_t replica, SimTime now);
  void GetReady(uint32_t replica, SimTime now);
  GpuModelId GpuOf(const Replica& replica) const;
  static Readiness ReadinessOf(const Replica& replica, SimTime now);
  workload::ServingSpeed SpeedOn(const fleet::GpuModel& gpu) const;
  workload::ServingSpeed SpeedOf(const Replica& replica) const;

  const scenario::Service service_;
  const uint32_t index_;
  const uint32_t services_;  // of the scenario that are on
  const fleet::GpuCatalogue& gpus_;
  Links links_;
  RandomStreams random_;
  const uint32_t replicate_;
  std::unique_ptr<policies::AutoscalePolicy> autoscale_;
  workload::Job job_;  // what a replica is
  // Tokens, see Served.
  const double median_prompt_, median_output_;
  std::unique_ptr<ServiceFrontend> frontend_;
  std::vector<Replica> replicas_;  // by number
  std::vector<uint32_t> held_;     // numbers of those that are not gone, ascending
  std::vector<Asked> asked_;
  uint32_t asks_ = 0;
  bool fits_nowhere_ = false;  // as of the last time that one was asked for
  bool closed_ = false;
  SimTime scaled_;
  __int128 replica_ns_ = 0;
  uint64_t cold_starts_ = 0;
  uint64_t lost_ = 0;
  double cold_start_s_ = 0;
};

}  // namespace orrery::driver
