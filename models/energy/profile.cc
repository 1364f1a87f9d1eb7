#include "models/energy/profile.h"

#include <cmath>

#include "sim/base/check.h"

namespace orrery::energy {
namespace {

constexpr int kYearDays = 365;
constexpr int64_t kHourNs = Duration::Hours(1).nanos();
constexpr std::array<int, Profile::kMonths> kMonthDays = {31, 28, 31, 30, 31, 30,
                                                          31, 31, 30, 31, 30, 31};

constexpr std::array<int, Profile::kMonths> FirstDays() {
  std::array<int, Profile::kMonths> first = {};
  for (int m = 1; m < Profile::kMonths; ++m) first[m] = first[m - 1] + kMonthDays[m - 1];
  return first;
}
constexpr std::array<int, Profile::kMonths> kFirstDay = FirstDays();

constexpr std::array<uint8_t, kYearDays> MonthOfDays() {
  std::array<uint8_t, kYearDays> month = {};
  for (int m = 0; m < Profile::kMonths; ++m) {
    for (int d = 0; d < kMonthDays[m]; ++d) month[kFirstDay[m] + d] = static_cast<uint8_t>(m);
  }
  return month;
}
constexpr std::array<uint8_t, kYearDays> kMonthOfDay = MonthOfDays();

}  // namespace

struct Profile::Place {
  int64_t years = 0;
  int64_t ns = 0;  // into the hour
  int day = 0;     // of the year
  int hour = 0;
  int month = 0;
};

Profile::Place Profile::Locate(SimTime time) {
  ORRERY_CHECK(time.nanos() >= 0, time.nanos());
  const int64_t hours = time.nanos() / kHourNs;
  const int64_t days = hours / kHours;
  Place place;
  place.years = days / kYearDays;
  place.ns = time.nanos() % kHourNs;
  place.day = static_cast<int>(days % kYearDays);
  place.hour = static_cast<int>(hours % kHours);
  place.month = kMonthOfDay[place.day];
  return place;
}

Profile Profile::Constant(int64_t rate) { return Profile().Plus(rate); }

Profile Profile::Make(double mean, std::span<const double> hours, std::span<const double> months) {
  ORRERY_CHECK(hours.empty() || hours.size() == kHours, hours.size());
  ORRERY_CHECK(months.empty() || months.size() == kMonths, months.size());
  Profile profile;
  for (int m = 0; m < kMonths; ++m) {
    for (int h = 0; h < kHours; ++h) {
      const double factor = (hours.empty() ? 1 : hours[h]) * (months.empty() ? 1 : months[m]);
      profile.rate_[m][h] = static_cast<int64_t>(std::floor(mean * factor + 0.5));
    }
  }
  profile.Sum();
  return profile;
}

Profile Profile::Plus(int64_t rate) const {
  Profile sum = *this;
  for (auto& month : sum.rate_) {
    for (int64_t& hour : month) hour += rate;
  }
  sum.Sum();
  return sum;
}

void Profile::Sum() {
  year_ = 0;
  for (int m = 0; m < kMonths; ++m) {
    day_[m] = 0;
    for (int h = 0; h < kHours; ++h) {
      before_hour_[m][h] = day_[m];
      day_[m] += rate_[m][h];
    }
    before_month_[m] = year_;
    year_ += day_[m] * kMonthDays[m];
  }
}

int64_t Profile::At(SimTime time) const {
  const Place place = Locate(time);
  return rate_[place.month][place.hour];
}

__int128 Profile::Cumulative(SimTime time) const {
  const Place place = Locate(time);
  const int m = place.month;
  const int64_t rate_hours = place.years * year_ + before_month_[m] +
                             day_[m] * (place.day - kFirstDay[m]) + before_hour_[m][place.hour];
  return static_cast<__int128>(rate_hours) * kHourNs +
         static_cast<__int128>(rate_[m][place.hour]) * place.ns;
}

__int128 Profile::Integral(SimTime from, SimTime to) const {
  ORRERY_CHECK(from <= to, from.nanos(), to.nanos());
  return Cumulative(to) - Cumulative(from);
}

}  // namespace orrery::energy
