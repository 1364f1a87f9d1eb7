// The ladder queue with entries of the least size, as the benchmarks' reference uses it.
#include "sim/engine/ladder_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace orrery::engine {
namespace {

struct Item {
  uint64_t time;
  uint64_t number;
};
struct ItemOrder {
  using Entry = Item;
  static constexpr int kTieClasses = 1;
  static uint64_t Time(const Item& item) { return item.time; }
  static uint64_t SortKey(const Item& item) { return item.time; }
  static int TieClass(const Item&) { return 0; }
};
using Queue = LadderQueue<ItemOrder>;

constexpr auto kIgnore = [](const Item&) {};

std::vector<uint64_t> PopAll(Queue& queue) {
  std::vector<uint64_t> times;
  while (const Item* item = queue.Front(kIgnore)) {
    times.push_back(item->time);
    queue.PopFront();
  }
  return times;
}

TEST(LadderQueueTest, EmptyQueueHasNoFront) {
  Queue queue;
  EXPECT_EQ(queue.Front(kIgnore), nullptr);
  queue.Push({5, 0});
  EXPECT_EQ(PopAll(queue), (std::vector<uint64_t>{5}));
  EXPECT_EQ(queue.Front(kIgnore), nullptr);
}

uint64_t Scrambled(uint64_t i) { return (i * 0x9e3779b97f4a7c15u) >> 20; }

struct Shape {
  std::string name;
  std::function<uint64_t(uint64_t)> time;
};

class LadderQueueShapeTest : public testing::TestWithParam<Shape> {};

TEST_P(LadderQueueShapeTest, SortsOneHundredThousand) {
  Queue queue;
  std::vector<uint64_t> expected;
  for (uint64_t i = 0; i < 100'000; ++i) {
    expected.push_back(GetParam().time(i));
    queue.Push({expected.back(), i});
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(PopAll(queue), expected);
}

// The front is looked at after each insertion: whatever was prepared for the next pops must make
// room for what comes in before it.
TEST_P(LadderQueueShapeTest, SortsWhileTheFrontIsLookedAt) {
  Queue queue;
  std::vector<uint64_t> expected;
  uint64_t least = ~uint64_t{0};
  for (uint64_t i = 0; i < 100'000; ++i) {
    const uint64_t time = GetParam().time(i);
    if (time == queue.tie_time()) {
      *queue.PushTieSlot(0) = {time, i};
    } else {
      queue.Push({time, i});
    }
    expected.push_back(time);
    least = std::min(least, time);
    ASSERT_EQ(queue.Front(kIgnore)->time, least);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(PopAll(queue), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, LadderQueueShapeTest,
    testing::Values(
        Shape{"Increasing", [](uint64_t i) { return 1 + i; }},
        Shape{"Decreasing", [](uint64_t i) { return 1'000'000 - i; }},
        Shape{"DecreasingFarApart", [](uint64_t i) { return (200'000 - i) << 40; }},
        Shape{"Scrambled", [](uint64_t i) { return 1 + Scrambled(i); }},
        Shape{"OneInstant", [](uint64_t) { return 77; }},
        Shape{"TwoInstants", [](uint64_t i) { return 5 + i % 2 * 1'000'000; }},
        Shape{"OneOutlier", [](uint64_t i) { return i == 5 ? ~uint64_t{0} >> 1 : 7 + i % 900; }},
        Shape{"PowersOfTwo", [](uint64_t i) { return uint64_t{1} << (i % 63); }},
        Shape{"Clusters",
              [](uint64_t i) { return (1 + i % 10) * 1'000'000'000'000 + Scrambled(i) % 50; }},
        Shape{"AlternatingEnds",
              [](uint64_t i) { return i % 2 ? 1'000'000 - i : 1'000'000'000 + i; }}),
    [](const auto& test) { return test.param.name; });

// Each burst is earlier and smaller than the one before, so that none outgrows what lies above it.
TEST(LadderQueueTest, HoldsEverSmallerBurstsEverEarlier) {
  Queue queue;
  std::vector<uint64_t> expected;
  queue.Push({uint64_t{1} << 40, 0});
  ASSERT_NE(queue.Front(kIgnore), nullptr);
  expected.push_back(uint64_t{1} << 40);
  constexpr uint64_t kBursts = 200;
  for (uint64_t burst = 0; burst < kBursts; ++burst) {
    for (uint64_t i = 0; i < (kBursts - burst) * 10 + 200; ++i) {
      expected.push_back((kBursts - burst) * 1'000'000 + Scrambled(i) % 5'000);
      queue.Push({expected.back(), i});
    }
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(PopAll(queue), expected);
}

TEST(LadderQueueTest, MemoryIsReused) {
  Queue queue;
  size_t after_first = 0;
  for (uint64_t round = 0; round < 10; ++round) {
    for (uint64_t i = 0; i < 50'000; ++i) queue.Push({(round << 50) + 1 + Scrambled(i), i});
    EXPECT_EQ(PopAll(queue).size(), 50'000u);
    if (round == 0) after_first = queue.bytes();
  }
  EXPECT_LE(queue.bytes(), after_first * 5 / 4);
  EXPECT_LT(after_first, 50'000 * sizeof(Item) * 3);
}

TEST(LadderQueueTest, RemoveIfLeavesTheOthersInOrder) {
  Queue queue;
  for (uint64_t i = 0; i < 50'000; ++i) queue.Push({1 + Scrambled(i), i});
  ASSERT_NE(queue.Front(kIgnore), nullptr);
  queue.RemoveIf([](const Item& item) { return item.number % 3 != 0; });
  std::vector<uint64_t> expected;
  for (uint64_t i = 0; i < 50'000; i += 3) expected.push_back(1 + Scrambled(i));
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(PopAll(queue), expected);
}

TEST(LadderQueueTest, TellsWhatIsAboutToComeFirst) {
  Queue queue;
  std::vector<int> seen(10'000);
  for (uint64_t i = 0; i < 10'000; ++i) queue.Push({1 + Scrambled(i), i});
  const auto note = [&](const Item& item) { ++seen[item.number]; };
  while (const Item* item = queue.Front(note)) {
    EXPECT_GT(seen[item->number], 0);
    queue.PopFront();
  }
}

}  // namespace
}  // namespace orrery::engine
