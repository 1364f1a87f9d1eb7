// Cancelling and setting again: what handles mean, and that cancelled events leave nothing behind.
#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/engine/simulator.h"
#include "tests/sim/engine/recorder.h"

namespace orrery::engine {
namespace {

SimTime At(int64_t nanos) { return SimTime::FromNanos(nanos); }

TEST(CancelTest, ACancelledEventDoesNotHappen) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle first = recorder.At(10, 1);
  recorder.At(20, 2);
  EXPECT_TRUE(simulator.IsPending(first));
  EXPECT_TRUE(simulator.Cancel(first));
  EXPECT_FALSE(simulator.IsPending(first));
  EXPECT_EQ(simulator.pending(), 1u);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{2}));
}

TEST(CancelTest, StaleHandlesDoNothing) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle nothing;
  EventHandle happened = recorder.At(10, 1);
  EventHandle cancelled = recorder.At(20, 2);
  simulator.Cancel(cancelled);
  simulator.Run(At(15));
  const EventHandle successor = recorder.At(30, 3);
  EXPECT_FALSE(simulator.IsPending(happened));
  EXPECT_FALSE(simulator.Cancel(happened));
  EXPECT_FALSE(cancelled);
  EXPECT_FALSE(simulator.Cancel(cancelled));
  EXPECT_FALSE(simulator.Cancel(nothing));
  EXPECT_FALSE(nothing);
  EXPECT_TRUE(successor);
  EXPECT_TRUE(simulator.IsPending(successor));
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 3}));
}

// A handle is moved, never copied: what was moved away names nothing.
TEST(CancelTest, OneHandleNamesAnEvent) {
  static_assert(!std::is_copy_constructible_v<EventHandle>);
  static_assert(!std::is_copy_assignable_v<EventHandle>);
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle first = recorder.At(10, 1);
  EventHandle second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(simulator.Cancel(first));
  EXPECT_TRUE(simulator.Cancel(second));
  simulator.Run(SimTime::Never());
  EXPECT_TRUE(recorder.payloads.empty());
}

// The queue drops dead events when it looks for the next one, long before their time.
TEST(CancelTest, AnEventBeforeADeadOneThatIsGoneAlreadyIsPending) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle dead = recorder.At(100, 1);
  simulator.Cancel(dead);
  EXPECT_EQ(simulator.NextTime(), SimTime::Never());
  const EventHandle earlier = recorder.At(50, 2);
  EXPECT_TRUE(simulator.IsPending(earlier));
  simulator.Run(SimTime::Never());
  EXPECT_FALSE(simulator.IsPending(earlier));
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{2}));
}

// Of one instant, events happen by priority, and each may ask for one that goes before it.
TEST(CancelTest, AnEventOfThisInstantThatGoesBeforeThePresentOneIsPending) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    if (event.payload != 1) return;
    const EventHandle kept = recorder.At(10, 2, Priority::kCompletion);
    EventHandle cancelled = recorder.At(10, 3, Priority::kCompletion);
    EXPECT_TRUE(simulator.IsPending(kept));
    EXPECT_TRUE(simulator.Cancel(cancelled));
  };
  recorder.At(5, 0, Priority::kCompletion);
  recorder.At(10, 1, Priority::kDecision);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{0, 1, 2}));
}

TEST(CancelTest, AnEventIsNoLongerPendingWhileItHappens) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle handle = recorder.At(10, 1);
  recorder.action = [&](const Event&) { EXPECT_FALSE(simulator.Cancel(handle)); };
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads.size(), 1u);
}

TEST(CancelTest, AnEventOfThisInstantCanBeCancelled) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle decision;
  recorder.action = [&](const Event& event) {
    if (event.payload == 1) decision = recorder.At(10, 9, Priority::kDecision);
    if (event.payload == 2) simulator.Cancel(decision);
  };
  recorder.At(10, 1);
  recorder.At(10, 2);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 2}));
}

TEST(CancelTest, RescheduleMovesAnEventToTheEndOfItsInstant) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle handle = recorder.At(10, 1);
  recorder.At(20, 2);
  simulator.Reschedule(handle, At(20), Priority::kArrival, recorder.id(), 0, 3);
  EXPECT_TRUE(simulator.IsPending(handle));
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{2, 3}));
}

TEST(CancelTest, RescheduleOfNothingSchedules) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle handle;
  simulator.Reschedule(handle, At(20), Priority::kArrival, recorder.id(), 0, 3);
  EXPECT_TRUE(simulator.IsPending(handle));
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{3}));
}

// A timer that is set again and again and never goes off, beside a few events that do.
TEST(CancelTest, ATimerSetAMillionTimesHoldsNoMemory) {
  Simulator simulator;
  Recorder recorder(simulator);
  EventHandle timer;
  recorder.action = [&](const Event& event) {
    if (event.payload != 1) return;
    for (int i = 0; i < 1'000; ++i) {
      simulator.Reschedule(timer, event.time + Duration::Hours(1), Priority::kFailure,
                           recorder.id(), 0, 2);
    }
    if (event.time < At(1'000)) recorder.At(event.time.nanos() + 1, 1);
  };
  recorder.At(0, 1);
  simulator.Run(At(100));
  const size_t before = simulator.memory_bytes();
  simulator.Run(SimTime::Never());
  EXPECT_EQ(simulator.events_processed(), 1'002u);
  EXPECT_EQ(recorder.payloads.back(), 2u);
  EXPECT_EQ(simulator.memory_bytes(), before);
  EXPECT_LT(before, 1u << 20);
}

// 100,000 pending events, each cancelled and set again 20 times.
TEST(CancelTest, MemoryStaysWithinTwiceTheLiveEvents) {
  Simulator simulator;
  Recorder recorder(simulator);
  constexpr uint64_t kPending = 100'000;
  std::vector<EventHandle> handles;
  for (uint64_t i = 0; i < kPending; ++i) {
    handles.push_back(recorder.At(1 + static_cast<int64_t>(i * 7'919 % 1'000'003), i));
  }
  const size_t before = simulator.memory_bytes();
  for (int64_t round = 1; round <= 20; ++round) {
    for (uint64_t i = 0; i < kPending; ++i) {
      simulator.Reschedule(handles[i],
                           At(1 + static_cast<int64_t>((i + 31) * 7'919 % 1'000'003) * round),
                           Priority::kArrival, recorder.id(), 0, i);
    }
    EXPECT_EQ(simulator.pending(), kPending);
  }
  EXPECT_LT(simulator.memory_bytes(), before * 5 / 2);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads.size(), kPending);
}

TEST(CancelTest, SweepingKeepsTheOrderOfThisInstant) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    if (event.payload != 0) return;
    std::vector<EventHandle> dead;
    for (uint64_t i = 0; i < 1'000; ++i) {
      for (int k = 0; k < 4; ++k) dead.push_back(recorder.At(10, 99'999));
      recorder.At(10, 2'001 + i, Priority::kDecision);
      recorder.At(10, 1 + i, Priority::kFailure);
      recorder.At(10, 1'001 + i, Priority::kArrival);
    }
    for (EventHandle& handle : dead) EXPECT_TRUE(simulator.Cancel(handle));
    EXPECT_EQ(simulator.pending(), 3'000u);
  };
  recorder.At(10, 0);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 3'001));
}

}  // namespace
}  // namespace orrery::engine
