// What stands between the clients of a service and its replicas, at either level.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/serving/llm.h"
#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/time.h"
#include "sim/driver/service_figures.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

class ServiceFrontend {
 public:
  // How its events are to be scheduled: of kind `arrival` for clients, `batch` for a replica, whose
  // number is added to the payload.
  struct Events {
    engine::Simulator* simulator;
    engine::ComponentId component;
    uint16_t arrival;
    uint16_t batch;
    uint64_t payload;
  };
  // What was seen of the service between two calls.
  struct Window {
    uint64_t requests = 0;
    uint64_t ended = 0;
    uint64_t slo_misses = 0;
    double utilisation = 0;
  };

  virtual ~ServiceFrontend() = default;

  // Schedules the first event of clients. Errors: of a trace.
  virtual Result<void> Open() = 0;
  // An event of clients.
  virtual Result<void> OnArrival(SimTime now) = 0;
  // An event of a replica. Returns whether it has nothing left to do.
  virtual bool OnBatch(uint32_t number, SimTime now) = 0;
  // Replica `number` is ready for requests; it may have been there before.
  virtual void Add(uint32_t number, NodeId node, RegionId region,
                   const workload::ServingSpeed& speed, SimTime now) = 0;
  // A replica that is there works at another speed, with the same room.
  virtual void SetSpeed(uint32_t number, const workload::ServingSpeed& speed, SimTime now) = 0;
  // No more requests for it. Returns whether it has none.
  virtual bool Drain(uint32_t number, SimTime now) = 0;
  // It is gone, and nobody knows: its requests are lost, and those who try it fail.
  virtual void Kill(uint32_t number, SimTime now) = 0;
  // It is gone, and known to be.
  virtual void Remove(uint32_t number, SimTime now) = 0;
  // The run is over.
  virtual void Close(SimTime now) = 0;

  // Whether it is ready as far as is known: one that died counts until somebody notices.
  virtual bool Healthy(uint32_t number) const = 0;
  // Requests that it has not answered.
  virtual uint32_t Outstanding(uint32_t number) const = 0;
  // Requests that wait for want of a replica.
  virtual uint64_t waiting() const = 0;
  virtual Window TakeWindow(SimTime now) = 0;

  virtual const RequestFigures& figures() const = 0;
  // Measured requests, by where their clients are, whose first token should be there and is not.
  virtual std::vector<uint64_t> Overdue(SimTime now) const = 0;
  // Of ready replicas, until `now`.
  virtual double Utilisation(SimTime now) const = 0;
  virtual double Busy(SimTime now) const = 0;
};

}  // namespace orrery::driver
