// The arrival processes at work: arrival.h has their parameters and where they come from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/workload/arrival.h"
#include "sim/base/distributions.h"
#include "sim/base/random.h"
#include "sim/base/time.h"

namespace orrery::workload {

// Relative rates over a week of local time, mean 1, one an hour.
class WeekProfile {
 public:
  static constexpr int kHours = 168;

  explicit WeekProfile(const RateShape& shape);
  // `local` is time since some Monday 00:00; not negative.
  double At(Duration local) const {
    return rates_[static_cast<size_t>(local.nanos() / Duration::Hours(1).nanos() % kHours)];
  }
  double max() const { return max_; }

 private:
  std::array<double, kHours> rates_;
  double max_ = 1;
};

// The highest rate that shape and states reach, over rate_per_h: candidates thinned for one
// arrival.
double PeakOverMean(const ArrivalParams& params);

// The state of an MMPP over time, drawn as time goes on. Times asked for must not decrease.
class BurstPath {
 public:
  // `stream` gives the sojourns: sample i is the i-th one.
  BurstPath(const MmppArrivals& law, const RandomStream& stream);
  // The rate at `time`, relative to the mean over all time.
  double At(SimTime time);

 private:
  struct State {
    double rate;
    Duration mean_sojourn;
  };
  void Advance();

  RandomStream stream_;
  std::vector<State> states_;
  size_t state_ = 0;
  uint64_t sojourn_ = 0;
  SimTime until_;
};

// One arrival. The words of `draw` that are left (the candidate's sample 0, from word 3) are the
// generator's.
struct ArrivalEvent {
  SimTime time = SimTime::Zero();
  uint64_t candidate = 0;
  uint32_t region = 0;  // row of the regions; 0 where there are none
  Draw draw;
};

// Arrivals in order of time, for ever. A candidate's sample 0 holds, in words 0 to 2: its gap,
// whether it is accepted, its region.
class ArrivalProcess {
 public:
  // The parameters must have passed CheckArrivals. `candidates` gives entity i to candidate i;
  // `bursts` is the stream of the MMPP's states.
  ArrivalProcess(const ArrivalParams& params, const std::vector<RegionShare>& regions,
                 const RandomStreams& streams, StreamName candidates, StreamName bursts);

  ArrivalEvent Next();

 private:
  // Hours of the regions' clocks begin at multiples of this.
  static constexpr Duration kBin = Duration::Minutes(15);
  static constexpr int64_t kBins = 7 * 24 * 4;

  ArrivalEvent NextThinned();
  ArrivalEvent NextRenewal();
  uint32_t DrawRegion(Draw* draw) const;
  uint32_t DrawRegionAt(SimTime time, uint64_t candidate) const;
  Duration Utc(SimTime time) const;
  double ShapeAt(SimTime time, uint32_t region) const;
  void SetBinRates();
  SimTime AfterUnits(SimTime from, double units) const;

  RandomStreams streams_;
  StreamName candidates_;
  Duration start_;  // of the run, since Monday 00:00 UTC
  std::optional<DiscreteDistribution> region_mix_;
  std::vector<double> weights_;    // of each region; never empty
  std::vector<Duration> offsets_;  // of each region's clock
  std::optional<WeekProfile> profile_;
  std::optional<BurstPath> bursts_;
  bool renewal_ = false;
  double gamma_shape_ = 0;  // of a gap; 0: constant gaps
  double rate_per_ns_ = 0;  // mean
  double mean_gap_ns_ = 0;  // of the superset
  double thinning_ = 1;
  std::vector<double> bin_rate_;  // renewal with a shape: units per ns in each bin of a UTC week
  SimTime now_ = SimTime::Zero();
  uint64_t next_candidate_ = 0;
};

}  // namespace orrery::workload
