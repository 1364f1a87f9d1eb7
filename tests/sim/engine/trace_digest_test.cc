// The trace digest of a whole run, in every build mode.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "sim/engine/simulator.h"
#include "tests/sim/engine/recorder.h"

namespace orrery::engine {
namespace {

// Events on all scales of time, ties, and cancellations, from a linear congruential sequence
// (Knuth, TAOCP 2, section 3.3.4).
std::string DigestOfARun(uint64_t seed) {
  Simulator simulator;
  Recorder recorder(simulator);
  uint64_t x = seed;
  const auto draw = [&x] { return (x = x * 6'364'136'223'846'793'005u + 1) >> 16; };
  EventHandle timer;
  recorder.action = [&](const Event& event) {
    if (simulator.events_processed() > 50'000) return;
    for (uint64_t i = draw() % 3; i > 0 && simulator.pending() < 20'000; --i) {
      const int64_t delay = static_cast<int64_t>(draw() % 1'000 << draw() % 24);
      recorder.At(event.time.nanos() + delay, draw(), static_cast<Priority>(draw() % kPriorities));
    }
    simulator.Reschedule(timer, event.time + Duration::Micros(50), Priority::kSample, recorder.id(),
                         1, 0);
  };
  for (int i = 0; i < 3'000; ++i) recorder.At(static_cast<int64_t>(draw() % 1'000'000), draw());
  simulator.Run(SimTime::Never());
  return simulator.digest().ToString();
}

TEST(TraceDigestTest, IsTheSameInEveryRunAndBuild) {
  EXPECT_EQ(DigestOfARun(1), "99bd78dc5e234a9c");
  EXPECT_EQ(DigestOfARun(1), DigestOfARun(1));
}

TEST(TraceDigestTest, DependsOnTheEvents) { EXPECT_NE(DigestOfARun(1), DigestOfARun(2)); }

TEST(TraceDigestTest, IsOfTimeComponentKindAndPayload) {
  Simulator simulator;
  Recorder first(simulator);
  Recorder second(simulator);
  simulator.Schedule(SimTime::FromNanos(5), Priority::kArrival, second.id(), 3, 77);
  simulator.Run(SimTime::Never());
  Digest expected;
  expected.Add(5, 77, uint64_t{1} << 16 | 3);
  EXPECT_EQ(simulator.digest(), expected);
}

// A cancelled event leaves no trace, so that how often a timer was set again does not matter.
TEST(TraceDigestTest, CancelledEventsDoNotCount) {
  Simulator with;
  Recorder a(with);
  EventHandle cancelled = a.At(3, 1);
  with.Cancel(cancelled);
  a.At(5, 2);
  with.Run(SimTime::Never());
  Simulator without;
  Recorder b(without);
  b.At(5, 2);
  without.Run(SimTime::Never());
  EXPECT_EQ(with.digest(), without.digest());
}

}  // namespace
}  // namespace orrery::engine
