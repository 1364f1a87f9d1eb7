// Hand-worked schedules with preemption, delays and GPUs of several speeds, to the second.
#include <gtest/gtest.h>

#include <set>

#include "policies/api/job_info.h"
#include "tests/sim/driver/play.h"

namespace orrery {
namespace {

using scenario::Scenario;
using testing::MakeScenario;
using testing::Play;
using testing::Played;
using testing::SetRole;
using testing::Stints;
using testing::Work;

int64_t Ns(double seconds) { return Duration::FromSeconds(seconds).nanos(); }

Scenario ByPriority(const std::string& order) {
  Scenario scenario = MakeScenario({{}});
  SetRole(&scenario, "order", order);
  if (order == "priority") SetRole(&scenario, "order", order, {{"ageing", "0 priority/h"}});
  SetRole(&scenario, "preempt", "priority");
  return scenario;
}

TEST(PriorityTest, TheMoreUrgentStopsTheLessUrgent) {
  // Job 0 has 8 s left at 2, when job 1 takes its GPU until 7.
  EXPECT_EQ(Play(ByPriority("priority"),
                 {{.submit = 0, .run = 10, .priority = 1}, {.submit = 2, .run = 5, .priority = 2}})
                .stints,
            (Stints{{{0, 2}, {7, 15}}, {{2, 7}}}));
}

// The order that puts the stopped job first again must not give it its nodes back at once.
TEST(PriorityTest, WhoWasStoppedForAJobDoesNotComeBeforeIt) {
  for (const char* order : {"fifo", "sjf", "edf", "srtf", "las2d"}) {
    // Job 0: earlier, shorter, with a deadline.
    EXPECT_EQ(Play(ByPriority(order), {{.submit = 0, .run = 10, .priority = 1, .deadline = 100},
                                       {.submit = 2, .run = 20, .priority = 2}})
                  .stints,
              (Stints{{{0, 2}, {22, 30}}, {{2, 22}}}))
        << order;
  }
}

TEST(PriorityTest, OfEqualJobsTheLatestIsStopped) {
  Scenario scenario = MakeScenario({{.gpus = 3}});
  SetRole(&scenario, "preempt", "priority");
  std::vector<Work> works(3, {.submit = 0, .run = 10});
  works.push_back({.submit = 2, .run = 5, .priority = 1});
  EXPECT_EQ(Play(scenario, works).stints,
            (Stints{{{0, 10}}, {{0, 10}}, {{0, 2}, {7, 15}}, {{2, 7}}}));
}

TEST(PriorityTest, RandomTiesReachTheJobsThatAreStopped) {
  std::set<size_t> stopped;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Scenario scenario = MakeScenario({{.gpus = 3}});
    SetRole(&scenario, "preempt", "priority");
    scenario.seed = seed;
    scenario.scheduler.ties = scenario::TieRule::kRandom;
    std::vector<Work> works(3, {.submit = 0, .run = 10});
    works.push_back({.submit = 2, .run = 5, .priority = 1});
    const Played played = Play(scenario, works);
    for (size_t job = 0; job < 3; ++job) {
      if (played.stints[job].size() > 1) stopped.insert(job);
    }
  }
  EXPECT_EQ(stopped, (std::set<size_t>{0, 1, 2}));
}

TEST(PriorityTest, WhoWasStoppedDoesNotComeBeforeWithAgeingEither) {
  // An hour's wait is worth a level: job 0 has aged past job 1 when that one stops it at 10 h.
  Scenario scenario = ByPriority("priority");
  SetRole(&scenario, "order", "priority", {{"ageing", "1 priority/h"}});
  const double hour = 3600;
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 20 * hour, .priority = 0},
                            {.submit = 10 * hour, .run = hour, .priority = 5}})
                .stints,
            (Stints{{{0, 10 * hour}, {11 * hour, 21 * hour}}, {{10 * hour, 11 * hour}}}));
}

Scenario ByOrder(const std::string& order, const std::string& quantum) {
  Scenario scenario = MakeScenario({{}});
  SetRole(&scenario, "order", order);
  SetRole(&scenario, "preempt", "by_order", {{"quantum", quantum}});
  return scenario;
}

