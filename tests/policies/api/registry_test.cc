#include "policies/api/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "policies/api/backfill.h"
#include "policies/api/order.h"

namespace orrery::policies {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::vector<Finding> Check(const std::string& role, const std::string& name,
                           const GivenParams& given) {
  Params params("policy '" + name + "'", given);
  const auto entry = std::find_if(Roles().begin(), Roles().end(),
                                  [&](const RoleEntry& one) { return one.role == role; });
  return entry->check(name, params);
}

TEST(RegistryTest, ListsEveryPolicyOfEveryRole) {
  EXPECT_THAT(PolicyNames("order"), ElementsAre("edf", "fifo", "las2d", "priority", "sjf", "srtf"));
  EXPECT_THAT(PolicyNames("place"),
              ElementsAre("best_fit", "cheapest", "fastest", "first_fit", "most_reputable",
                          "nearest", "power_of_d", "random", "worst_fit"));
  EXPECT_THAT(PolicyNames("market"), ElementsAre("posted"));
  EXPECT_THAT(PolicyNames("nonsense"), ElementsAre());
}

TEST(RegistryTest, OptionalRolesKnowNone) {
  EXPECT_THAT(PolicyNames("backfill"), ElementsAre("conservative", "easy", "none"));
  EXPECT_THAT(PolicyNames("preempt"), ElementsAre("by_order", "none", "priority"));
  EXPECT_THAT(PolicyNames("allocate"), ElementsAre("equal_share", "none"));
  EXPECT_THAT(PolicyNames("rebalance"),
              ElementsAre("cheaper", "crowded_regions", "hot_nodes", "none", "stragglers"));
  EXPECT_THAT(PolicyNames("order"), Not(Contains("none")));
  Params params;
  EXPECT_EQ(MakePolicy<BackfillPolicy>("none", params), nullptr);
  EXPECT_TRUE(Check("backfill", "none", {}).empty());
}

TEST(RegistryTest, EveryPolicySaysItsRuleAndSourceAndEveryParameterItsDoc) {
  const std::vector<PolicyInfo> infos = ListPolicies();
  EXPECT_GE(infos.size(), 22u);
  for (const PolicyInfo& info : infos) {
    EXPECT_GT(info.rule.size(), 20u) << info.role << ' ' << info.name;
    EXPECT_EQ(info.source.empty(), info.name == "none") << info.role << ' ' << info.name;
    for (const ParamInfo& param : info.params) {
      EXPECT_FALSE(param.doc.empty()) << info.name << ' ' << param.name;
      EXPECT_FALSE(param.source.empty()) << info.name << ' ' << param.name;
    }
  }
}

TEST(RegistryTest, ChecksParametersInTheNameOfThePolicy) {
  const auto findings = Check("preempt", "by_order", {{"quantm", {"5min", "s.yaml:4:9"}}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].place, "s.yaml:4:9");
  EXPECT_EQ(findings[0].what,
            "quantm: unknown parameter of policy 'by_order'; it has 'quantum', 'hysteresis' (did "
            "you mean 'quantum'?)");
}

class Nothing final : public OrderPolicy {
 public:
  OrderKey Key(const JobInfo&, SimTime) const override { return {}; }
};

TEST(RegistryDeathTest, AnAmbiguousNameAborts) {
  const auto make = [](Params&) -> std::unique_ptr<OrderPolicy> {
    return std::make_unique<Nothing>();
  };
  EXPECT_DEATH(RegisterPolicy<OrderPolicy>("fifo", "", "", make), "invariant broken.*fifo");
  EXPECT_DEATH(RegisterPolicy<OrderPolicy>("none", "", "", make), "invariant broken.*none");
}

}  // namespace
}  // namespace orrery::policies
