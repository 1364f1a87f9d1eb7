#include "sim/base/random.h"

#include <Random123/philox.h>

#include <cmath>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery {
namespace {

constexpr double kInversionBelow = 10;

// P(X ≤ k) is summed up until it passes u.
uint64_t PoissonByInversion(double u, double mean) {
  double probability = Exp(-mean);
  double below = probability;
  uint64_t k = 0;
  // Rounding may leave the sum of all probabilities a little below the largest u.
  while (u >= below && k < 200) {
    ++k;
    probability *= mean / static_cast<double>(k);
    below += probability;
  }
  return k;
}

uint64_t PoissonByRejection(Draw& draw, double mean) {
  // The names and constants are the paper's.
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = draw.UniformOpen() - 0.5;
    const double v = draw.UniformOpen();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<uint64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double log_height = Log(v * inverse_alpha / (a / (us * us) + b));
    if (log_height <= k * Log(mean) - mean - LogGamma(k + 1)) return static_cast<uint64_t>(k);
  }
}

}  // namespace

void Draw::Refill() {
  r123::Philox4x64::ctr_type counter = {{block_, sample_, entity_, name_}};
  r123::Philox4x64::key_type key = {{key_[0], key_[1]}};
  const r123::Philox4x64::ctr_type block = r123::Philox4x64()(counter, key);
  words_ = {block[0], block[1], block[2], block[3]};
  ++block_;
  next_ = 0;
}

uint64_t Draw::UniformInt(uint64_t n) {
  ORRERY_CHECK(n >= 1, n);
  unsigned __int128 product = static_cast<unsigned __int128>(Bits()) * n;
  uint64_t low = static_cast<uint64_t>(product);
  if (low < n) [[unlikely]] {
    const uint64_t threshold = (0 - n) % n;  // 2^64 mod n
    while (low < threshold) {
      product = static_cast<unsigned __int128>(Bits()) * n;
      low = static_cast<uint64_t>(product);
    }
  }
  return static_cast<uint64_t>(product >> 64);
}

double Draw::Exponential(double mean) {
  ORRERY_CHECK(mean >= 0, mean);
  return mean * -Log(UniformOpen());
}

double Draw::Normal(double mean, double sigma) {
  ORRERY_CHECK(sigma >= 0, sigma);
  return mean + sigma * NormalQuantile(UniformOpen());
}

double Draw::LogNormal(double mu, double sigma) { return Exp(Normal(mu, sigma)); }

double Draw::Weibull(double shape, double scale) {
  ORRERY_CHECK(shape > 0 && scale >= 0, shape, scale);
  return scale * Pow(-Log(UniformOpen()), 1 / shape);
}

double Draw::Gamma(double shape, double scale) {
  ORRERY_CHECK(shape > 0 && scale >= 0, shape, scale);
  // A shape below 1 is drawn one higher and scaled down by U^(1/shape) (the paper's §6).
  double factor = scale;
  if (shape < 1) {
    factor *= Exp(Log(UniformOpen()) / shape);
    shape += 1;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = Normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = UniformOpen();
    const double x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2 || Log(u) < 0.5 * x2 + d * (1 - v + Log(v))) return factor * d * v;
  }
}

uint64_t Draw::Poisson(double mean) {
  ORRERY_CHECK(mean >= 0 && mean <= 1e8, mean);
  return mean < kInversionBelow ? PoissonByInversion(Uniform01(), mean)
                                : PoissonByRejection(*this, mean);
}

}  // namespace orrery
