#include "sim/base/random.h"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace orrery {
namespace {

using Words = std::array<uint64_t, 4>;

Words Philox(const Words& counter, const std::array<uint64_t, 2>& key) {
  const auto block =
      r123::Philox4x64()({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
  return {block[0], block[1], block[2], block[3]};
}

// The known answers that Random123 itself is tested with (its tests/kat_vectors, philox4x64-10).
TEST(PhiloxTest, GivesTheKnownAnswers) {
  constexpr uint64_t kOnes = ~uint64_t{0};
  EXPECT_EQ(Philox({0, 0, 0, 0}, {0, 0}), (Words{0x16554d9eca36314c, 0xdb20fe9d672d0fdc,
                                                 0xd7e772cee186176b, 0x7e68b68aec7ba23b}));
  EXPECT_EQ(
      Philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
      (Words{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}));
  EXPECT_EQ(
      Philox({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
             {0x452821e638d01377, 0xbe5466cf34e90c6c}),
      (Words{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}));
}

TEST(RandomStreamsTest, WordsComeFromTheDocumentedCounters) {
  const uint64_t name = StreamName("node/repair").hash();
  Draw draw = RandomStreams(7, 3).Stream("node/repair", 17).At(5);
  for (uint64_t block = 0; block < 3; ++block) {
    for (const uint64_t word : Philox({block, 5, 17, name}, {7, 3})) EXPECT_EQ(draw.Bits(), word);
  }
}

TEST(StreamNameTest, IsFnv1aInEveryWayOfNaming) {
  // The value for "foobar" that FNV's authors publish.
  EXPECT_EQ(StreamName("foobar").hash(), 0x85944171f73967e8);
  EXPECT_EQ(StreamName::FromText(std::string("foobar")).hash(), StreamName("foobar").hash());
}

TEST(RandomStreamsTest, EveryCoordinateGivesOtherNumbers) {
  std::set<uint64_t> words;
  for (const uint64_t seed : {0, 1}) {
    for (const uint64_t replicate : {0, 1}) {
      for (const uint64_t entity : {0, 1}) {
        for (const uint64_t sample : {0, 1}) {
          const RandomStreams random(seed, replicate);
          words.insert(random.Stream("a", entity).At(sample).Bits());
          words.insert(random.Stream("b", entity).At(sample).Bits());
        }
      }
    }
  }
  EXPECT_EQ(words.size(), 32u);
}

TEST(RandomStreamsTest, NumbersDoNotDependOnTheOrderOfUse) {
  const RandomStreams random(42, 0);
  std::vector<double> forward;
  for (uint64_t sample = 0; sample < 100; ++sample) {
    forward.push_back(random.Stream("arrival", sample % 7).At(sample).Exponential(1));
  }
  const RandomStreams again(42, 0);
  const RandomStream unrelated = again.Stream("unrelated");
  for (uint64_t sample = 100; sample-- > 0;) {
    unrelated.At(sample).Normal();
    EXPECT_EQ(again.Stream("arrival", sample % 7).At(sample).Exponential(1), forward[sample]);
  }
}

TEST(RandomStreamsTest, RejectionDoesNotShiftNeighbours) {
  const RandomStream stream = RandomStreams(42, 0).Stream("work", 3);
  const uint64_t neighbour = stream.At(8).Bits();
  Draw greedy = stream.At(7);
  for (int i = 0; i < 10'000; ++i) greedy.Gamma(0.3, 1);
  EXPECT_EQ(stream.At(8).Bits(), neighbour);
  EXPECT_NE(greedy.Bits(), neighbour);
}

TEST(DrawTest, UniformsStayInTheirIntervals) {
  Draw draw = RandomStreams(1, 0).Stream("test/uniform").At(0);
  for (int i = 0; i < 10'000; ++i) {
    const double half_open = draw.Uniform01();
    EXPECT_GE(half_open, 0);
    EXPECT_LT(half_open, 1);
    const double open = draw.UniformOpen();
    EXPECT_GT(open, 0);
    EXPECT_LT(open, 1);
    const double between = draw.Uniform(-3, 5);
    EXPECT_GE(between, -3);
    EXPECT_LT(between, 5);
  }
}

TEST(DrawTest, UniformIntStaysBelowItsBound) {
  Draw draw = RandomStreams(1, 0).Stream("test/int").At(0);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6'000; ++i) ++seen[draw.UniformInt(6)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 110);  // 3.8 sigma
  EXPECT_EQ(draw.UniformInt(1), 0u);
  // Half of all words are refused at this bound.
  constexpr uint64_t kHuge = (uint64_t{1} << 63) + 1;
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t value = draw.UniformInt(kHuge);
    ASSERT_LT(value, kHuge);
    sum += static_cast<double>(value) / static_cast<double>(kHuge);
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.012);  // 4 sigma
}

TEST(DrawTest, BernoulliIsCertainAtItsEnds) {
  Draw draw = RandomStreams(1, 0).Stream("test/bernoulli").At(0);
  int heads = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(draw.Bernoulli(0));
    EXPECT_TRUE(draw.Bernoulli(1));
    if (draw.Bernoulli(0.3)) ++heads;
  }
  EXPECT_NEAR(heads, 3000, 180);  // 3.9 sigma
}

TEST(DrawTest, DegenerateParametersGiveConstants) {
  Draw draw = RandomStreams(1, 0).Stream("test/degenerate").At(0);
  EXPECT_EQ(draw.Exponential(0), 0);
  EXPECT_EQ(draw.Normal(2, 0), 2);
  EXPECT_EQ(draw.LogNormal(0, 0), 1);
  EXPECT_EQ(draw.Weibull(2, 0), 0);
  EXPECT_EQ(draw.Gamma(2, 0), 0);
  EXPECT_EQ(draw.Poisson(0), 0u);
}

TEST(DrawDeathTest, ParametersOutsideTheirRangesAreBrokenInvariants) {
  Draw draw = RandomStreams(1, 0).Stream("test/death").At(0);
  EXPECT_DEATH(draw.UniformInt(0), "invariant broken");
  EXPECT_DEATH(draw.Exponential(-1), "invariant broken");
  EXPECT_DEATH(draw.Weibull(0, 1), "invariant broken");
  EXPECT_DEATH(draw.Gamma(0.0 / 0.0, 1), "invariant broken");
  EXPECT_DEATH(draw.Poisson(1e9), "invariant broken");
}

}  // namespace
}  // namespace orrery
