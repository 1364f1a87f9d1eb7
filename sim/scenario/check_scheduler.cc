#include "sim/scenario/checks.h"

namespace orrery::scenario {

void CheckRebalance(const Scenario& scenario, Parser* parser) {
  if (scenario.scheduler.rebalance.policy != "hot_nodes") return;
  if (scenario.energy.level == Energy::Level::kFull) return;
  parser->Complain("scheduler.rebalance",
                   "got 'hot_nodes' where nobody measures temperatures, expected energy: full");
}

void CheckScheduler(const Scenario& scenario, Parser* parser) {
  const Scheduler& scheduler = scenario.scheduler;
  if (!scheduler.trigger.each_event && scheduler.trigger.every == Duration()) {
    parser->Complain("scheduler.trigger",
                     "got neither, expected each_event: true or every: "
                     "a duration");
  }
  if (scheduler.blocking == Blocking::kSkip) {
    const auto refuse = [&](const std::string& role, const std::string& policy) {
      if (policy == "none") return;
      parser->Complain("scheduler.blocking", "got 'skip' beside " + role + ": " + policy +
                                                 ", which says itself who may pass the head of "
                                                 "the queue; expected strict, or scheduler." +
                                                 role + "=none");
    };
    refuse("backfill", scheduler.backfill.policy);
    refuse("allocate", scheduler.allocate.policy);
  }
}

}  // namespace orrery::scenario
