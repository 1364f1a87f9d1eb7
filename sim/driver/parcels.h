// How the numbers of a `simple` service are cut into pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace orrery::driver {

// Whole parts of `total` in proportion to `shares`, none of them negative; they add up to it where
// any share is above zero. Those without a share get nothing. `owed`: what each was due and has not
// got yet, from call to call, 0 at first. O(shares).
std::vector<uint64_t> Split(uint64_t total, const std::vector<double>& shares,
                            std::vector<double>* owed);
// Once.
std::vector<uint64_t> Split(uint64_t total, const std::vector<double>& shares);

// A part of the requests of one row of clients, which goes to one replica.
struct Parcel {
  double place = 0;  // in (0, 1): where in the order of all parcels
  size_t row = 0;
  double rate = 0;  // requests a second
};

// Parcels of rates [1/s] by row, four for each replica or so (beyond 2,048 replicas fewer, but one
// at least) and at least one for each row, the rows' parcels evenly mixed.
std::vector<Parcel> ParcelsOf(const std::vector<double>& rates, size_t replicas);

}  // namespace orrery::driver