TEST(SrtfTest, WhoeverHasTheLeastLeftRuns) {
  // Job 1 (3 s) stops job 0 (8 s left) at 2; job 2 (8 s) ties with job 0 and comes after it; job 3
  // (1 s) stops job 1 (2 s left) at 3. From 6 job 0 until 14, job 2 until 22.
  EXPECT_EQ(Play(ByOrder("srtf", "0s"), {{.submit = 0, .run = 10},
                                         {.submit = 2, .run = 3},
                                         {.submit = 2, .run = 8},
                                         {.submit = 3, .run = 1}})
                .stints,
            (Stints{{{0, 2}, {6, 14}}, {{2, 3}, {4, 6}}, {{14, 22}}, {{3, 4}}}));
}

TEST(SrtfTest, AQuantumMustEndFirst) {
  // Job 1 comes at 2 and stops job 0 at 5, when that one still has 5 s against 3.
  EXPECT_EQ(Play(ByOrder("srtf", "5s"), {{.submit = 0, .run = 10}, {.submit = 2, .run = 3}}).stints,
            (Stints{{{0, 5}, {8, 13}}, {{5, 8}}}));
}

TEST(SrtfTest, GoesByEstimatesAndNotByTheTruth) {
  // Job 1 says 9 s, more than job 0 has left, but takes 1.
  EXPECT_EQ(Play(ByOrder("srtf", "0s"),
                 {{.submit = 0, .run = 10}, {.submit = 2, .run = 1, .estimate = 9}})
                .stints,
            (Stints{{{0, 10}}, {{10, 11}}}));
  Scenario oracle = ByOrder("srtf", "0s");
  oracle.scheduler.oracle = true;
  EXPECT_EQ(Play(oracle, {{.submit = 0, .run = 10}, {.submit = 2, .run = 1, .estimate = 9}}).stints,
            (Stints{{{0, 2}, {3, 11}}, {{2, 3}}}));
}

// Three jobs on two GPUs, all there at 0: the example of Tiresias (Gu et al., NSDI 2019, section
// 3.2). They want 2 GPUs for 2 units of time, 1 GPU for 8, and 2 GPUs for 6: 4, 8 and 12 GPU-units.
// From the paper are the jobs, the rule (whoever has had the least GPUs × time runs, all of a job's
// GPUs or none), and the mean JCTs that it prints: 11.7 with LAS, 10.0 with the Gittins index, 9.3
// where sizes are known. Worked by us are the schedules below, and these figures from them: the
// paper's unit of time is the quantum, and jobs that are even go by number. A unit is 1,000 s here.
std::vector<Work> Tiresias() {
  return {{.submit = 0, .run = 2000, .gpus = 2},
          {.submit = 0, .run = 8000},
          {.submit = 0, .run = 6000, .gpus = 2}};
}

Scenario Las(const std::string& threshold) {
  Scenario scenario = MakeScenario({{.gpus = 2}});
  SetRole(&scenario, "order", "las2d", {{"threshold_1", threshold}});
  SetRole(&scenario, "preempt", "by_order", {{"quantum", "1000s"}});
  return scenario;
}

void ExpectNear(const Stints& stints, const Stints& expected) {
  ASSERT_EQ(stints.size(), expected.size());
  for (size_t job = 0; job < stints.size(); ++job) {
    ASSERT_EQ(stints[job].size(), expected[job].size()) << "job " << job;
    for (size_t i = 0; i < stints[job].size(); ++i) {
      // Where GPU-times are even, a job must have had more than another one, by a nanosecond.
      EXPECT_NEAR(stints[job][i].run, expected[job][i].run, 1e-6) << "job " << job << ", " << i;
      EXPECT_NEAR(stints[job][i].end, expected[job][i].end, 1e-6) << "job " << job << ", " << i;
    }
  }
}

TEST(LasTest, TwoDimensionalLasSharesTheGpusInTurn) {
  // In units, with a quantum of 1; GPU-units in brackets, of those that wait first:
  //   0 job 0 → 2; 1 job 1 (0) → 1; 2 job 2 (0) → 2; 3 job 1 (1) → 2; 4 job 0 (2) → 4, done at 5;
  //   5 job 2 (2, and job 1 has 1 ns more) → 4; 6 job 1 (2) → 4 by 8, where it is even with job 2;
  //   8 job 2 → 6; 9 job 1 → 6 by 11; 11 job 2 → 8; 12 job 1 → 8, done at 14; 14 job 2, done at 16.
  const Played played = Play(Las("0 GPU-s"), Tiresias());
  ExpectNear(played.stints,
             {{{0, 1000}, {4000, 5000}},
              {{1000, 2000}, {3000, 4000}, {6000, 8000}, {9000, 11000}, {12000, 14000}},
              {{2000, 3000}, {5000, 6000}, {8000, 9000}, {11000, 12000}, {14000, 16000}}});
  // Mean JCT (5 + 14 + 16) / 3 = 35 / 3 units, which is the paper's 11.7.
  EXPECT_NEAR(played.ran.summary.jct_s.mean, 35000.0 / 3, 1e-3);
}

