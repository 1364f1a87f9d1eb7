#include <algorithm>

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

bool RequiresReputation(const TransformChoice& transform) {
  if (transform.name != "require") return false;
  return std::any_of(transform.options.begin(), transform.options.end(), [](const auto& option) {
    return option.first == "min_reputation" && ParseDouble(option.second).value_or(0) > 0;
  });
}

}  // namespace

void CheckTrust(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  if (rules == nullptr) return;
  if (rules->challenges.time >= rules->challenges.every) {
    parser->Complain("trust.challenges.time", "got " +
                                                  Quoted(FormatDuration(rules->challenges.time)) +
                                                  ", expected less than challenges.every, " +
                                                  FormatDuration(rules->challenges.every));
  }
  for (int kind = 0; kind < kOwnerKinds; ++kind) {
    const trust::ByCheat& shares = rules->cheats.shares[kind];
    if (shares[static_cast<int>(trust::Cheat::kBandwidth)] > 0 &&
        scenario.network.level != NetworkLevel::kFull) {
      parser->Complain(
          std::string("trust.cheats.shares.") + OwnerKindName(static_cast<OwnerKind>(kind)) +
              ".bandwidth",
          "got a share above 0, expected network: full beside it: elsewhere bandwidth never binds");
    }
    double sum = 0;
    for (const double share : shares) sum += share;
    if (sum <= 1 + 1e-9) continue;
    parser->Complain(
        std::string("trust.cheats.shares.") + OwnerKindName(static_cast<OwnerKind>(kind)),
        "got shares that sum to " + FormatDouble(sum) + ", expected 1 at most");
  }
  if (scenario.horizon == Duration::Max()) {
    parser->Complain("horizon",
                     "got none beside trust, expected a duration: nodes may be barred for good, "
                     "and jobs would wait for ever");
  }
  const GpuModelId real = rules->cheats.real_model;
  if (real.valid() && (*scenario.gpus)[real].fp16_tflops <= 0) {
    parser->Complain("trust.cheats.real_model", "got " + Quoted((*scenario.gpus)[real].id) +
                                                    ", expected a model whose speed is known");
  }
}

// Where all nodes have the best reputation and nobody rates, everybody has enough of it.
void CheckReputations(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  if (rules != nullptr && rules->ratings.share > 0) return;
  for (const FleetGroup& group : scenario.fleet) {
    if (group.nodes.reputation_low < 1) return;
  }
  const auto complain = [&](const std::string& path) {
    parser->Complain(path + ".min_reputation",
                     "got it where every node has reputation 1 for good, expected ratings (trust: "
                     "simple or full, trust.ratings.share above 0), or fleet groups with a "
                     "reputation below 1");
  };
  const auto check = [&](const std::string& path, const Requirements& requirements) {
    if (requirements.HasMinReputation()) complain(path);
  };
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::string path = At("workload", i);
    const std::vector<TransformChoice>& transforms = scenario.workload[i].transforms;
    for (size_t t = 0; t < transforms.size(); ++t) {
      if (RequiresReputation(transforms[t])) {
        complain(At(path + ".transforms", t) + "." + transforms[t].name);
      }
    }
    if (const auto* trace = std::get_if<JobTrace>(&scenario.workload[i].source)) {
      check(path + ".trace.defaults.requirements", trace->jobs.requirements);
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(scenario.workload[i].source);
    for (size_t p = 0; p < generator.populations.size(); ++p) {
      const auto& rows = generator.populations[p].requirements;
      for (size_t r = 0; r < rows.size(); ++r) {
        check(At(At(path + ".generator.populations", p) + ".requirements", r),
              rows[r].requirements);
      }
    }
  }
  for (size_t i = 0; i < scenario.services.size(); ++i) {
    check(At("services", i) + ".replicas.requirements", scenario.services[i].requirements);
  }
}

}  // namespace orrery::scenario
