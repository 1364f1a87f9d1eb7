#include "sim/driver/trigger.h"

namespace orrery::driver {

using engine::Priority;

DecisionTrigger::DecisionTrigger(const TriggerConfig& config, cluster::DecisionLoop* loop,
                                 engine::Simulator* simulator)
    : config_(config), loop_(loop), simulator_(simulator), id_(simulator->Register(this)) {}

void DecisionTrigger::Notice() {
  if (!loop_->wants_decision()) return;
  if (config_.each_event) {
    Arm();
  } else if (!ticking_) {
    // The timer stands still while nothing happens; ticks keep to multiples of the period.
    ticking_ = true;
    const int64_t next = simulator_->now().nanos() / config_.every.nanos() + 1;
    simulator_->Schedule(SimTime::Zero() + config_.every * next, Priority::kDecision, id_, kTick,
                         0);
  }
  if (config_.each_event && config_.every > Duration() && !ticking_) {
    ticking_ = true;
    const int64_t next = simulator_->now().nanos() / config_.every.nanos() + 1;
    simulator_->Schedule(SimTime::Zero() + config_.every * next, Priority::kDecision, id_, kTick,
                         0);
  }
}

void DecisionTrigger::Arm() {
  if (armed_) return;
  armed_ = true;
  simulator_->Schedule(simulator_->now() + config_.decide_time, Priority::kDecision, id_, kDecide,
                       0);
}

void DecisionTrigger::ArmWake() {
  const SimTime time = loop_->wake_at();
  if (time == wake_time_) return;
  simulator_->Cancel(wake_);
  wake_time_ = time;
  if (time == SimTime::Never()) return;
  wake_ =
      simulator_->Schedule(std::max(time, simulator_->now()), Priority::kDecision, id_, kWake, 0);
}

void DecisionTrigger::OnEvent(const engine::Event& event) {
  switch (event.kind) {
    case kDecide:
      armed_ = false;
      break;
    case kTick:
      ticking_ = false;
      break;
    case kWake:
      wake_time_ = SimTime::Never();
      break;
  }
  loop_->Decide(simulator_->now());
  ArmWake();
}

}  // namespace orrery::driver
