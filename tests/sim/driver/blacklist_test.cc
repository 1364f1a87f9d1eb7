// Nodes on which too much fails: when the scheduler leaves them alone, for how long, and what it
// saves.
#include "sim/driver/blacklist.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/driver/play.h"
#include "tests/testing/interval.h"
#include "tests/testing/worlds.h"

namespace orrery {
namespace {

using results::JobOutcome;
using results::NodeEventKind;
using scenario::Scenario;
using testing::Play;
using testing::Played;
using testing::Ran;
using testing::Work;
using trust::SimpleTrust;

constexpr double kHour = 3600;
constexpr int64_t kMinuteNs = 60'000'000'000;

SimTime At(int64_t minutes) { return SimTime::Zero() + Duration::Minutes(minutes); }

TEST(BlacklistTest, CountsWhatFailedLately) {
  driver::Blacklist list(
      {.failures = 2, .within = Duration::Minutes(60), .length = Duration::Minutes(90)}, 2);
  EXPECT_FALSE(list.Note(NodeId(0), At(0)));
  EXPECT_FALSE(list.Note(NodeId(1), At(10)));
  EXPECT_FALSE(list.Note(NodeId(0), At(60))) << "an hour later the first is forgotten";
  EXPECT_FALSE(list.on(NodeId(0)));
  EXPECT_TRUE(list.Note(NodeId(0), At(119)));
  EXPECT_EQ(list.until(NodeId(0)), At(209));
  EXPECT_FALSE(list.Note(NodeId(0), At(120))) << "it is on the list already";
  EXPECT_EQ(list.NodeNanos(At(129)), 10 * kMinuteNs);
  list.Release(NodeId(0), At(209));
  EXPECT_FALSE(list.Note(NodeId(0), At(210))) << "what it did before is forgotten";
  EXPECT_TRUE(list.Note(NodeId(0), At(211)));
  EXPECT_EQ(list.times(), 2u);
  EXPECT_EQ(list.nodes(), 1u);
  EXPECT_EQ(list.NodeNanos(At(221)), 100 * kMinuteNs);
}

// `weak` nodes, which come first, have half of the 80 GiB that they claim: who needs more dies
// there after a minute.
Scenario Weak(uint32_t weak, uint32_t sound, uint16_t gpus = 1) {
  std::vector<testing::Nodes> fleet = {{.nodes = weak, .gpus = gpus, .gpu = "card"}};
  if (sound > 0) fleet.push_back({.nodes = sound, .gpus = gpus, .gpu = "card"});
  fleet::GpuModel card;
  card.id = "card";
  card.fp16_tflops = 100;
  card.memory_mib = 80 * 1024;
  Scenario scenario = testing::MakeScenario(fleet, {card});
  scenario.fleet[0].nodes.owner_kind = OwnerKind::kMiner;
  SimpleTrust rules;
  rules.cheats.shares = {};
  rules.cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 1};
  rules.cheats.returns = 0;
  rules.cheats.out_of_memory = Duration::Minutes(1);
  rules.registration = {.time = Duration(), .passes = {1, 1, 1, 1, 1}, .refuses = 0};
  rules.ratings.share = 0;
  rules.stake.per_gpu = Usd();
  rules.challenges.time = Duration();
  rules.fails = {};
  scenario.trust.level = rules;
  scenario.scheduler.retries = UINT32_MAX;
  scenario.failures.blacklist = scenario::Blacklist();
  return scenario;
}

workload::Job Large(double submit, double run) {
  workload::Job job = testing::MakeJob(submit, run);
  job.requirements = RequirementsId(1);
  job.checkpoint_interval = Duration::Minutes(10);
  return job;
}
Ran RunJobs(const Scenario& scenario, const std::vector<workload::Job>& jobs) {
  Requirements large;
  large.min_gpu_memory_mib = 60 * 1024;
  return testing::Run(scenario, jobs, 0, {large});
}

TEST(BlacklistTest, TheSecondFailureIsOneTooMany) {
  const Ran ran = RunJobs(Weak(1, 1), {Large(0, kHour)});
  EXPECT_EQ(ran.jobs[0].attempts, 3);
  EXPECT_EQ(ran.jobs[0].node, 1u);
  EXPECT_NEAR(ran.jobs[0].end_s, 120 + kHour, 1e-6);
  EXPECT_EQ(ran.jobs[0].row.lost_ns, 2 * kMinuteNs);
  EXPECT_EQ(ran.summary.failures.blacklistings, 1u);
  EXPECT_EQ(ran.summary.failures.nodes_blacklisted, 1u);
  EXPECT_DOUBLE_EQ(ran.summary.failures.node_hours_blacklisted, 1);
  bool told = false;
  for (const results::NodeEventRow& row : ran.node_events) {
    told |=
        row.node == 0 && row.kind == NodeEventKind::kBlacklisted && row.time_ns == 2 * kMinuteNs;
  }
  EXPECT_TRUE(told);
}

TEST(BlacklistTest, FailuresFarApartDoNotCount) {
  Scenario scenario = Weak(1, 1);
  scenario.failures.blacklist->within = Duration::Seconds(60);
  scenario.scheduler.retries = 5;
  const Ran ran = RunJobs(scenario, {Large(0, kHour)});
  EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
  EXPECT_EQ(ran.jobs[0].attempts, 6);
  EXPECT_EQ(ran.summary.failures.blacklistings, 0u);
}

// Job 1 takes what job 0 was kept from, once the half hour is over.
TEST(BlacklistTest, ANodeComesBackAfterItsTime) {
  Scenario scenario = Weak(1, 1);
  scenario.failures.blacklist->length = Duration::Minutes(30);
  const Ran ran = RunJobs(scenario, {Large(0, kHour), testing::MakeJob(130, kHour)});
  EXPECT_NEAR(ran.jobs[1].start_s, 120 + 1800, 1e-6);
  EXPECT_EQ(ran.jobs[1].node, 0u);
}

// What else runs on the node is saved and goes on elsewhere.
TEST(BlacklistTest, OthersOnTheNodeAreStoppedInTime) {
  const Ran ran = RunJobs(Weak(1, 1, 2), {testing::MakeJob(0, kHour), Large(0, kHour)});
  EXPECT_EQ(ran.jobs[0].attempts, 2);
  EXPECT_EQ(ran.jobs[0].row.preemptions, 1);
  EXPECT_EQ(ran.jobs[0].node, 1u);
  EXPECT_EQ(ran.jobs[0].end_s, kHour);
  EXPECT_EQ(ran.jobs[0].row.lost_ns, 0);
}

// Nobody can tell which node of a gang it was.
TEST(BlacklistTest, AGangOnSeveralNodesBlamesNone) {
  Scenario scenario = Weak(2, 0);
  scenario.scheduler.retries = 3;
  workload::Job gang = Large(0, kHour);
  gang.replicas = 2;
  const Ran ran = RunJobs(scenario, {gang});
  EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
  EXPECT_EQ(ran.summary.failures.blacklistings, 0u);
}

// Suspended from 03:00 to 05:00 for its proofs, and blacklisted from 00:02: what ends later counts.
TEST(BlacklistTest, TwoReasonsToStayOffANodeEndOneByOne) {
  for (const int64_t hours : {4, 10}) {
    Scenario scenario = Weak(1, 0);
    SimpleTrust& rules = std::get<SimpleTrust>(scenario.trust.level);
    rules.fails[2] = 1;
    rules.suspension.length = Duration::Hours(2);
    scenario.failures.blacklist->length = Duration::Hours(hours);
    scenario.scheduler.retries = 1;
    const Ran ran = RunJobs(scenario, {Large(0, kHour), testing::MakeJob(0, 60)});
    EXPECT_EQ(ran.jobs[0].row.outcome, JobOutcome::kFailed);
    EXPECT_NEAR(ran.jobs[1].start_s, hours == 4 ? 5 * kHour : 10 * kHour + 120, 1e-6);
  }
}

// However many attempts go down with a node, it is found down once.
TEST(BlacklistTest, ANodeFoundDownIsLeftAloneToo) {
  Scenario scenario = testing::MakeScenario({{.nodes = 1, .gpus = 2}});
  scenario.failures.level =
      failure::SimpleFailures{.mtbf = Duration::Hours(3), .mttr = Duration::Minutes(30)};
  scenario.failures.blacklist = {
      .failures = 1, .within = Duration::Hours(1), .length = Duration::Hours(10)};
  scenario.scheduler.retries = UINT32_MAX;
  const Played played = Play(scenario, std::vector<Work>(2, {.run = 36'000, .checkpoint = 600}));
  int64_t last = -1;
  uint64_t died = 0;
  for (const results::AttemptRow& attempt : played.ran.attempts) {
    if (attempt.job == 0) {
      if (last >= 0) {
        EXPECT_GE(attempt.start_ns, last + 600 * kMinuteNs);
      }
      last = attempt.end_ns;
      died += attempt.died_ns >= 0;
    }
  }
  EXPECT_GT(died, 1u);
  EXPECT_EQ(played.ran.summary.failures.blacklistings, died);
}

// Ablation: where a fifth of the nodes is weak, fewer GPU-hours are lost with the list, by more
// than the interval.
TEST(BlacklistTest, SavesGpuHoursWhereFewNodesFailOften) {
  std::vector<double> saved;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Scenario scenario = Weak(100, 0);
    std::get<SimpleTrust>(scenario.trust.level)
        .cheats.shares[static_cast<int>(OwnerKind::kMiner)] = {0, 0, 0.2};
    scenario.seed = seed;
    scenario.horizon = Duration::Hours(24);
    std::vector<workload::Job> jobs;
    for (int i = 0; i < 400; ++i) jobs.push_back(Large(180.0 * i, 2 * kHour));
    const double with = RunJobs(scenario, jobs).summary.gpu_hours.lost;
    scenario.failures.blacklist.reset();
    saved.push_back(RunJobs(scenario, jobs).summary.gpu_hours.lost - with);
  }
  testing::ExpectAboveZero(saved, "gpu_h");
}

}  // namespace
}  // namespace orrery
