#include "sim/cli/progress_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::cli {
namespace {

using driver::Progress;
using testing::HasSubstr;
using testing::Not;

Progress HalfWay() {
  Progress progress;
  progress.now = SimTime::Zero() + Duration::Hours(84);
  progress.horizon = SimTime::Zero() + Duration::Hours(168);
  progress.events = 123456;
  progress.left = 4321;
  progress.running = 200;
  progress.waiting = 30;
  progress.wall_seconds = 40;
  return progress;
}

TEST(ProgressTextTest, TellsTimeShareSpeedJobsAndRest) {
  EXPECT_EQ(
      ProgressText("2/5", HalfWay(), 0.5, 2.5e6, 200),
      "2/5  3d 12h simulated  [######......]  50%  2,500,000 events/s  4,321 jobs done  ETA 40.0 "
      "s  (200 running, 30 waiting)");
}

TEST(ProgressTextTest, FitsTheTerminal) {
  for (const int width : {10, 60, 80, 100}) {
    EXPECT_LE(ProgressText("", HalfWay(), 0.5, 2.5e6, width).size(), static_cast<size_t>(width));
  }
}

TEST(ProgressShareTest, GoesByJobsWhereThereIsNoHorizon) {
  Progress progress = HalfWay();
  progress.horizon = SimTime::Never();
  EXPECT_DOUBLE_EQ(ProgressShare(progress, 17284), 0.25);
}

TEST(ProgressTextTest, ClaimsNothingWhereNothingTellsTheEnd) {
  Progress progress = HalfWay();
  progress.horizon = SimTime::Never();
  const std::string text = ProgressText("", progress, ProgressShare(progress, 0), 1, 200);
  EXPECT_THAT(text, Not(HasSubstr("%")));
  EXPECT_THAT(text, Not(HasSubstr("ETA")));
}

}  // namespace
}  // namespace orrery::cli
