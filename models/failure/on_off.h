// Alternating renewal processes: something is on for a while, off for a while, and so on.
//
// Every spell is drawn from (stream, number of the spell), so a process is a pure function of its
// stream: what happens meanwhile, and when one asks, changes nothing.
#pragma once

#include <cstdint>

#include "sim/base/random.h"
#include "sim/base/time.h"

namespace orrery::failure {

// The law of the length of a spell. Mean above 0.
class SpellLaw {
 public:
  static SpellLaw Exponential(Duration mean) { return Weibull(mean, 1); }
  // P(X > x) = exp(−(x / scale)^shape), by its mean: scale = mean / Γ(1 + 1/shape). shape > 0.
  static SpellLaw Weibull(Duration mean, double shape);
  // Median above 0, sigma ≥ 0: the standard deviation of ln X. Mean: median × exp(sigma² / 2).
  static SpellLaw LogNormal(Duration median, double sigma);

  double mean_s() const { return mean_s_; }
  // A whole spell. At least 1 ns, at most 63 years.
  Duration Draw(orrery::Draw& draw) const;
  // What is left of the spell that is under way at a time picked at random: a length-biased spell,
  // of which a uniform part is still to come (D. R. Cox, "Renewal Theory", 1962, §5).
  Duration DrawRest(orrery::Draw& draw) const;

 private:
  bool lognormal_ = false;
  double shape_ = 1;    // Weibull's shape, or sigma
  double scale_s_ = 1;  // Weibull's scale, or the median
  double mean_s_ = 1;
};

// The spell that something is in.
struct Spell {
  bool on = true;
  uint32_t number = 0;
  SimTime until = SimTime::Never();
};

class OnOff {
 public:
  OnOff(SpellLaw on, SpellLaw off) : on_(on), off_(off) {}

  // The spell at time 0 of a process that has been going on for ever.
  Spell First(const RandomStream& stream) const;
  // The spell that follows `last`.
  Spell Next(const RandomStream& stream, const Spell& last) const;
  // Share of the time that it is on: mean on / (mean on + mean off).
  double Availability() const { return on_.mean_s() / (on_.mean_s() + off_.mean_s()); }

 private:
  SpellLaw on_, off_;
};

}  // namespace orrery::failure
