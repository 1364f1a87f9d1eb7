#include "models/failure/on_off.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/failure/failures.h"

namespace orrery::failure {
namespace {

const RandomStreams kRandom(7, 0);

double MeanOf(const SpellLaw& law, bool rest, double* square = nullptr) {
  constexpr int kDraws = 200'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    Draw draw = kRandom.Stream("test/spell").At(static_cast<uint64_t>(i));
    const double x = (rest ? law.DrawRest(draw) : law.Draw(draw)).seconds();
    sum += x;
    squares += x * x;
  }
  if (square != nullptr) *square = squares / kDraws;
  return sum / kDraws;
}

TEST(SpellLawTest, SpellsHaveTheirMean) {
  EXPECT_NEAR(MeanOf(SpellLaw::Exponential(Duration::Seconds(100)), false), 100, 1);
  EXPECT_NEAR(MeanOf(SpellLaw::Weibull(Duration::Seconds(100), 0.68), false), 100, 2);
  const SpellLaw repair = SpellLaw::LogNormal(Duration::Seconds(100), 0.8);
  EXPECT_NEAR(repair.mean_s(), 100 * std::exp(0.32), 1e-6);
  EXPECT_NEAR(MeanOf(repair, false), repair.mean_s(), 2);
}

// The mean rest of a spell that is under way is E[X²] / 2 E[X].
TEST(SpellLawTest, RestOfASpellIsThatOfTheRenewalProcess) {
  EXPECT_NEAR(MeanOf(SpellLaw::Exponential(Duration::Seconds(100)), true), 100, 1);
  const double shape = 0.68;
  const double scale = 100 / std::tgamma(1 + 1 / shape);
  const double second = scale * scale * std::tgamma(1 + 2 / shape);
  EXPECT_NEAR(MeanOf(SpellLaw::Weibull(Duration::Seconds(100), shape), true) / (second / 200), 1,
              0.02);
  const double median = 100, sigma = 0.8;
  const double mean = median * std::exp(sigma * sigma / 2);
  const double square = median * median * std::exp(2 * sigma * sigma);
  EXPECT_NEAR(MeanOf(SpellLaw::LogNormal(Duration::Seconds(100), sigma), true), square / (2 * mean),
              3);
}

TEST(OnOffTest, SpellsFollowEachOtherAndDependOnNothingElse) {
  const OnOff process(SpellLaw::Weibull(Duration::Hours(10), 0.7),
                      SpellLaw::LogNormal(Duration::Hours(1), 1.4));
  const RandomStream stream = kRandom.Stream("test/on_off", 3);
  Spell spell = process.First(stream);
  for (uint32_t i = 1; i < 100; ++i) {
    const Spell next = process.Next(stream, spell);
    EXPECT_EQ(next.number, i);
    EXPECT_NE(next.on, spell.on);
    EXPECT_GT(next.until, spell.until);
    EXPECT_EQ(process.Next(stream, spell).until, next.until);
    spell = next;
  }
}

TEST(NodeProcessTest, NodesWithMoreGpusFailMoreOften) {
  const FullFailures full;
  const double repair = full.repair_median.seconds() * std::exp(0.5 * 1.4 * 1.4);
  for (const int gpus : {1, 4, 8}) {
    const double up = full.gpu_mtbf.seconds() / gpus;
    EXPECT_NEAR(NodeProcess(full, gpus).Availability(), up / (up + repair), 1e-12);
  }
  const double cpu = full.cpu_node_mtbf.seconds();
  EXPECT_NEAR(NodeProcess(full, 0).Availability(), cpu / (cpu + repair), 1e-12);
}

}  // namespace
}  // namespace orrery::failure
