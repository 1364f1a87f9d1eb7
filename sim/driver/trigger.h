// When the scheduler decides: after the events of an instant, on a timer, or both.
#pragma once

#include "sim/base/time.h"
#include "sim/cluster/decision_loop.h"
#include "sim/engine/simulator.h"

namespace orrery::driver {

struct TriggerConfig {
  bool each_event = true;
  Duration every;        // zero: no timer
  Duration decide_time;  // compute time of a decision: it is taken so long after what triggered it
};

class DecisionTrigger final : public engine::Component {
 public:
  DecisionTrigger(const TriggerConfig& config, cluster::DecisionLoop* loop,
                  engine::Simulator* simulator);

  // Call after anything that may have changed a decision.
  void Notice();
  void OnEvent(const engine::Event& event) override;

 private:
  enum Kind : uint16_t { kDecide, kTick, kWake };

  void Arm();
  void ArmWake();

  TriggerConfig config_;
  cluster::DecisionLoop* loop_;
  engine::Simulator* simulator_;
  engine::ComponentId id_;
  bool armed_ = false;  // a kDecide is on its way
  bool ticking_ = false;
  engine::EventHandle wake_;
  SimTime wake_time_ = SimTime::Never();
};

}  // namespace orrery::driver
