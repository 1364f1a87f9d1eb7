#include "models/energy/heat.h"

#include <algorithm>
#include <cmath>

#include "sim/base/math.h"

namespace orrery::energy {
namespace {

constexpr double kDayH = 24;
constexpr double kDayS = 86400;
constexpr double kPi = 3.141592653589793;

// Hours since a midnight UTC; exact for the time into the day.
double HourOfDay(SimTime time) {
  constexpr int64_t day_ns = Duration::Hours(24).nanos();
  return Duration::Nanos(time.nanos() % day_ns).hours();
}

// Outdoors, by latitude [°C]: North's coefficients.
double AnnualMean(double lat_deg) {
  const double x = SinPi(lat_deg / 180);
  return 14.97 - 28.0 * (3 * x * x - 1) / 2;
}

// Of the season, above the annual mean [K]: nothing at the equator, greatest in July in the north
// and in January in the south.
double Season(double lat_deg, int month) {
  return 15 * SinPi(lat_deg / 180) * CosPi((month - 6) / 6.0);
}

}  // namespace

double Air::At(SimTime time) const {
  return mean_c + swing_c * CosPi((HourOfDay(time) - peak_h) / (kDayH / 2));
}

Air AirAt(OwnerKind owner, double lat_deg, int month, Duration utc_offset) {
  Air air;
  if (owner == OwnerKind::kDatacentre || owner == OwnerKind::kPartner) {
    air.mean_c = 22.5;
    return air;
  }
  const bool home = owner == OwnerKind::kConsumer;
  const double outdoors = AnnualMean(lat_deg) + Season(lat_deg, month);
  air.mean_c = std::max(outdoors, home ? 21.0 : 10.0);
  air.swing_c = home ? 2 : 5;
  air.peak_h = 15 - utc_offset.hours();
  return air;
}

double Board::Steady(double watts, SimTime time) const {
  const double lag = 2 * kPi * time_constant_s / kDayS;  // ωτ
  const double half_turns = (HourOfDay(time) - air.peak_h) / (kDayH / 2);
  const double swing =
      air.swing_c * (CosPi(half_turns) + lag * SinPi(half_turns)) / (1 + lag * lag);
  return air.mean_c + swing + resistance_k_per_w * watts;
}

double Board::After(double start_c, double watts, SimTime from, SimTime to) const {
  const double decay = Exp(-(to - from).seconds() / time_constant_s);
  return Steady(watts, to) + (start_c - Steady(watts, from)) * decay;
}

double Board::Peak(double start_c, double watts, SimTime from, SimTime to) const {
  double peak = std::max(start_c, After(start_c, watts, from, to));
  if (air.swing_c == 0) return peak;
  // The delay of the crest behind the air's, τ at most, moves it by less than it moves.
  double to_crest_h = std::fmod(air.peak_h - HourOfDay(from), kDayH);
  if (to_crest_h < 0) to_crest_h += kDayH;
  const SimTime crest = from + Duration::FromSeconds(to_crest_h * 3600);
  if (crest >= to) return peak;
  // At the first crest it may still be getting warm; at the last it is as warm as it gets.
  const Duration day = Duration::Hours(24);
  const SimTime last = crest + day * ((to - crest) / day);
  return std::max({peak, After(start_c, watts, from, crest), After(start_c, watts, from, last)});
}

Throttle ThrottleFor(double air_c, double limit_c, double resistance_k_per_w, double idle_w,
                     double busy_w) {
  if (air_c + resistance_k_per_w * busy_w <= limit_c || busy_w <= idle_w) return {};
  const double allowed_w = (limit_c - air_c) / resistance_k_per_w;
  Throttle throttle;
  throttle.effort = std::clamp((allowed_w - idle_w) / (busy_w - idle_w), 0.1, 1.0);
  throttle.speed = Pow(throttle.effort, 1.0 / 3);
  return throttle;
}

}  // namespace orrery::energy
