// Round-trip times between places.
//
// The shortest way on the WGS84 ellipsoid (C. F. F. Karney, "Algorithms for geodesics", J. Geodesy
// 87, 2013, by GeographicLib) times what a kilometre takes between the two areas, plus what each
// end adds. Areas stand for what holds back whole parts of the world alike: cables that go round a
// continent, far exchange points. Fitted to WonderNetwork's pings of 2018 (public routes) and to
// IBM Cloud's own network 2023-2025 (a provider's backbone); docs/models/network.md has the method
// and the errors on pairs and cities that were held back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/network/area.h"

namespace orrery::network {

struct Place {
  double lat_deg = 0;  // north positive, −90 … 90
  double lon_deg = 0;  // east positive, −180 … 180
  std::optional<Area> area;
};

// The shortest way along the ground [km], to a metre: the last bits of the library's sines differ
// between systems and must not reach a result. O(1), about a microsecond.
double DistanceKm(const Place& a, const Place& b);

// Whose lines carry the traffic: the open Internet's, or one provider's from end to end.
enum class Route : uint8_t { kPublic, kBackbone };

// One base and one inflation for the whole world, public routes [ms].
double SimpleRttMs(const Place& a, const Place& b);
// By the areas of the two ends [ms]; an end without an area takes the world's. Between sites at one
// place it is that between the zones of a region.
double RttMs(const Place& a, const Place& b, Route route);
// The same for a known distance [km] that is not zero.
double RttMs(std::optional<Area> a, std::optional<Area> b, double km, Route route);
// With a residual of this pair, `z` standard deviations out: places that are not one are e^(σ z)
// times as far, σ by distance and route, but never nearer than light in fibre makes them. `z` is
// standard normal; what it says of a pair says nothing of others (Assumption:
// residuals_independent).
double RttMs(const Place& a, const Place& b, Route route, double z);

// Light in fibre, there and back: 200 km a millisecond.
inline constexpr double kFibreMsPerKm = 0.01;
// Standard deviation of ln(measured / modelled) of pairs this far apart.
double ResidualSigma(double km, Route route);
// `rtt_ms` of a pair, with its residual.
double WithResidual(double rtt_ms, double km, Route route, double z);

// Between zones of one region, median: ibm-rtt, README.
inline constexpr double kMetroRttMs = 1.68;

// What a home adds to each round trip that it is an end of [ms]: half the difference between the
// median of personal devices (Seattle) and that of sites (PlanetLab) in netlatency, taking both to
// be spread over the world alike (Assumption: home_geography).
double HomeAccessMs();

// What chance makes of a round trip: so many times as long, and so much more.
struct RttSpread {
  double times = 1;
  double plus_ms = 0;
  double Of(double rtt_ms) const { return times * rtt_ms + plus_ms; }
};

// Of a round trip than which the share `above` in (0, 1] is longer. Above its least it is
// exponential with the median deviation of WonderNetwork's pings. Where an end is a home, what is
// above the median is Pareto-distributed up to 21 times the median, as in netlatency (Seattle: the
// 98% quantile there; the law's own tail beyond is too heavy); what is below is taken to be at it.
RttSpread SpreadOf(double above, bool home);

// The slowest of `messages` ≥ 1 that are sent at once over links with this round-trip time, at its
// median [ms]: the maximum of that many draws is at their quantile 2^(−1/messages) of
// SpreadOf. Draws are taken to be independent (Assumption: jitter_independent).
double SlowestRttMs(double rtt_ms, double messages, bool home);

}  // namespace orrery::network
