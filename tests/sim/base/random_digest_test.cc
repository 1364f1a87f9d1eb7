// Numbers that may never change: every result of every seed hangs on them.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sim/base/distributions.h"
#include "sim/base/random.h"
#include "tests/sim/base/digest.h"

namespace orrery {
namespace {

template <typename Sampler>
uint64_t DigestOf(Sampler sampler) {
  const RandomStream stream = RandomStreams(2026, 1).Stream("test/digest", 7);
  Digest digest;
  for (uint64_t sample = 0; sample < 2000; ++sample) {
    Draw draw = stream.At(sample);
    digest.Add(sampler(draw));
    digest.Add(sampler(draw));
  }
  return digest.value();
}

TEST(RandomDigestTest, BitsAreGolden) {
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Bits(); }), 0x758a13ba7a02e556);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Uniform01(); }), 0x77e8539369a8431b);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.UniformOpen(); }), 0x85156ea5b973b75d);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.UniformInt(1'000'003); }), 0xf2580a4b6fa8953d);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Exponential(3600); }), 0xe219d8b6d6c292d0);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Normal(1, 2); }), 0xee6b7a06d808d4f5);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.LogNormal(8, 2); }), 0xb5b880a244c4b9ad);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Weibull(0.7, 100); }), 0xb389745ae2fa4739);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Gamma(0.4, 2); }), 0x767ca9da14b33f02);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Gamma(3, 2); }), 0xdf68f87ed4f6a492);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Poisson(4.5); }), 0x5d59f3b50d7311e4);
  EXPECT_EQ(DigestOf([](Draw& d) { return d.Poisson(450); }), 0x8cf3387a21e4f03d);
}

TEST(RandomDigestTest, TablesAreGolden) {
  const std::vector<double> weights = {1, 0, 4, 2.5, 0.5, 2};
  const auto discrete = *DiscreteDistribution::Create(weights);
  EXPECT_EQ(DigestOf([&](Draw& d) { return uint64_t{discrete(d)}; }), 0xe995fab5fadf7d23);
  const std::vector<EmpiricalDistribution::Row> rows = {{0, 1}, {0.3, 7}, {0.9, 50}, {1, 1000}};
  const auto empirical =
      *EmpiricalDistribution::Create(rows, EmpiricalDistribution::Interpolation::kLog);
  EXPECT_EQ(DigestOf([&](Draw& d) { return empirical(d); }), 0x42b1a1a6933f3337);
}

}  // namespace
}  // namespace orrery
