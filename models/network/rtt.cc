#include "models/network/rtt.h"

#include <GeographicLib/Geodesic.hpp>
#include <algorithm>
#include <cmath>
#include <iterator>

#include "sim/base/check.h"
#include "sim/base/math.h"

namespace orrery::network {
namespace {

#include "models/network/rtt_data.inc"

constexpr double kLn2 = 0.6931471805599453;

// What 98% of the round trips above their median are not longer than, in multiples of it: slices
// of netlatency (Seattle) that were held back.
constexpr double kHomeTailEnd = 21.0;

static_assert(std::size(kBaseMs) == kAreas);
static_assert(std::size(kResidualSigma) == std::size(kResidualKm) + 1);
static_assert(std::size(kWayUsPerKm) == kAreas * (kAreas + 1) / 2);

double BaseMs(std::optional<Area> area) {
  return area ? kBaseMs[static_cast<size_t>(*area)] : kSimpleBaseMs / 2;
}

double WayMsPerKm(std::optional<Area> a, std::optional<Area> b) {
  if (!a || !b) return kSimpleMsPerKm;
  const size_t first = static_cast<size_t>(std::min(*a, *b));
  const size_t second = static_cast<size_t>(std::max(*a, *b));
  // Rows of the triangle before this one have kAreas, kAreas − 1, … cells.
  const size_t row = first * kAreas - first * (first + 1) / 2 + first;
  return kWayUsPerKm[row + second - first] / 1000;
}

}  // namespace

double DistanceKm(const Place& a, const Place& b) {
  double metres = 0;
  GeographicLib::Geodesic::WGS84().Inverse(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg, metres);
  return std::round(metres) / 1000;
}

double SimpleRttMs(const Place& a, const Place& b) {
  const double km = DistanceKm(a, b);
  return km == 0 ? kMetroRttMs : kSimpleBaseMs + kSimpleMsPerKm * km;
}

double RttMs(std::optional<Area> a, std::optional<Area> b, double km, Route route) {
  const double base = BaseMs(a) + BaseMs(b);
  const double way = WayMsPerKm(a, b) * km;
  return route == Route::kPublic ? base + way : kBackboneBase * base + kBackboneWay * way;
}

double RttMs(const Place& a, const Place& b, Route route) {
  const double km = DistanceKm(a, b);
  return km == 0 ? kMetroRttMs : RttMs(a.area, b.area, km, route);
}

double ResidualSigma(double km, Route route) {
  if (route == Route::kBackbone) return kBackboneResidualSigma;
  size_t band = 0;
  while (band < std::size(kResidualKm) && km >= kResidualKm[band]) ++band;
  return kResidualSigma[band];
}

double WithResidual(double rtt_ms, double km, Route route, double z) {
  return std::max(rtt_ms * Exp(ResidualSigma(km, route) * z), kFibreMsPerKm * km);
}

double RttMs(const Place& a, const Place& b, Route route, double z) {
  const double km = DistanceKm(a, b);
  return km == 0 ? kMetroRttMs : WithResidual(RttMs(a.area, b.area, km, route), km, route, z);
}

double HomeAccessMs() { return kHomeAccessMs; }

RttSpread SpreadOf(double above, bool home) {
  ORRERY_CHECK(above > 0 && above <= 1, above);
  RttSpread spread{.times = 1, .plus_ms = -kJitterMs * Log(above)};
  if (home && above < 0.5) {
    spread.times = std::min(Pow(0.5 / above, 1 / kHomeTailExponent), kHomeTailEnd);
  }
  return spread;
}

double SlowestRttMs(double rtt_ms, double messages, bool home) {
  ORRERY_CHECK(messages >= 1, messages);
  // 1 − 2^(−1/messages): what is above the median of the maximum.
  return SpreadOf(-Expm1(-kLn2 / messages), home).Of(rtt_ms);
}

}  // namespace orrery::network
