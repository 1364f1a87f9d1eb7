// Distributions that are tables: built once, checked when built, drawn from in O(1) or O(log n).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/random.h"
#include "sim/base/result.h"

namespace orrery {

// A choice among n weighted items in O(1) by the alias method. Memory 12 bytes an item.
// M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE
// Trans. Software Engineering 17(9), 1991.
class DiscreteDistribution {
 public:
  // Item i has probability weights[i] / Σ weights. Weights are finite, none is negative, and at
  // least one is positive; at most 2^32 − 1 items. O(n).
  static Result<DiscreteDistribution> Create(std::span<const double> weights);
  // The same of weights that are known to be right.
  static DiscreteDistribution Of(std::span<const double> weights);

  // An index in [0, size()). Two words, rarely more.
  size_t operator()(Draw& draw) const;
  size_t size() const { return threshold_.size(); }

 private:
  DiscreteDistribution() = default;

  // A column keeps its own item for words below the threshold [2^-64], else gives its alias.
  std::vector<uint64_t> threshold_;
  std::vector<uint32_t> alias_;
};

// A quantile table as measured in a trace: value as a function of probability, interpolated between
// the rows. Inverting one uniform word, it is monotone in it.
class EmpiricalDistribution {
 public:
  // Between two rows the value moves in a straight line, or its logarithm does: the latter suits
  // durations and sizes, which span decades, and needs values above 0.
  enum class Interpolation : uint8_t { kLinear, kLog };

  struct Row {
    double probability;
    double value;
  };

  // At least two rows; probabilities rise strictly from 0 to 1; values are finite and never fall.
  static Result<EmpiricalDistribution> Create(std::span<const Row> rows,
                                              Interpolation interpolation);

  // The value at `probability`, 0 … 1. O(log n).
  double Quantile(double probability) const;
  // The exact mean of the interpolated distribution.
  double Mean() const;
  // One word.
  double operator()(Draw& draw) const { return Quantile(draw.Uniform01()); }

 private:
  EmpiricalDistribution() = default;

  std::vector<Row> rows_;  // with kLog, `value` holds the logarithm
  Interpolation interpolation_ = Interpolation::kLinear;
};

}  // namespace orrery
