#include "models/failure/on_off.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery::failure {
namespace {

constexpr double kLongestSeconds = 2e9;

Duration LengthOf(double seconds) {
  return std::max(Duration::Nanos(1), Duration::FromSeconds(std::min(seconds, kLongestSeconds)));
}

}  // namespace

SpellLaw SpellLaw::Weibull(Duration mean, double shape) {
  ORRERY_CHECK(mean > Duration() && shape > 0, mean.nanos(), shape);
  SpellLaw law;
  law.shape_ = shape;
  law.mean_s_ = mean.seconds();
  law.scale_s_ = shape == 1 ? law.mean_s_ : law.mean_s_ / Exp(LogGamma(1 + 1 / shape));
  return law;
}

SpellLaw SpellLaw::LogNormal(Duration median, double sigma) {
  ORRERY_CHECK(median > Duration() && sigma >= 0, median.nanos(), sigma);
  SpellLaw law;
  law.lognormal_ = true;
  law.shape_ = sigma;
  law.scale_s_ = median.seconds();
  law.mean_s_ = law.scale_s_ * Exp(sigma * sigma / 2);
  return law;
}

Duration SpellLaw::Draw(orrery::Draw& draw) const {
  if (lognormal_) return LengthOf(scale_s_ * Exp(draw.Normal(0, shape_)));
  return LengthOf(shape_ == 1 ? draw.Exponential(scale_s_) : draw.Weibull(shape_, scale_s_));
}

// Length-biased, ln X has its mean moved by sigma²; and (X / scale)^shape, which is exponential
// otherwise, has a Gamma law with shape 1 + 1 / shape.
Duration SpellLaw::DrawRest(orrery::Draw& draw) const {
  const double part = draw.UniformOpen();
  if (lognormal_) {
    return LengthOf(part * scale_s_ * Exp(shape_ * shape_ + draw.Normal(0, shape_)));
  }
  return LengthOf(part * scale_s_ * Pow(draw.Gamma(1 + 1 / shape_, 1), 1 / shape_));
}

Spell OnOff::First(const RandomStream& stream) const {
  orrery::Draw draw = stream.At(0);
  Spell spell;
  spell.on = draw.Uniform01() < Availability();
  spell.until = SimTime::Zero() + (spell.on ? on_ : off_).DrawRest(draw);
  return spell;
}

Spell OnOff::Next(const RandomStream& stream, const Spell& last) const {
  Spell spell{.on = !last.on, .number = last.number + 1, .until = {}};
  orrery::Draw draw = stream.At(spell.number);
  spell.until = last.until + (spell.on ? on_ : off_).Draw(draw);
  return spell;
}

}  // namespace orrery::failure
