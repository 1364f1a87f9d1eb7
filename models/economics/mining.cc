#include "models/economics/mining.h"

#include <algorithm>
#include <cmath>

#include "sim/base/math.h"

namespace orrery::economics {
namespace {

constexpr int64_t kHourNs = Duration::Hours(1).nanos();
constexpr size_t kDayHours = 24;
constexpr double kMostNanoUsd = kMostUsdAnHour * 1e9;

}  // namespace

const SimpleMining* MiningOf(const Mining& mining) {
  if (const auto* full = std::get_if<FullMining>(&mining)) return full;
  return std::get_if<SimpleMining>(&mining);
}

double HashRate(double bandwidth_gbs, const Rig& rig) {
  return rig.bandwidth_share * bandwidth_gbs * 1e9 / kBytesAHash;
}

double CoinsAnHour(double hash_rate, const Coin& coin, const Rig& rig) {
  const double blocks = 3600 / coin.block_time.seconds();
  return hash_rate / (coin.network_ths * 1e12) * blocks * coin.block_reward * (1 - rig.fee);
}

CoinPrice::CoinPrice(double usd, const CoinWalk& walk, const RandomStreams& random)
    : walk_(walk), stream_(random.Stream("mining/coin", 0)), usd_{usd} {}

double CoinPrice::OnDay(size_t day) const {
  if (!stream_) return usd_[0];
  const double sigma = walk_.volatility;
  while (usd_.size() <= day) {
    Draw draw = stream_->At(usd_.size());
    const double step =
        walk_.drift - sigma * sigma / 2 + sigma * NormalQuantile(draw.UniformOpen());
    usd_.push_back(usd_.back() * Exp(step));
  }
  return usd_[day];
}

void RigHours::Sums::Add(const Sums& other, int64_t times) {
  mined += other.mined * times;
  price += other.price * times;
  carbon += other.carbon * times;
  revenue += other.revenue * times;
}

RigHours::RigHours(int64_t extra_mw, double coins_an_hour, const energy::Profile* price,
                   const energy::Profile* carbon, Duration begin, const CoinPrice* coin)
    : extra_mw_(extra_mw),
      coins_an_hour_(coins_an_hour),
      price_(price),
      carbon_(carbon),
      begin_(begin),
      coin_(coin),
      hours_(1) {}

// Knows all hours up to the end of this one.
void RigHours::Reach(size_t hour) const {
  while (hours_.size() <= hour + 1) {
    const size_t at = hours_.size() - 1;
    const SimTime time = SimTime::FromNanos(static_cast<int64_t>(at) * kHourNs) + begin_;
    const int64_t price = price_->At(time);
    const double usd = coins_an_hour_ > 0 ? coins_an_hour_ * coin_->OnDay(at / kDayHours) : 0;
    const auto revenue = static_cast<int64_t>(std::min(std::floor(usd * 1e9), kMostNanoUsd));
    Hour next = hours_.back();
    // Both in 1e-12 USD an hour.
    if (static_cast<__int128>(revenue) * 1000 > static_cast<__int128>(extra_mw_) * price) {
      next.revenue += revenue;
      next.price += price;
      next.carbon += carbon_->At(time);
      ++next.mined;
    }
    hours_.push_back(next);
  }
}

RigHours::Sums RigHours::Until(SimTime time) const {
  const auto hour = static_cast<size_t>(time.nanos() / kHourNs);
  const __int128 into = time.nanos() % kHourNs;
  Reach(hour);
  const Hour& before = hours_[hour];
  const Hour& after = hours_[hour + 1];
  const auto sum = [&](__int128 a, __int128 b) { return a * kHourNs + (b - a) * into; };
  return {.mined = sum(before.mined, after.mined),
          .price = sum(before.price, after.price),
          .carbon = sum(before.carbon, after.carbon),
          .revenue = sum(before.revenue, after.revenue)};
}

bool RigHours::MinesAt(SimTime time) const {
  const auto hour = static_cast<size_t>(time.nanos() / kHourNs);
  Reach(hour);
  return hours_[hour + 1].mined > hours_[hour].mined;
}

}  // namespace orrery::economics
