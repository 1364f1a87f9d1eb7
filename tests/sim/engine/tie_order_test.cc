// Events of one instant: completion, failure and repair, arrival, decision, sample; then in the
// order in which they were scheduled.
#include <gtest/gtest.h>

#include <cstdint>

#include "sim/engine/simulator.h"
#include "tests/sim/engine/recorder.h"

namespace orrery::engine {
namespace {

TEST(TieOrderTest, CompletionFailureArrivalDecisionSample) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(7, 4, Priority::kSample);
  recorder.At(7, 3, Priority::kDecision);
  recorder.At(7, 0, Priority::kCompletion);
  recorder.At(7, 2, Priority::kArrival);
  recorder.At(7, 1, Priority::kFailure);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 5));
}

TEST(TieOrderTest, EqualPrioritiesKeepTheOrderOfScheduling) {
  Simulator simulator;
  Recorder recorder(simulator);
  for (uint64_t i = 0; i < 20; ++i) recorder.At(7, i);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 20));
}

TEST(TieOrderTest, TimeGoesBeforePriority) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(8, 1, Priority::kCompletion);
  recorder.At(7, 0, Priority::kSample);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 2));
}

// A decision asked for now waits for everything else of this instant, even for what is scheduled
// after it; a completion scheduled for now by a sample still goes before the next sample.
TEST(TieOrderTest, EventsScheduledForNowTakeTheirPlace) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    if (event.payload == 0) {
      recorder.At(7, 3, Priority::kDecision);
      recorder.At(7, 2, Priority::kArrival);
    }
    if (event.payload == 4) recorder.At(7, 5, Priority::kCompletion);
  };
  recorder.At(7, 4, Priority::kSample);
  recorder.At(7, 6, Priority::kSample);
  recorder.At(7, 0, Priority::kCompletion);
  recorder.At(7, 1, Priority::kArrival);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 7));
}

TEST(TieOrderTest, HoldsForManyEventsOfOneInstant) {
  Simulator simulator;
  Recorder recorder(simulator);
  constexpr uint64_t kEach = 5'000;
  for (uint64_t i = 0; i < kEach; ++i) {
    for (const int p : {3, 1, 4, 0, 2}) {
      recorder.At(1'000'000, static_cast<uint64_t>(p) * kEach + i, static_cast<Priority>(p));
    }
  }
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 5 * kEach));
}

// Events that were scheduled for this instant earlier on go before those scheduled in it, also
// where the queue had to rearrange them meanwhile.
TEST(TieOrderTest, EarlierScheduledGoFirstAfterRearrangement) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    if (event.payload != 0) return;
    for (uint64_t i = 0; i < 5; ++i) recorder.At(10, 101 + i);
    for (uint64_t i = 0; i < 200; ++i) recorder.At(500, 106 + i);
  };
  recorder.At(10, 0);
  recorder.At(1000, 306);
  EXPECT_EQ(simulator.NextTime().nanos(), 10);
  for (uint64_t i = 0; i < 100; ++i) recorder.At(10, 1 + i);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 307));
}

// The queue may have prepared the events of an instant when earlier ones come in from outside.
TEST(TieOrderTest, EarlierInstantGoesFirstAfterALookAhead) {
  Simulator simulator;
  Recorder recorder(simulator);
  for (uint64_t i = 0; i < 300; ++i) recorder.At(100, 600 + i);
  EXPECT_EQ(simulator.NextTime().nanos(), 100);
  for (uint64_t i = 0; i < 300; ++i) recorder.At(50, 300 + i);
  for (uint64_t i = 0; i < 300; ++i) recorder.At(20, i);
  EXPECT_EQ(simulator.NextTime().nanos(), 20);
  recorder.At(100, 900);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 901));
}

}  // namespace
}  // namespace orrery::engine
