// The accounts of an attempt, worked by hand. Times in seconds.
#include "sim/driver/attempt.h"

#include <gtest/gtest.h>

namespace orrery::driver {
namespace {

using cluster::AttemptReport;
using cluster::EndReason;

Duration S(int64_t seconds) { return Duration::Seconds(seconds); }
SimTime At(int64_t seconds) { return SimTime::Zero() + S(seconds); }

// 1000 s of training, saved every 100 s; it began to run at 50.
Attempt Training(Duration save_cost, double speed = 1) {
  Attempt attempt;
  attempt.job.work = S(1000);
  attempt.job.checkpoint_interval = S(100);
  attempt.save_cost = save_cost;
  attempt.run_limit = Duration::Max();
  attempt.hold_end = At(1'000'000);
  attempt.run_start = At(50);
  attempt.speed = speed;
  return attempt;
}

// Over a nearer relay than at its start it went at twice its speed: in 300 s, 600 s of set-up, work
// and saves. With a set-up of 100 s it has worked for 500 s by then, 460 s and four saves of it, of
// which 400 s are kept by a failure and all by a preemption.
TEST(AttemptTest, WhoGainedTimeLosesNoneOfIt) {
  const Duration gained = -S(300);
  for (const EndReason reason : {EndReason::kFailed, EndReason::kPreempted, EndReason::kHorizon}) {
    Attempt attempt = Training(S(10));
    attempt.job.setup = S(100);
    const AttemptReport report = attempt.Close(reason, At(350), gained, /*died=*/false);
    EXPECT_EQ(report.kept, reason == EndReason::kFailed ? S(400) : S(460));
    EXPECT_GE(report.useful, Duration());
    EXPECT_GE(report.lost, Duration());
    EXPECT_LE(report.useful + report.lost, S(200));
  }
  // Within what its set-up takes at its own speed.
  Attempt early = Training(Duration());
  early.job.setup = S(600);
  EXPECT_EQ(early.Close(EndReason::kPreempted, At(350), gained, false).kept, Duration());
  EXPECT_EQ(early.Worked(At(360), -S(310)), S(20));
}

TEST(AttemptTest, NoCheckpointIsSavedAtTheVeryEnd) {
  Attempt attempt = Training(S(10));
  EXPECT_EQ(attempt.SavesUntil(S(99)), 0);
  EXPECT_EQ(attempt.SavesUntil(S(100)), 0);
  EXPECT_EQ(attempt.SavesUntil(S(101)), 1);
  EXPECT_EQ(attempt.SavesUntil(S(1000)), 9);
  attempt.done = S(250);
  EXPECT_EQ(attempt.SavesUntil(S(1000)), 7) << "at 300, 400, … 900";
  EXPECT_EQ(Training(Duration()).SavesUntil(S(1000)), 0);
}

TEST(AttemptTest, TheWholeRunIsSetUpWorkAndSaves) {
  Attempt attempt = Training(S(10));
  attempt.job.setup = S(7);
  EXPECT_EQ(attempt.WholeRun(), S(7 + 1000 + 9 * 10));
  attempt.speed = 2;
  EXPECT_EQ(attempt.WholeRun(), S(7 + 500 + 9 * 10));
  attempt.done = S(250);
  EXPECT_EQ(attempt.WholeRun(), S(7 + 375 + 7 * 10));
}

// 100 s of work and 10 s of saving take turns.
TEST(AttemptTest, WorkStandsStillWhileItIsSaved) {
  const Attempt attempt = Training(S(10));
  const Duration tick = Duration::Nanos(1);
  EXPECT_EQ(attempt.WorkDone(S(60)), S(60));
  EXPECT_EQ(attempt.WorkDone(S(105)), S(100) - tick);
  EXPECT_EQ(attempt.WorkDone(S(110)), S(100));
  EXPECT_EQ(attempt.WorkDone(S(150)), S(140));
  EXPECT_EQ(attempt.WorkDone(S(215)), S(200) - tick);
  EXPECT_EQ(attempt.WorkDone(S(225)), S(205));
}

// The second attempt begins at 250, so the first save comes after 50 s of work, 25 s of time.
TEST(AttemptTest, SavesComeAtMultiplesOfTheIntervalAtAnySpeed) {
  Attempt attempt = Training(S(10), 2);
  attempt.done = S(250);
  EXPECT_EQ(attempt.WorkDone(S(20)), S(40));
  EXPECT_EQ(attempt.WorkDone(S(35)), S(50));
  EXPECT_EQ(attempt.WorkDone(S(35 + 60 + 5)), S(50 + 100 + 10));
}

// The limit is of work: saving does not count, nor does the set-up.
TEST(AttemptTest, ALimitAllowsForSetUpAndSaves) {
  Attempt attempt = Training(S(10));
  attempt.job.setup = S(7);
  EXPECT_EQ(attempt.LimitFrom(At(50)).nanos(), SimTime::Never().nanos() - 1);
  attempt.run_limit = S(250);
  EXPECT_EQ(attempt.LimitFrom(At(50)), At(50 + 7 + 250 + 2 * 10));
  EXPECT_EQ(Training(Duration()).LimitFrom(At(50)).nanos(), SimTime::Never().nanos() - 1);
}

// 375 s after its start it has worked for 345 s and saved three times; 300 s are kept.
TEST(AttemptTest, AFailureLosesWhatWasNotSaved) {
  Attempt attempt = Training(S(10));
  const AttemptReport report = attempt.Close(EndReason::kFailed, At(50 + 375), Duration(), false);
  EXPECT_EQ(report.reason, EndReason::kFailed);
  EXPECT_EQ(report.kept, S(300));
  EXPECT_EQ(report.useful, S(300));
  EXPECT_EQ(report.lost, S(45)) << "of 375 s, 30 s went into saving";
  EXPECT_EQ(attempt.done, S(300));
  EXPECT_EQ(attempt.SavesUntil(S(1000)), 6);
}

// The same end, announced: all is saved.
TEST(AttemptTest, AnAnnouncedStopLosesNothing) {
  Attempt attempt = Training(S(10));
  const AttemptReport report =
      attempt.Close(EndReason::kPreempted, At(50 + 375), Duration(), false);
  EXPECT_EQ(report.kept, S(345));
  EXPECT_EQ(report.useful, S(345));
  EXPECT_EQ(report.lost, Duration());
}

// Of 275 s others took 30 s: 245 s of work, of which two checkpoints keep 200 s.
TEST(AttemptTest, TimeThatOthersTookOnItsGpusIsLost) {
  Attempt attempt = Training(Duration());
  const AttemptReport report = attempt.Close(EndReason::kFailed, At(50 + 275), S(30), false);
  EXPECT_EQ(report.kept, S(200));
  EXPECT_EQ(report.useful, S(200));
  EXPECT_EQ(report.lost, S(75));
}

TEST(AttemptTest, AFinishedJobHasLostNothing) {
  Attempt attempt = Training(S(10), 2);
  attempt.done = S(300);
  // 350 s of work at speed 2, and saves at 400, 500, … 900.
  const AttemptReport report =
      attempt.Close(EndReason::kFinished, At(50 + 350 + 60), Duration(), false);
  EXPECT_EQ(report.kept, S(700));
  EXPECT_EQ(report.useful, S(350));
  EXPECT_EQ(report.lost, Duration());
  EXPECT_EQ(attempt.done, S(1000));
}

// Whatever saving costs, it was as useful as it was slow.
TEST(AttemptTest, TimeThatOthersTookFromAFinishedJobIsUseful) {
  for (const Duration cost : {Duration(), S(10)}) {
    Attempt attempt = Training(cost);
    const AttemptReport report =
        attempt.Close(EndReason::kFinished, At(50 + 1000 + 100) + cost * 9, S(100), false);
    EXPECT_EQ(report.kept, S(1000));
    EXPECT_EQ(report.useful, S(1100));
    EXPECT_EQ(report.lost, Duration());
  }
}

// What runs at the horizon keeps all; what has died by then does not.
TEST(AttemptTest, TheHorizonTakesNothingFromTheLiving) {
  Attempt runs = Training(Duration()), dead = Training(Duration());
  const AttemptReport live = runs.Close(EndReason::kHorizon, At(50 + 275), Duration(), false);
  EXPECT_EQ(live.kept, S(275));
  EXPECT_EQ(live.lost, Duration());
  const AttemptReport gone = dead.Close(EndReason::kHorizon, At(50 + 275), Duration(), true);
  EXPECT_EQ(gone.kept, S(200));
  EXPECT_EQ(gone.lost, S(75));
}

TEST(AttemptTest, NothingIsDoneBeforeItRuns) {
  Attempt attempt = Training(S(10));
  attempt.done = S(300);
  attempt.run_start = SimTime::Never();
  const AttemptReport report = attempt.Close(EndReason::kKilled, At(80), Duration(), false);
  EXPECT_EQ(report.kept, Duration());
  EXPECT_EQ(report.useful, Duration());
  EXPECT_EQ(report.lost, Duration());
  EXPECT_EQ(attempt.done, S(300));
}

}  // namespace
}  // namespace orrery::driver
