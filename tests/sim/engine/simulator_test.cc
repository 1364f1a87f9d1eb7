#include "sim/engine/simulator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "tests/sim/engine/recorder.h"

namespace orrery::engine {
namespace {

SimTime At(int64_t nanos) { return SimTime::FromNanos(nanos); }

TEST(SimulatorTest, BringsEventsToTheirComponentInOrder) {
  Simulator simulator;
  Recorder a(simulator);
  Recorder b(simulator);
  a.At(30, 3);
  b.At(20, 2);
  a.At(10, 1);
  EXPECT_EQ(simulator.Run(SimTime::Never()), RunEnd::kDrained);
  EXPECT_EQ(a.payloads, (std::vector<uint64_t>{1, 3}));
  EXPECT_EQ(b.payloads, (std::vector<uint64_t>{2}));
  EXPECT_EQ(simulator.events_processed(), 3u);
  EXPECT_EQ(simulator.now(), At(30));
}

TEST(SimulatorTest, EventCarriesWhatWasScheduled) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    EXPECT_EQ(event.time, At(5));
    EXPECT_EQ(event.priority(), Priority::kFailure);
    EXPECT_EQ(event.component, recorder.id());
    EXPECT_EQ(event.kind, 65'535);
    EXPECT_EQ(event.payload, ~uint64_t{0});
    EXPECT_EQ(simulator.now(), At(5));
  };
  simulator.Schedule(At(5), Priority::kFailure, recorder.id(), 65'535, ~uint64_t{0});
  EXPECT_TRUE(simulator.Step());
  EXPECT_FALSE(simulator.Step());
}

TEST(SimulatorTest, HorizonIncludesItsInstant) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(10, 1);
  recorder.At(20, 2);
  recorder.At(21, 3);
  recorder.action = [&](const Event& event) {
    if (event.payload == 2) recorder.At(20, 4, Priority::kDecision);
  };
  EXPECT_EQ(simulator.Run(At(20)), RunEnd::kHorizon);
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 2, 4}));
  EXPECT_EQ(simulator.now(), At(20));
  EXPECT_EQ(simulator.pending(), 1u);
  EXPECT_EQ(simulator.NextTime(), At(21));
}

TEST(SimulatorTest, ClockReachesTheHorizonWithoutEvents) {
  Simulator simulator;
  Recorder recorder(simulator);
  EXPECT_EQ(simulator.Run(At(50)), RunEnd::kDrained);
  EXPECT_EQ(simulator.now(), At(50));
  recorder.At(50, 1);
  recorder.At(70, 2);
  EXPECT_EQ(simulator.Run(At(60)), RunEnd::kHorizon);
  EXPECT_EQ(simulator.now(), At(60));
  EXPECT_EQ(recorder.times, (std::vector<int64_t>{50}));
}

TEST(SimulatorTest, WithoutHorizonTheClockStaysAtTheLastEvent) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(10, 1);
  EXPECT_EQ(simulator.Run(SimTime::Never()), RunEnd::kDrained);
  EXPECT_EQ(simulator.now(), At(10));
}

TEST(SimulatorTest, StopFlagFinishesTheEventInProgress) {
  Simulator simulator;
  Recorder recorder(simulator);
  std::atomic<bool> stop = false;
  recorder.action = [&](const Event& event) {
    if (event.payload != 1) return;
    stop = true;
    recorder.At(10, 2);
  };
  recorder.At(10, 1);
  EXPECT_EQ(simulator.Run(At(100), &stop), RunEnd::kStopped);
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1}));
  EXPECT_EQ(simulator.now(), At(10));
  EXPECT_EQ(simulator.pending(), 1u);
  stop = false;
  EXPECT_EQ(simulator.Run(At(100), &stop), RunEnd::kDrained);
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 2}));
}

TEST(SimulatorTest, AComponentCanStopTheRun) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.action = [&](const Event& event) {
    if (event.payload == 1) simulator.Stop();
  };
  recorder.At(10, 1);
  recorder.At(20, 2);
  EXPECT_EQ(simulator.Run(SimTime::Never()), RunEnd::kStopped);
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1}));
  EXPECT_EQ(simulator.Run(SimTime::Never()), RunEnd::kDrained);
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 2}));
}

TEST(SimulatorTest, FarthestTimeIsReached) {
  Simulator simulator;
  Recorder recorder(simulator);
  const int64_t last = SimTime::Never().nanos() - 1;
  recorder.At(last, 3);
  recorder.At(0, 1);
  recorder.At(last - 1, 2);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, (std::vector<uint64_t>{1, 2, 3}));
  recorder.At(last, 4);
  EXPECT_TRUE(simulator.Step());
  EXPECT_EQ(simulator.now().nanos(), last);
}

TEST(SimulatorTest, AnEventInCenturiesDoesNotDisturbTheOthers) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(SimTime::Never().nanos() - 1, 1'000'000);
  recorder.action = [&](const Event& event) {
    if (event.payload < 1'000) recorder.At(event.time.nanos() + 1'000, event.payload);
    if (simulator.events_processed() == 50'000) simulator.Stop();
  };
  for (uint64_t i = 0; i < 1'000; ++i) recorder.At(static_cast<int64_t>(i), i);
  simulator.Run(SimTime::Never());
  for (size_t i = 0; i < recorder.times.size(); ++i) {
    ASSERT_EQ(recorder.times[i], static_cast<int64_t>(i));
  }
}

TEST(SimulatorTest, NextTimeIsNeverWhenNothingIsPending) {
  Simulator simulator;
  Recorder recorder(simulator);
  EXPECT_EQ(simulator.NextTime(), SimTime::Never());
  EventHandle handle = recorder.At(10, 1);
  EXPECT_EQ(simulator.NextTime(), At(10));
  simulator.Cancel(handle);
  EXPECT_EQ(simulator.NextTime(), SimTime::Never());
}

TEST(SimulatorTest, AsksToFetchWhatIsFarBeforeItHappens) {
  Simulator simulator;
  Recorder recorder(simulator);
  for (uint64_t i = 0; i < 200; ++i) recorder.At(1000 * static_cast<int64_t>(i + 1), i);
  simulator.Run(SimTime::Never());
  EXPECT_EQ(recorder.payloads, Numbers(0, 200));
  std::vector<uint64_t> fetched = recorder.fetched;
  std::sort(fetched.begin(), fetched.end());
  EXPECT_EQ(fetched, Numbers(0, 200));
}

TEST(SimulatorDeathTest, RefusesThePast) {
  Simulator simulator;
  Recorder recorder(simulator);
  recorder.At(10, 1);
  simulator.Run(SimTime::Never());
  EXPECT_DEATH(recorder.At(9, 2), "time >= now_.*9, .*10");
  EXPECT_DEATH(simulator.Run(At(9)), "until >= now_.*9, .*10");
}

TEST(SimulatorDeathTest, RefusesNeverAndUnknownComponents) {
  Simulator simulator;
  Recorder recorder(simulator);
  EXPECT_DEATH(recorder.At(SimTime::Never().nanos(), 1), "Never");
  EXPECT_DEATH(simulator.Schedule(At(1), Priority::kArrival, ComponentId(1), 0, 0), "component");
  EXPECT_DEATH(simulator.Schedule(At(1), Priority::kArrival, ComponentId::None(), 0, 0),
               "component");
}

}  // namespace
}  // namespace orrery::engine