TEST(LasTest, TwoQueuesSpareMostOfTheSwitches) {
  // The first queue ends at 4 GPU-units. Job 0 is done by then, at 2. Job 1 leaves it at 6 and
  // makes room for job 2, which leaves it at 8: in one queue with job 1, it runs on to 12. Job 1
  // has 4 units left. Mean JCT (2 + 16 + 12) / 3 = 10. The threshold is ours; the paper's example
  // has no queues.
  const Played played = Play(Las("4000 GPU-s"), Tiresias());
  EXPECT_EQ(played.stints, (Stints{{{0, 2000}}, {{2000, 6000}, {12000, 16000}}, {{6000, 12000}}}));
  EXPECT_EQ(played.ran.summary.jct_s.mean, 10000);
}

TEST(CheckpointTest, WorkSinceTheLastCheckpointIsLost) {
  // Batches of 3 s. Job 0 is stopped at 5 with 5 s done: 3 are kept, 2 lost, 7 left. It goes on at
  // 9 and is stopped at 13 with 3 + 4 = 7 s done: 6 are kept, 1 lost, 4 left, from 15 to 19.
  const Played played =
      Play(ByPriority("priority"),
           {{.submit = 0, .run = 10, .checkpoint = 3, .job_class = JobClass::kBatchInference},
            {.submit = 5, .run = 4, .priority = 1},
            {.submit = 13, .run = 2, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 13}, {15, 19}}, {{5, 9}}, {{13, 15}}}));
  EXPECT_EQ(played.row(0).useful_ns, Ns(10));
  EXPECT_EQ(played.row(0).lost_ns, Ns(2 + 1));
  EXPECT_EQ(played.row(0).allocated_ns, Ns(5 + 4 + 4));
  EXPECT_EQ(played.row(0).preemptions, 2);
}

TEST(CheckpointTest, TrainingSavesItsStateWhenToldToStop) {
  const Played played = Play(ByPriority("priority"), {{.submit = 0, .run = 10, .checkpoint = 3},
                                                      {.submit = 5, .run = 4, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 14}}, {{5, 9}}}));
  EXPECT_EQ(played.row(0).lost_ns, 0);
}

TEST(SetupTest, EveryAttemptSetsUpAnew) {
  // 2 s of set-up before each attempt: at 5 job 0 has done 3 s; it goes on at 9 for 2 + 7 s.
  const Played played = Play(ByPriority("priority"), {{.submit = 0, .run = 10, .setup = 2},
                                                      {.submit = 5, .run = 4, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 18}}, {{5, 9}}}));
  EXPECT_EQ(played.row(0).useful_ns, Ns(10));
  EXPECT_EQ(played.row(0).allocated_ns, Ns(14));
}

TEST(SetupTest, IsNoPartOfTheLimit) {
  // Work of 10 s with a limit of 10 s and 2 s of set-up: not killed, however often it is stopped.
  const Work limited = {.submit = 0, .run = 10, .limit = 10, .setup = 2};
  const Played played = Play(
      ByPriority("priority"),
      {limited, {.submit = 5, .run = 4, .priority = 1}, {.submit = 12, .run = 1, .priority = 1}});
  // 3 s done at 5, 4 at 12.
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 12}, {13, 21}}, {{5, 9}}, {{12, 13}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
}

