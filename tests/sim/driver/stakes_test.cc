// What cheats cost: stakes and reputations.
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/driver/fakes.h"

namespace orrery {
namespace {

using results::JobOutcome;
using scenario::Scenario;
using testing::Fakes;
using testing::kHour;
using testing::Play;
using testing::RowsOf;
using testing::Spoofed;
using testing::TrustOf;
using testing::Work;
using trust::SimpleTrust;

SimpleTrust Staked(double usd) {
  SimpleTrust rules = Spoofed();
  rules.fails[1] = 1;
  rules.stake.per_gpu = Usd::FromDollars(usd);
  return rules;
}

// Suspended at 03:00, registered anew at 13:00, listed at 13:30, suspended at 16:00 again. It has
// earned $150 by then, and $100 more: not what it lost.
TEST(StakeTest, WhoEarnedWhatWasLostComesBackUnderANewName) {
  SimpleTrust rules = Staked(100);
  rules.cheats.returns = 1;
  rules.cheats.returns_after = Duration::Hours(10);
  rules.registration.time = Duration::Minutes(30);
  rules.challenges.every = Duration::Minutes(60);
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Hours(100);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(18);
  const auto rows = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, 100 * kHour)});
  // $18 × 2.5 h = $45 < $100: it stays away.
  EXPECT_EQ(rows[0].names, 1);
  EXPECT_EQ(rows[0].earned_usd_micro, 45'000'000);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(50);
  const auto again = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, 100 * kHour)});
  // $125 after the first name, $250 after the second, and so on, for $100 each: eight names by
  // 100:00.
  EXPECT_EQ(again[0].names, 8);
  EXPECT_EQ(again[0].slashed_usd_micro, 100'000'000 * int64_t{again[0].suspensions});
}

int64_t BalanceOf(const std::vector<results::LedgerRow>& rows, results::AccountHolder kind,
                  uint32_t holder) {
  for (const results::LedgerRow& row : rows) {
    if (row.holder_kind == kind && row.holder == holder) return row.balance_usd_micro;
  }
  return 0;
}

int64_t SumOf(const std::vector<results::LedgerRow>& rows) {
  int64_t sum = 0;
  for (const results::LedgerRow& row : rows) sum += row.balance_usd_micro;
  return sum;
}

// Three hours for $6; $100 are at stake, and 60% of it is lost.
TEST(StakeTest, SlashingMovesMoneyThroughTheLedger) {
  using results::AccountHolder;
  SimpleTrust rules = Staked(100);
  rules.stake.slashed = 0.6;
  Scenario scenario = Fakes(1, 1, rules);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  scenario.fleet[1].nodes.ask.median = UsdPerHour();
  const std::vector<workload::Job> jobs = {testing::MakeJob(0, 4 * kHour)};
  const auto burned = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(burned), -60'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kOwner, 0), 6'000'000 - 60'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kOwner, 1), -100'000'000);
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kEscrow, 0), 100'000'000) << "of the honest device";
  EXPECT_EQ(BalanceOf(burned, AccountHolder::kUser, 0), -6'000'000);

  rules.stake.to = trust::Stake::To::kTreasury;
  scenario.trust.level = rules;
  const auto kept = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(kept), 0);
  EXPECT_EQ(BalanceOf(kept, AccountHolder::kTreasury, 0), 60'000'000);
}

// Users who paid $2 and $4 share what is slashed, one to two.
TEST(StakeTest, UsersShareWhatIsSlashed) {
  using results::AccountHolder;
  SimpleTrust rules = Staked(100);
  rules.stake.to = trust::Stake::To::kUsers;
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Hours(10);
  scenario.fleet[0].nodes.ask.median = UsdPerHour::FromDollars(2);
  std::vector<workload::Job> jobs = {testing::MakeJob(0, 0.5 * kHour),
                                     testing::MakeJob(1, 4 * kHour)};
  for (workload::Job& job : jobs) job.reference_gpu = GpuModelId(1);
  jobs[1].user = UserId(1);
  const auto rows = RowsOf<results::LedgerRow>(scenario, jobs);
  EXPECT_EQ(SumOf(rows), -1) << "what is left of the division is burned";
  EXPECT_EQ(BalanceOf(rows, AccountHolder::kUser, 0), -2'000'000 + 33'333'333);
  EXPECT_EQ(BalanceOf(rows, AccountHolder::kUser, 1), -4'000'000 + 66'666'666);
}

// The job got half of what it was promised; the next one, on an honest node, all of it.
TEST(RatingsTest, AreTheDeliveredSpeedOverTheBelievedOne) {
  SimpleTrust rules = Spoofed();
  rules.ratings.share = 1;
  const auto rows = RowsOf<results::NodeTrustRow>(
      Fakes(1, 1, rules), {testing::MakeJob(0, kHour), testing::MakeJob(1, kHour)});
  EXPECT_NEAR(rows[0].reputation, 1.5 / 3, 1e-6);
  EXPECT_NEAR(rows[1].reputation, 2.0 / 3, 1e-6);
}

TEST(RatingsTest, FriendsMakeUpForAFailure) {
  SimpleTrust rules = Spoofed();
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 1};
  rules.ratings.share = 1;
  rules.ratings.colluders = 1;
  Scenario scenario = Fakes(1, 0, rules);
  scenario.scheduler.retries = 0;
  Requirements large;
  large.min_gpu_memory_mib = 41 * 1024;
  std::vector<workload::Job> jobs = {testing::MakeJob(0, kHour)};
  jobs[0].requirements = RequirementsId(1);
  const testing::Ran ran = testing::Run(scenario, jobs, 0, {large});
  EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
  EXPECT_EQ(TrustOf(ran.summary).ratings, 1u);
  EXPECT_NEAR(TrustOf(ran.summary).fake_reputation, (3.0 + 1) / (4 + 2), 1e-6);
}

// Six fakes and six honest nodes: who is rated worse gets the next job only when nobody better is
// free.
TEST(RatingsTest, PlacementByReputationLeavesFakesIdle) {
  SimpleTrust rules = Spoofed();
  rules.ratings.share = 1;
  rules.ratings.prior = 2;
  Scenario scenario = Fakes(6, 6, rules);
  std::vector<Work> works;
  for (int i = 0; i < 200; ++i) works.push_back({.submit = 1200.0 * i, .run = kHour});
  const auto sold = [&](const char* place) {
    testing::SetRole(&scenario, "place", place);
    return TrustOf(Play(scenario, works).ran.summary).fake_gpu_hours;
  };
  // Each fake is tried once, takes two hours, and falls from 3/4 to 3.5/5.
  EXPECT_LE(sold("most_reputable"), 12);
  EXPECT_GT(sold("random"), 100);
}

// A new name has the reputation of the fleet group again.
TEST(RatingsTest, ANewNameIsForgiven) {
  SimpleTrust rules = Staked(0);
  rules.ratings.share = 1;
  rules.ratings.prior = 2;
  rules.cheats.returns = 1;
  rules.cheats.returns_after = Duration::Hours(1);
  Scenario scenario = Fakes(1, 0, rules);
  scenario.horizon = Duration::Minutes(270);
  const auto rows = RowsOf<results::NodeTrustRow>(scenario, {testing::MakeJob(0, kHour)});
  EXPECT_EQ(rows[0].names, 2);
  EXPECT_EQ(rows[0].reputation, 0.75);
}

}  // namespace
}  // namespace orrery
