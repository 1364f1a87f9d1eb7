#include "models/workload/arrival_process.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/base/math.h"

namespace orrery::workload {
namespace {

constexpr Duration kWeek = Duration::Hours(168);
// Samples of a candidate; the generator's own ones follow (generator.cc).
constexpr uint64_t kMainSample = 0;
constexpr uint64_t kGapSample = 3;
constexpr uint64_t kRegionSample = 4;
constexpr int kMostRejected = 1000;

// After 95 years nothing arrives any more, so that a job's deadline is still a SimTime.
constexpr double kLatestNs = 3e18;

SimTime Later(SimTime now, double gap_ns) {
  const double at = static_cast<double>(now.nanos()) + gap_ns;
  if (at >= kLatestNs) return SimTime::Never();
  return now + Duration::Nanos(static_cast<int64_t>(gap_ns + 0.5));
}

}  // namespace

WeekProfile::WeekProfile(const RateShape& shape) {
  double sum = 0;
  for (int hour = 0; hour < kHours; ++hour) {
    const int day = hour / 24;
    const bool weekend = day >= 5 && !shape.weekend_daily.empty();
    const std::vector<double>& daily = weekend ? shape.weekend_daily : shape.daily;
    double rate = daily.empty() ? 1 : daily[static_cast<size_t>(hour % 24)];
    if (!shape.weekly.empty()) rate *= shape.weekly[static_cast<size_t>(day)];
    rates_[static_cast<size_t>(hour)] = rate;
    sum += rate;
  }
  for (double& rate : rates_) rate *= kHours / sum;
  max_ = *std::max_element(rates_.begin(), rates_.end());
}

double PeakOverMean(const ArrivalParams& params) {
  double peak = params.shape.flat() ? 1 : WeekProfile(params.shape).max();
  const auto* mmpp = std::get_if<MmppArrivals>(&params.law);
  if (mmpp == nullptr) return peak;
  double time = 0, jobs = 0, most = 0;
  for (const MmppArrivals::State& state : mmpp->states) {
    time += state.mean_sojourn.seconds();
    jobs += state.mean_sojourn.seconds() * state.rate;
    most = std::max(most, state.rate);
  }
  return peak * most * time / jobs;
}

BurstPath::BurstPath(const MmppArrivals& law, const RandomStream& stream)
    : stream_(stream), until_(SimTime::Zero()) {
  double time = 0, jobs = 0;
  for (const MmppArrivals::State& state : law.states) {
    time += state.mean_sojourn.seconds();
    jobs += state.mean_sojourn.seconds() * state.rate;
  }
  for (const MmppArrivals::State& state : law.states) {
    states_.push_back({state.rate * time / jobs, state.mean_sojourn});
  }
  // The first state: in proportion to the time spent in each. An exponential sojourn has no memory,
  // so the rest of the first one is a whole one.
  Draw draw = stream_.At(sojourn_++);
  double left = draw.UniformOpen() * time;
  while (state_ + 1 < states_.size() && left >= states_[state_].mean_sojourn.seconds()) {
    left -= states_[state_].mean_sojourn.seconds();
    ++state_;
  }
  until_ =
      Later(until_, draw.Exponential(static_cast<double>(states_[state_].mean_sojourn.nanos())));
}

void BurstPath::Advance() {
  state_ = (state_ + 1) % states_.size();
  Draw draw = stream_.At(sojourn_++);
  until_ =
      Later(until_, draw.Exponential(static_cast<double>(states_[state_].mean_sojourn.nanos())));
}

double BurstPath::At(SimTime time) {
  while (until_ <= time && until_ != SimTime::Never()) Advance();
  return states_[state_].rate;
}

ArrivalProcess::ArrivalProcess(const ArrivalParams& params, const std::vector<RegionShare>& regions,
                               const RandomStreams& streams, StreamName candidates,
                               StreamName bursts)
    : streams_(streams),
      candidates_(candidates),
      start_(Duration::Nanos(params.start_of_week.nanos() % kWeek.nanos())) {
  rate_per_ns_ = params.rate_per_h / 3.6e12;
  for (const RegionShare& region : regions) {
    weights_.push_back(region.weight);
    offsets_.push_back(region.utc_offset);
  }
  if (regions.empty()) {
    weights_.push_back(1);
    offsets_.push_back(Duration());
  }
  if (regions.size() > 1) region_mix_ = DiscreteDistribution::Of(weights_);
  if (!params.shape.flat()) profile_.emplace(params.shape);
  if (const auto* mmpp = std::get_if<MmppArrivals>(&params.law)) {
    bursts_.emplace(*mmpp, streams.Stream(bursts));
  }
  thinning_ = PeakOverMean(params);
  if (params.superset_rate_per_h > 0) thinning_ = params.superset_rate_per_h / params.rate_per_h;
  if (const auto* gamma = std::get_if<GammaArrivals>(&params.law)) {
    renewal_ = true;
    thinning_ = 1;
    gamma_shape_ = gamma->cv == 0 ? 0 : 1 / (gamma->cv * gamma->cv);
    if (profile_) SetBinRates();
  }
  mean_gap_ns_ = 1 / (rate_per_ns_ * thinning_);
}

// The rate of all regions together in each bin of a UTC week.
void ArrivalProcess::SetBinRates() {
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (int64_t bin = 0; bin < kBins; ++bin) {
    double rate = 0;
    for (size_t r = 0; r < offsets_.size(); ++r) {
      rate += weights_[r] / sum * profile_->At(kWeek + kBin * bin + offsets_[r]);
    }
    bin_rate_.push_back(rate * rate_per_ns_);
  }
}

ArrivalEvent ArrivalProcess::Next() { return renewal_ ? NextRenewal() : NextThinned(); }

// Time since some Monday 00:00 UTC; below two weeks.
Duration ArrivalProcess::Utc(SimTime time) const {
  return Duration::Nanos(time.nanos() % kWeek.nanos()) + start_;
}

double ArrivalProcess::ShapeAt(SimTime time, uint32_t region) const {
  return profile_->At(kWeek + Utc(time) + offsets_[region]);
}

uint32_t ArrivalProcess::DrawRegion(Draw* draw) const {
  if (region_mix_) return static_cast<uint32_t>((*region_mix_)(*draw));
  draw->Bits();
  return 0;
}

ArrivalEvent ArrivalProcess::NextThinned() {
  while (true) {
    const uint64_t candidate = next_candidate_++;
    ArrivalEvent event{.draw = streams_.Stream(candidates_, candidate).At(kMainSample)};
    now_ = Later(now_, mean_gap_ns_ * -Log(event.draw.UniformOpen()));
    const double u = event.draw.Uniform01();
    event.region = DrawRegion(&event.draw);
    event.time = now_;
    event.candidate = candidate;
    if (now_ == SimTime::Never()) return event;
    double relative = 1;
    if (profile_) relative *= ShapeAt(now_, event.region);
    if (bursts_) relative *= bursts_->At(now_);
    if (u * thinning_ < relative) return event;
  }
}

ArrivalEvent ArrivalProcess::NextRenewal() {
  const uint64_t candidate = next_candidate_++;
  const RandomStream stream = streams_.Stream(candidates_, candidate);
  ArrivalEvent event{.draw = stream.At(kMainSample)};
  event.draw.Bits();
  event.draw.Bits();
  Draw gap = stream.At(kGapSample);
  const double units = gamma_shape_ == 0 ? 1 : gap.Gamma(gamma_shape_, 1 / gamma_shape_);
  now_ = AfterUnits(now_, units);
  event.region = DrawRegion(&event.draw);
  if (profile_ && region_mix_ && now_ != SimTime::Never()) {
    event.region = DrawRegionAt(now_, candidate);
  }
  event.time = now_;
  event.candidate = candidate;
  return event;
}

// Where the cumulated rate since `from` reaches `units` (one unit is one arrival on average).
SimTime ArrivalProcess::AfterUnits(SimTime from, double units) const {
  if (!profile_) return Later(from, units / rate_per_ns_);
  SimTime at = from;
  while (at != SimTime::Never()) {
    const Duration utc = Utc(at);
    const int64_t bin = utc / kBin;
    const double left_ns = static_cast<double>((kBin * (bin + 1) - utc).nanos());
    const double rate = bin_rate_[static_cast<size_t>(bin % kBins)];
    if (rate > 0 && rate * left_ns >= units) {
      // Rounding must not take it into hours in which nothing arrives.
      const bool closes = bin_rate_[static_cast<size_t>((bin + 1) % kBins)] == 0;
      return Later(at, std::min(units / rate, closes ? left_ns - 1 : left_ns));
    }
    units -= rate * left_ns;
    at = Later(at, left_ns);
  }
  return at;
}

// A region, given that there is an arrival at `time`: by its weight times its rate at that hour.
uint32_t ArrivalProcess::DrawRegionAt(SimTime time, uint64_t candidate) const {
  Draw draw = streams_.Stream(candidates_, candidate).At(kRegionSample);
  for (int i = 0; i < kMostRejected; ++i) {
    const uint32_t region = static_cast<uint32_t>((*region_mix_)(draw));
    if (draw.Uniform01() * profile_->max() < ShapeAt(time, region)) return region;
  }
  // Where those that are awake have next to no weight.
  std::vector<double> rates;
  for (uint32_t region = 0; region < offsets_.size(); ++region) {
    rates.push_back(weights_[region] * ShapeAt(time, region));
  }
  return static_cast<uint32_t>(DiscreteDistribution::Of(rates)(draw));
}

}  // namespace orrery::workload