TEST(LimitTest, CountsWorkThatIsKept) {
  // Of 10 s, a limit of 8 lets 8 be done: 3 until 5 and, after another set-up, 5 from 11 to 16.
  const Played played = Play(
      ByPriority("priority"),
      {{.submit = 0, .run = 10, .limit = 8, .setup = 2}, {.submit = 5, .run = 4, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 16}}, {{5, 9}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kKilled);
}

TEST(LimitTest, WorkLostToAStopMayBeDoneAgain) {
  // Batches of 3 s: stopped at 5, job 0 keeps 3 s and does the other 7 of its limit from 9 to 16.
  const Played played = Play(ByPriority("priority"), {{.submit = 0,
                                                       .run = 10,
                                                       .limit = 10,
                                                       .checkpoint = 3,
                                                       .job_class = JobClass::kBatchInference},
                                                      {.submit = 5, .run = 4, .priority = 1}});
  EXPECT_EQ(played.stints, (Stints{{{0, 5}, {9, 16}}, {{5, 9}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
}

TEST(DelaysTest, StartsAndStopsTakeTime) {
  // Starts take 2 s, stops 3. Job 0 runs from 2; at 5 it is told to stop with 3 s done, and its GPU
  // is free at 8. Job 1 runs from 10 to 14, job 0 again from 16, for 7 s.
  Scenario scenario = ByPriority("priority");
  scenario.scheduler.delays.start = Duration::Seconds(2);
  scenario.scheduler.delays.stop = Duration::Seconds(3);
  const Played played = Play(
      scenario, {{.submit = 0, .run = 10, .priority = 1}, {.submit = 5, .run = 4, .priority = 2}});
  EXPECT_EQ(played.stints, (Stints{{{2, 8}, {16, 23}}, {{10, 14}}}));
  // Nodes held from 0 to 8 and from 14 to 23, of which 10 s count; 2 + 3 + 2 are overhead.
  EXPECT_EQ(played.row(0).allocated_ns, Ns(17));
  EXPECT_EQ(played.row(0).useful_ns, Ns(10));
  EXPECT_EQ(played.row(0).lost_ns, 0);
  EXPECT_EQ(played.row(1).allocated_ns, Ns(6));
  EXPECT_EQ(played.row(1).start_ns, Ns(10));
}

// Jobs that get less done in a quantum than a stop costs would take turns for ever.
TEST(LasTest, ATurnLastsUntilSomethingIsSaved) {
  // Turns of 10 s, batches of 25: each job does a batch a turn, after 10 s of set-up. At 35 both
  // 0's GPU-time (35) and its batch are there; at 70 job 1's.
  Scenario scenario = MakeScenario({{}});
  SetRole(&scenario, "order", "las2d", {{"threshold_1", "0 GPU-s"}});
  SetRole(&scenario, "preempt", "by_order", {{"quantum", "10s"}});
  const Work batches = {.submit = 0,
                        .run = 50,
                        .checkpoint = 25,
                        .setup = 10,
                        .job_class = JobClass::kBatchInference};
  const Played played = Play(scenario, {batches, batches});
  ExpectNear(played.stints, {{{0, 35}, {70, 105}}, {{35, 70}, {105, 140}}});
  EXPECT_EQ(played.row(0).lost_ns, 0);
}

// GPUs that differ in fp16 throughput alone, which is what training goes by.
std::vector<fleet::GpuModel> Gpus() {
  std::vector<fleet::GpuModel> gpus(3);
  const char* ids[] = {"fast", "half", "third"};
  const double tflops[] = {300, 150, 100};
  for (size_t i = 0; i < gpus.size(); ++i) {
    gpus[i].id = ids[i];
    gpus[i].fp16_tflops = tflops[i];
    gpus[i].fp32_tflops = tflops[i];
    gpus[i].bandwidth_gbs = 1e6;
    gpus[i].memory_mib = 1024;
  }
  return gpus;
}

TEST(SpeedTest, AGpuOfHalfTheSpeedTakesTwiceAsLong) {
  const Scenario scenario = MakeScenario({{.gpu = "half"}}, Gpus());
  EXPECT_EQ(Play(scenario,
                 {{.submit = 0, .run = 10, .gpu = "fast"}, {.submit = 0, .run = 10, .gpu = "half"}})
                .stints,
            (Stints{{{0, 20}}, {{20, 30}}}));
}

TEST(SpeedTest, AGangGoesAtThePaceOfItsSlowestMember) {
  const Scenario scenario = MakeScenario({{.gpu = "fast"}, {.gpu = "half"}}, Gpus());
  EXPECT_EQ(Play(scenario, {{.submit = 0, .run = 10, .replicas = 2, .gpu = "fast"}}).stints,
            (Stints{{{0, 20}}}));
}

TEST(SpeedTest, CopiesThatShareAListGoAtTheirMean) {
  // (1 + 1/2) / 2: 10 s of work take 13 1/3 s, the last nanosecond counted in full.
  const Scenario scenario = MakeScenario({{.gpu = "fast"}, {.gpu = "half"}}, Gpus());
  const Played played = Play(scenario, {{.submit = 0,
                                         .run = 10,
                                         .replicas = 2,
                                         .job_class = JobClass::kBatchInference,
                                         .gpu = "fast"}});
  EXPECT_EQ(played.row(0).end_ns, 13'333'333'334);
}

TEST(SpeedTest, FastestTakesTheFastestThatIsFree) {
  Scenario scenario = MakeScenario({{.gpu = "third"}, {.gpu = "fast"}, {.gpu = "half"}}, Gpus());
  SetRole(&scenario, "place", "fastest");
  const Played played = Play(scenario, std::vector<Work>(3, {.run = 10, .gpu = "fast"}));
  EXPECT_EQ(played.stints, (Stints{{{0, 10}}, {{0, 20}}, {{0, 30}}}));
  EXPECT_EQ(played.ran.jobs[0].node, 1u);
  EXPECT_EQ(played.ran.jobs[1].node, 2u);
}

TEST(SpeedTest, LimitsScaleWithTheSpeed) {
  // On a GPU of a third of the speed, a limit of 10 s is 30: enough for 10 s of work, not for 11.
  const Scenario scenario = MakeScenario({{.gpu = "third"}}, Gpus());
  const Played played = Play(scenario, {{.submit = 0, .run = 10, .limit = 10, .gpu = "fast"},
                                        {.submit = 0, .run = 11, .limit = 10, .gpu = "fast"}});
  EXPECT_EQ(played.stints, (Stints{{{0, 30}}, {{30, 60}}}));
  EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished);
  EXPECT_EQ(played.row(1).outcome, results::JobOutcome::kKilled);
}

TEST(SpeedTest, WorkThatEqualsItsLimitIsDoneAtEverySpeed) {
  for (const double tflops : {7.0, 11.0, 13.0, 170.0, 299.0}) {
    std::vector<fleet::GpuModel> gpus = Gpus();
    gpus[1].fp16_tflops = tflops;
    const Scenario scenario = MakeScenario({{.gpu = "half"}}, gpus);
    const Played played = Play(scenario, {{.run = 10, .limit = 10, .gpu = "fast"}});
    EXPECT_EQ(played.row(0).outcome, results::JobOutcome::kFinished) << tflops;
  }
}

// What StoppableFrom promises at other speeds than 1: at that moment, not before, a stop keeps
// something.
TEST(SpeedTest, AnAttemptHasBeenWorthItsStartWhenItHasSaved) {
  policies::JobInfo job;
  job.phase = policies::JobPhase::kRunning;
  job.attempt_start = SimTime::FromSeconds(100);
  job.run_start = SimTime::FromSeconds(102);
  job.setup = Duration::Seconds(3);
  job.done = Duration::Seconds(50);
  job.next_save = Duration::Seconds(80);
  // 30 s of work to the next save, which the start and set-up (5 s) do not outweigh.
  job.speed = 1;
  EXPECT_EQ(job.StoppableFrom(), SimTime::FromSeconds(102 + 3 + 30));
  job.speed = 0.5;
  EXPECT_EQ(job.StoppableFrom(), SimTime::FromSeconds(102 + 3 + 60));
  job.speed = 2;
  EXPECT_EQ(job.StoppableFrom(), SimTime::FromSeconds(102 + 3 + 15));
  job.speed = 10;  // 3 s to the save, but 5 s to be worth the start
  EXPECT_EQ(job.StoppableFrom(), SimTime::FromSeconds(102 + 3 + 5));
  for (const double speed : {1.0 / 3, 0.1, 0.7, 1.3, 3.0}) {
    job.speed = speed;
    const Duration work = job.StoppableFrom() - job.run_start - job.setup;
    const auto done = [&](Duration time) {
      return static_cast<int64_t>(static_cast<double>(time.nanos()) * speed);
    };
    EXPECT_GE(done(work), Ns(30)) << speed;
    EXPECT_LT(done(work - Duration::Nanos(2)), Ns(30)) << speed;
  }
}

}  // namespace
}  // namespace orrery
