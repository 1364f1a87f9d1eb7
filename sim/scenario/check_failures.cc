#include <filesystem>
#include <system_error>

#include "sim/scenario/checks.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

void CheckReplay(const std::string& path, const Scenario& scenario,
                 const failure::ReplayParams& replay, Parser* parser) {
  Unique regions(parser, "each region");
  for (size_t i = 0; i < replay.traces.size(); ++i) {
    const failure::ReplayParams::Trace& trace = replay.traces[i];
    const std::string own = At(path + ".traces", i);
    const bool named = trace.region.valid();
    regions.Add(named ? scenario.regions[trace.region.index()].id : "none", own + ".region");
    std::error_code error;
    if (std::filesystem::is_regular_file(trace.file, error)) continue;
    parser->Complain(own + ".file", "got " + QuotedPath(trace.file) +
                                        ", expected a file that exists (docs/traces.md says where "
                                        "to get traces)");
  }
}

}  // namespace

void CheckReplays(const Scenario& scenario, Parser* parser) {
  if (const auto* failures = std::get_if<failure::ReplayedFailures>(&scenario.failures.level)) {
    CheckReplay("failures", scenario, failures->replay, parser);
  }
  if (const auto* churn = std::get_if<ReplayedChurn>(&scenario.churn.level)) {
    CheckReplay("churn", scenario, churn->replay, parser);
  }
}

void CheckEndless(const Scenario& scenario, Parser* parser) {
  if (scenario.horizon != Duration::Max()) return;
  const auto complain = [&](const std::string& what) {
    parser->Complain("horizon", "got none beside " + what);
  };
  const failure::Failures& failures = scenario.failures.level;
  if (std::holds_alternative<failure::ReplayedFailures>(failures) ||
      std::holds_alternative<ReplayedChurn>(scenario.churn.level)) {
    complain("traces of machines, which end; expected a duration within them");
  } else if (!std::holds_alternative<NoChurn>(scenario.churn.level)) {
    complain(
        "churn, expected a duration: a job that needs longer than owners stay may never be done");
  } else if (!std::holds_alternative<failure::NoFailures>(failures) &&
             scenario.scheduler.retries == UINT32_MAX) {
    complain(
        "failures and retries: none, expected a duration, or scheduler.retries: a job that "
        "needs longer than its nodes last may never be done");
  }
}

void CheckCheckpoints(const Scenario& scenario, Parser* parser) {
  constexpr const char* kSize = "checkpoints.cost.per_gpu";
  if (parser->origins().contains(kSize) &&
      !parser->origins().contains("checkpoints.cost.bandwidth")) {
    parser->Complain(kSize,
                     "got a size without what it is written at, expected bandwidth beside it (or "
                     "none, said so)");
  }
  if (scenario.checkpoints.interval != Checkpoints::Interval::kYoungDaly) return;
  if (scenario.checkpoints.cost.zero()) {
    parser->Complain("checkpoints.cost",
                     "got 0s beside interval: young_daly, expected what saving takes");
  }
  const failure::Failures& failures = scenario.failures.level;
  if (std::holds_alternative<failure::NoFailures>(failures) ||
      std::holds_alternative<failure::ReplayedFailures>(failures)) {
    parser->Complain(
        "checkpoints.interval",
        "got 'young_daly' without a law of failures, expected failures: simple or full "
        "(owners who leave are not "
        "counted)");
  }
}

void CheckBlacklist(const Scenario& scenario, Parser* parser) {
  if (!scenario.failures.blacklist) return;
  if (!std::holds_alternative<failure::NoFailures>(scenario.failures.level) ||
      !std::holds_alternative<NoChurn>(scenario.churn.level) ||
      trust::RulesOf(scenario.trust.level) != nullptr) {
    return;
  }
  parser->Complain("failures.blacklist",
                   "got a list of nodes that fail, where nothing does, expected failures: simple "
                   "or full, churn, or trust (or no blacklist)");
}

}  // namespace orrery::scenario
