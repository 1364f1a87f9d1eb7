#include "sim/driver/parcels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::driver {

namespace {

// Parcels for each replica, and of all of them where that is at least one for each: how finely load
// is spread.
constexpr size_t kParcels = 4;
constexpr size_t kMostParcels = 8192;

}  // namespace

// Whole parts of `total` in proportion to `shares`, which add up to it.
std::vector<uint64_t> Split(uint64_t total, const std::vector<double>& shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  std::vector<uint64_t> parts;
  double before = 0;
  uint64_t given = 0;
  for (double share : shares) {
    before += share;
    const double upto = sum > 0 ? static_cast<double>(total) * (before / sum) : 0;
    const uint64_t whole = std::min(total, static_cast<uint64_t>(std::floor(upto + 0.5)));
    parts.push_back(whole - given);
    given = whole;
  }
  return parts;
}

std::vector<Parcel> ParcelsOf(const std::vector<double>& rates, size_t replicas) {
  const double all = std::accumulate(rates.begin(), rates.end(), 0.0);
  const size_t each = replicas == 0 ? 0 : std::clamp<size_t>(kMostParcels / replicas, 1, kParcels);
  const auto wanted = static_cast<double>(std::max<size_t>(each * replicas, 16));
  std::vector<Parcel> parcels;
  for (size_t row = 0; row < rates.size(); ++row) {
    const double count = std::max(1.0, std::round(wanted * rates[row] / all));
    for (double i = 0; i < count; ++i) {
      parcels.push_back({(i + 0.5) / count, row, rates[row] / count});
    }
  }
  std::stable_sort(parcels.begin(), parcels.end(),
                   [](const Parcel& a, const Parcel& b) { return a.place < b.place; });
  return parcels;
}

}  // namespace orrery::driver
