// Every sampler against its distribution function (Kolmogorov-Smirnov, chi-square) and moments,
// with fixed seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "sim/base/math.h"
#include "sim/base/random.h"

namespace orrery {
namespace {

constexpr int kSamples = 50'000;

using Sampler = std::function<double(Draw&)>;

std::vector<double> Sorted(const Sampler& sampler) {
  const RandomStream stream = RandomStreams(1, 0).Stream("test/samplers");
  std::vector<double> values;
  for (uint64_t sample = 0; sample < kSamples; ++sample) {
    Draw draw = stream.At(sample);
    values.push_back(sampler(draw));
  }
  std::sort(values.begin(), values.end());
  return values;
}

// sqrt(n) × the largest distance between the samples and `cdf`. Above 1.95 with probability 0.001.
double KolmogorovSmirnov(const Sampler& sampler, const std::function<double(double)>& cdf) {
  const std::vector<double> values = Sorted(sampler);
  double distance = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double at = cdf(values[i]);
    const double n = static_cast<double>(values.size());
    distance =
        std::max({distance, static_cast<double>(i + 1) / n - at, at - static_cast<double>(i) / n});
  }
  return distance * std::sqrt(static_cast<double>(kSamples));
}
constexpr double kCritical = 1.95;

TEST(SamplersTest, Uniform) {
  const auto cdf = [](double x) { return x; };
  EXPECT_LT(KolmogorovSmirnov([](Draw& d) { return d.Uniform01(); }, cdf), kCritical);
  EXPECT_LT(KolmogorovSmirnov([](Draw& d) { return d.UniformOpen(); }, cdf), kCritical);
}

TEST(SamplersTest, Exponential) {
  EXPECT_LT(KolmogorovSmirnov([](Draw& d) { return d.Exponential(3); },
                              [](double x) { return -std::expm1(-x / 3); }),
            kCritical);
}

TEST(SamplersTest, NormalAndLogNormal) {
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2)); };
  EXPECT_LT(KolmogorovSmirnov([](Draw& d) { return d.Normal(5, 2); },
                              [&](double x) { return cdf((x - 5) / 2); }),
            kCritical);
  EXPECT_LT(KolmogorovSmirnov([](Draw& d) { return d.LogNormal(1, 0.7); },
                              [&](double x) { return cdf((std::log(x) - 1) / 0.7); }),
            kCritical);
}

TEST(SamplersTest, Weibull) {
  for (const double shape : {0.5, 1.0, 2.5}) {
    EXPECT_LT(KolmogorovSmirnov([=](Draw& d) { return d.Weibull(shape, 4); },
                                [=](double x) { return -std::expm1(-std::pow(x / 4, shape)); }),
              kCritical)
        << shape;
  }
}

TEST(SamplersTest, Gamma) {
  for (const double shape : {0.1, 0.5, 1.0, 3.7, 500.0}) {
    EXPECT_LT(KolmogorovSmirnov([=](Draw& d) { return d.Gamma(shape, 2); },
                                [=](double x) { return boost::math::gamma_p(shape, x / 2); }),
              kCritical)
        << shape;
  }
}

// Of independent samples, mean and variance lie within 4 standard errors of their own.
void ExpectMoments(const Sampler& sampler, double mean, double variance, double kurtosis) {
  double sum = 0;
  double squares = 0;
  for (const double value : Sorted(sampler)) {
    sum += value - mean;
    squares += (value - mean) * (value - mean);
  }
  EXPECT_NEAR(sum / kSamples, 0, 4 * std::sqrt(variance / kSamples));
  EXPECT_NEAR(squares / kSamples / variance, 1, 4 * std::sqrt((kurtosis - 1) / kSamples));
}

TEST(SamplersTest, Moments) {
  ExpectMoments([](Draw& d) { return d.Exponential(3); }, 3, 9, 9);
  ExpectMoments([](Draw& d) { return d.Normal(5, 2); }, 5, 4, 3);
  ExpectMoments([](Draw& d) { return d.Gamma(0.5, 2); }, 1, 2, 3 + 6 / 0.5);
  const double mean = 4 * GammaFunction(1 + 1 / 2.0);
  ExpectMoments([](Draw& d) { return d.Weibull(2, 4); }, mean, 16 - mean * mean, 3.25);
  for (const double m : {0.3, 9.9, 10.0, 123.0, 1e6, 9e7}) {
    ExpectMoments([=](Draw& d) { return static_cast<double>(d.Poisson(m)); }, m, m, 3 + 1 / m);
  }
}

// (χ² − degrees of freedom) / its standard deviation; about standard normal.
double ChiSquare(double mean) {
  std::map<uint64_t, int> counts;
  const auto values = Sorted([=](Draw& d) { return static_cast<double>(d.Poisson(mean)); });
  for (const double value : values) ++counts[static_cast<uint64_t>(value)];
  double chi_square = 0;
  int cells = 0;
  double rest = kSamples;
  int rest_count = kSamples;
  for (const auto& [k, count] : counts) {
    const double n = static_cast<double>(k);
    const double expected = kSamples * std::exp(n * std::log(mean) - mean - std::lgamma(n + 1));
    if (expected < 10) continue;
    chi_square += (count - expected) * (count - expected) / expected;
    rest -= expected;
    rest_count -= count;
    ++cells;
  }
  chi_square += (rest_count - rest) * (rest_count - rest) / std::max(rest, 1.0);
  return (chi_square - cells) / std::sqrt(2.0 * cells);
}

TEST(SamplersTest, Poisson) {
  for (const double mean : {0.5, 4.0, 9.99, 10.0, 30.0, 200.0}) {
    EXPECT_LT(ChiSquare(mean), 3.5) << mean;
  }
}

// Neighbouring samples, entities and names share no pattern: their uniforms do not correlate.
TEST(SamplersTest, NeighboursDoNotCorrelate) {
  const RandomStreams random(1, 0);
  const auto centred = [](Draw draw) { return draw.Uniform01() - 0.5; };
  double samples = 0;
  double entities = 0;
  double names = 0;
  for (uint64_t i = 0; i < kSamples; ++i) {
    const double value = centred(random.Stream("a", i).At(i));
    samples += value * centred(random.Stream("a", i).At(i + 1));
    entities += value * centred(random.Stream("a", i + 1).At(i));
    names += value * centred(random.Stream("b", i).At(i));
  }
  const double bound = 4 * std::sqrt(kSamples) / 12;  // 4 sigma
  EXPECT_NEAR(samples, 0, bound);
  EXPECT_NEAR(entities, 0, bound);
  EXPECT_NEAR(names, 0, bound);
}

}  // namespace
}  // namespace orrery
