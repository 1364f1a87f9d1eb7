// Random small worlds whose nodes fail in random ways: whatever the schedule of failures, nothing
// is counted twice or lost. ORRERY_FAILURE_WORLDS says how many, a hundred otherwise;
// ORRERY_FAILURE_FIRST is the seed of the first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "policies/api/registry.h"
#include "tests/sim/driver/audit.h"
#include "tests/sim/driver/random_world.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using testing::SetRole;

class Dice {
 public:
  explicit Dice(uint64_t seed) : stream_(seed, 0) {}
  uint64_t operator()(uint64_t below) {
    Draw draw = stream_.Stream("fuzz/failures").At(next_++);
    return draw.UniformInt(below);
  }
  const std::string& Of(const std::vector<std::string>& names) {
    return names[(*this)(names.size())];
  }
  // Spread over three decades.
  Duration Seconds(int64_t least) {
    int64_t seconds = least;
    for (uint64_t i = (*this)(4); i > 0; --i) seconds *= 10;
    return Duration::Seconds(seconds +
                             static_cast<int64_t>((*this)(static_cast<uint64_t>(seconds))));
  }

 private:
  RandomStreams stream_;
  uint64_t next_ = 0;
};

failure::Failures AnyFailures(Dice& dice) {
  if (dice(3) == 0) {
    return failure::SimpleFailures{.mtbf = dice.Seconds(600), .mttr = dice.Seconds(1)};
  }
  failure::FullFailures full;
  full.gpu_mtbf = dice.Seconds(3000);
  full.cpu_node_mtbf = dice.Seconds(600);
  full.shape = 0.5 + 0.25 * static_cast<double>(dice(6));
  full.repair_median = dice.Seconds(1);
  full.repair_sigma = 0.5 * static_cast<double>(dice(4));
  full.region_outage.mtbf = dice(2) == 0 ? Duration::Max() : dice.Seconds(900);
  full.region_outage.median = Duration::Seconds(1 + static_cast<int64_t>(dice(600)));
  if (dice(2) == 0) {
    full.provider_outage = {dice.Seconds(900),
                            Duration::Seconds(1 + static_cast<int64_t>(dice(600))), 1};
  }
  full.gpu_error_mtbf = dice(2) == 0 ? Duration::Max() : dice.Seconds(3000);
  full.job_rate_per_gpu_h = dice(2) == 0 ? 0 : 0.3;
  return full;
}

void SetChurn(Dice& dice, scenario::Scenario* scenario) {
  scenario::OwnersByKind owners;
  owners.consumer.on = dice.Seconds(60);
  owners.consumer.off = dice.Seconds(1);
  failure::OwnerHabits& group = scenario->fleet[dice(4)].churn.emplace();
  group.on = dice.Seconds(60);
  group.off = dice.Seconds(1);
  if (dice(2) == 0) group.notice = Duration();
  if (dice(2) == 0) {
    scenario->churn.level = scenario::SimpleChurn{owners};
  } else {
    scenario->churn.level =
        scenario::FullChurn{owners, {.calm = dice.Seconds(60), .tight = dice.Seconds(60)}};
  }
}

// A device that is suspended time and again may keep a job from ever getting done.
void SetTrust(Dice& dice, scenario::Scenario* scenario) {
  scenario->horizon = Duration::Hours(12);
  trust::Rules rules;
  for (trust::ByCheat& shares : rules.cheats.shares) shares = {0, 0.2, 0.2, 0.4, 0};
  rules.cheats.real_model = GpuModelId(0);
  rules.cheats.real_memory = 0.2;
  rules.cheats.out_of_memory = dice.Seconds(1);
  rules.registration = {.time = dice(2) == 0 ? Duration() : dice.Seconds(1),
                        .passes = {1, 0.9, 0.8, 0.7, 0.6},
                        .refuses = 0.1 * static_cast<double>(dice(3))};
  rules.challenges.every = dice.Seconds(10);
  rules.challenges.time = rules.challenges.every / (2 + static_cast<int64_t>(dice(20)));
  rules.challenges.failures = 1 + static_cast<uint32_t>(dice(4));
  rules.suspension = {.length = dice(2) == 0 ? Duration::Max() : dice.Seconds(10),
                      .appeal = dice(2) == 0 ? Duration::Max() : dice.Seconds(10)};
  rules.ratings.share = 0.5 * static_cast<double>(dice(3));
  rules.cheats.returns = 0.5;
  rules.cheats.returns_after = dice.Seconds(10);
  rules.stake.to = static_cast<trust::Stake::To>(dice(3));
  rules.stake.slashed = 0.25 * static_cast<double>(dice(5));
  if (dice(2) == 0) {
    trust::SimpleTrust simple;
    static_cast<trust::Rules&>(simple) = rules;
    simple.fails = {0.05, 0.8, 0.5, 0.6, 0};
    scenario->trust.level = simple;
  } else {
    trust::FullTrust full;
    static_cast<trust::Rules&>(full) = rules;
    full.lock.tolerance = 1 + 0.1 * static_cast<double>(dice(10));
    scenario->trust.level = full;
  }
}

testing::RandomWorld AnyWorld(uint64_t seed) {
  Dice dice(seed);
  testing::RandomWorld world = testing::MakeRandomWorld(
      seed,
      {.jobs = 5 + static_cast<int>(dice(30)), .delays = dice(2) == 0, .data = seed % 2 == 0});
  scenario::Scenario& scenario = world.scenario;
  if (dice(4) > 0) scenario.failures.level = AnyFailures(dice);
  if (dice(2) == 0) SetChurn(dice, &scenario);
  scenario.detection.health_check = dice.Seconds(1);
  scenario.scheduler.retries = dice(2) == 0 ? 1000 : static_cast<uint32_t>(dice(5));
  scenario.scheduler.oracle = dice(5) == 0;
  SetRole(&scenario, "order", dice.Of(policies::PolicyNames("order")));
  SetRole(&scenario, "place", dice.Of(policies::PolicyNames("place")));
  if (dice(4) == 0) {
    SetRole(&scenario, "allocate", dice.Of(policies::PolicyNames("allocate")));
    scenario.scheduler.round = dice.Seconds(1);
  } else {
    SetRole(&scenario, "backfill", dice.Of(policies::PolicyNames("backfill")));
    SetRole(&scenario, "preempt", dice.Of(policies::PolicyNames("preempt")));
  }
  if (dice(3) == 0) SetTrust(dice, &scenario);
  return world;
}

TEST(FailureScheduleFuzz, NothingIsCountedTwiceOrLost) {
  const char* given = std::getenv("ORRERY_FAILURE_WORLDS");
  const uint64_t worlds = given != nullptr ? std::stoull(given) : 100;
  const char* from = std::getenv("ORRERY_FAILURE_FIRST");
  const uint64_t first = from != nullptr ? std::stoull(from) : 1;
  for (uint64_t seed = first; seed < first + worlds; ++seed) {
    SCOPED_TRACE("world " + std::to_string(seed));
    const testing::RandomWorld world = AnyWorld(seed);
    AuditRun(world, testing::Run(world.scenario, world.jobs, 0, world.requirements, world.data));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace orrery
