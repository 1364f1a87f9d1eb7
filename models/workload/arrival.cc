#include "models/workload/arrival.h"

#include <cmath>

#include "models/workload/arrival_process.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

class Checker {
 public:
  Checker(const std::string& place, std::vector<Finding>* findings)
      : place_(place.empty() ? "" : place + "."), findings_(findings) {}

  bool ok() const { return ok_; }

  void Report(const std::string& key, std::string what) {
    findings_->push_back({place_ + key, std::move(what)});
    ok_ = false;
  }

  void Number(const std::string& key, double value, bool zero, double most) {
    if (std::isfinite(value) && (zero ? value >= 0 : value > 0) && value <= most) return;
    Report(key, "got " + FormatDouble(value) + ", expected " +
                    (zero ? "0 or more" : "more than 0") + ", at most " + FormatDouble(most));
  }

  void Weights(const std::string& key, const std::vector<double>& values, size_t count) {
    if (values.empty()) return;
    if (values.size() != count) {
      Report(key,
             "got " + std::to_string(values.size()) + " values, expected " + std::to_string(count));
      return;
    }
    for (size_t i = 0; i < count; ++i) {
      Number(key + "[" + std::to_string(i) + "]", values[i], /*zero=*/true, 1e9);
    }
  }

 private:
  std::string place_;
  std::vector<Finding>* findings_;
  bool ok_ = true;
};

void CheckLaw(const ArrivalLaw& law, Checker* check) {
  if (const auto* gamma = std::get_if<GammaArrivals>(&law))
    check->Number("cv", gamma->cv, true, 100);
  const auto* mmpp = std::get_if<MmppArrivals>(&law);
  if (mmpp == nullptr) return;
  if (mmpp->states.size() < 2) {
    check->Report("states",
                  "got " + std::to_string(mmpp->states.size()) + " states, expected at least two");
    return;
  }
  double most = 0;
  for (size_t i = 0; i < mmpp->states.size(); ++i) {
    const std::string key = "states[" + std::to_string(i) + "]";
    check->Number(key + ".rate", mmpp->states[i].rate, /*zero=*/true, 1e9);
    if (mmpp->states[i].mean_sojourn <= Duration()) {
      check->Report(key + ".mean_sojourn",
                    "got " + FormatDouble(mmpp->states[i].mean_sojourn.seconds()) +
                        " s, expected more than 0");
    }
    most = std::max(most, mmpp->states[i].rate);
  }
  if (check->ok() && most == 0) check->Report("states", "got no state with a rate above 0");
}

}  // namespace

void CheckArrivals(const ArrivalParams& params, const std::string& place,
                   std::vector<Finding>* findings) {
  Checker check(place, findings);
  check.Number("rate", params.rate_per_h, /*zero=*/false, kMostPerHour);
  CheckLaw(params.law, &check);
  check.Weights("shape.daily", params.shape.daily, 24);
  check.Weights("shape.weekly", params.shape.weekly, 7);
  check.Weights("shape.weekend_daily", params.shape.weekend_daily, 24);
  if (params.start_of_week < Duration()) {
    check.Report("start_of_week", "got a time before Monday 00:00, expected one after it");
  }
  check.Number("superset_rate", params.superset_rate_per_h, /*zero=*/true, kMostPerHour);
  if (!check.ok()) return;
  const double peak = PeakOverMean(params);
  if (!std::isfinite(peak) || peak > 1e6) {
    check.Report("shape", "got a peak of more than a million times the mean, or no rate above 0");
    return;
  }
  if (params.superset_rate_per_h == 0) return;
  if (std::holds_alternative<GammaArrivals>(params.law)) {
    check.Report("superset_rate", "got one for gamma arrivals, which are not thinned");
  } else if (params.superset_rate_per_h < params.rate_per_h * peak) {
    check.Report("superset_rate",
                 "got " + FormatDouble(params.superset_rate_per_h) + ", expected at least " +
                     FormatDouble(params.rate_per_h * peak) + ", the highest rate of arrivals");
  }
}

void CheckRegionShares(const std::vector<RegionShare>& regions, const std::string& place,
                       std::vector<Finding>* findings) {
  Checker check("", findings);
  double sum = 0;
  for (size_t i = 0; i < regions.size(); ++i) {
    const std::string key = place + "[" + std::to_string(i) + "]";
    check.Number(key + ".weight", regions[i].weight, /*zero=*/true, 1e12);
    sum += regions[i].weight;
    const Duration offset = regions[i].utc_offset;
    if (offset > Duration::Hours(14) || offset < -Duration::Hours(12) ||
        offset.nanos() % Duration::Minutes(15).nanos() != 0) {
      check.Report(key + ".utc_offset", "got " + FormatDouble(offset.hours()) +
                                            " h, expected -12 h … 14 h in quarters of an hour");
    }
  }
  if (!regions.empty() && check.ok() && !(sum > 0)) {
    check.Report(place, "got no region with a weight above 0");
  }
}

}  // namespace orrery::workload
