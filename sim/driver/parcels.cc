#include "sim/driver/parcels.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace orrery::driver {

namespace {

// Parcels for each replica, and of all of them where that is at least one for each: how finely load
// is spread.
constexpr size_t kParcels = 4;
constexpr size_t kMostParcels = 8192;

}  // namespace

std::vector<uint64_t> Split(uint64_t total, const std::vector<double>& shares,
                            std::vector<double>* owed) {
  std::vector<uint64_t> parts(shares.size(), 0);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum <= 0) return parts;
  std::vector<size_t> sharers;
  double debts = 0;  // of all; not zero where others have come or gone
  for (size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] > 0) {
      sharers.push_back(i);
      debts += (*owed)[i];
    } else {
      (*owed)[i] = 0;
    }
  }
  debts /= static_cast<double>(sharers.size());
  uint64_t given = 0;
  for (const size_t i : sharers) {
    const double due = static_cast<double>(total) * (shares[i] / sum) + (*owed)[i] - debts;
    parts[i] = static_cast<uint64_t>(std::max(due, 0.0));
    (*owed)[i] = due - static_cast<double>(parts[i]);
    given += parts[i];
  }
  // Those get the rest, or give back, who are owed the most, or the least.
  const auto more = [owed](size_t a, size_t b) {
    return (*owed)[a] != (*owed)[b] ? (*owed)[a] > (*owed)[b] : a < b;
  };
  while (given < total) {
    const auto rest = static_cast<std::ptrdiff_t>(std::min(total - given, sharers.size()));
    std::nth_element(sharers.begin(), sharers.begin() + rest, sharers.end(), more);
    for (std::ptrdiff_t k = 0; k < rest; ++k) {
      ++parts[sharers[k]];
      (*owed)[sharers[k]] -= 1;
      ++given;
    }
  }
  while (given > total) {
    std::sort(sharers.begin(), sharers.end(), more);
    for (size_t k = sharers.size(); k-- > 0 && given > total;) {
      if (parts[sharers[k]] == 0) continue;
      --parts[sharers[k]];
      (*owed)[sharers[k]] += 1;
      --given;
    }
  }
  return parts;
}

std::vector<uint64_t> Split(uint64_t total, const std::vector<double>& shares) {
  std::vector<double> owed(shares.size(), 0);
  return Split(total, shares, &owed);
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
