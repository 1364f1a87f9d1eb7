// What a GPU mines, against figures worked by hand, measured hash rates and the law of its price.
#include "models/economics/mining.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace orrery::economics {
namespace {

constexpr int64_t kHourNs = Duration::Hours(1).nanos();

SimTime At(double hours) { return SimTime::FromSeconds(hours * 3600); }

// 936 GB/s in pieces of 8 KiB are 114.3 million hashes a second, and 85% of that 97.1.
TEST(MiningTest, HashRateFollowsBandwidth) {
  EXPECT_NEAR(HashRate(936, Rig()) / 1e6, 0.85 * 936e9 / 8192 / 1e6, 1e-9);
  EXPECT_NEAR(HashRate(936, Rig()) / 1e6, 97.1, 0.05);
}

struct Card {
  double bandwidth_gbs, mhs;
};

// Ethash on cards as they come; docs/models/mining.md has the sources.
const std::vector<Card>& Cards() {
  static const std::vector<Card> cards = {
      {616, 57}, {360, 37}, {760, 90}, {936, 107}, {900, 93}, {1555, 1383.154 / 8}, {600, 56}};
  return cards;
}

TEST(MiningTest, HashRateIsNearMeasuredOnes) {
  double sum = 0;
  for (const Card& card : Cards()) {
    const double error = HashRate(card.bandwidth_gbs, Rig()) / 1e6 / card.mhs - 1;
    EXPECT_LT(std::abs(error), 0.13) << card.bandwidth_gbs;
    sum += std::abs(error);
  }
  EXPECT_NEAR(sum / static_cast<double>(Cards().size()), 0.076, 0.001);
}

// The middle of what six cards make of their bandwidth foretells the seventh.
TEST(MiningTest, ACardLeftOutIsForetoldByTheOthers) {
  Rig whole;
  whole.bandwidth_share = 1;
  double sum = 0, worst = 0;
  for (const Card& left_out : Cards()) {
    std::vector<double> shares;
    for (const Card& card : Cards()) {
      if (&card != &left_out)
        shares.push_back(card.mhs * 1e6 / HashRate(card.bandwidth_gbs, whole));
    }
    std::sort(shares.begin(), shares.end());
    Rig rig;
    rig.bandwidth_share = (shares[2] + shares[3]) / 2;
    EXPECT_NEAR(rig.bandwidth_share, Rig().bandwidth_share, 0.03);
    const double error = std::abs(HashRate(left_out.bandwidth_gbs, rig) / 1e6 / left_out.mhs - 1);
    sum += error;
    worst = std::max(worst, error);
  }
  EXPECT_NEAR(sum / static_cast<double>(Cards().size()), 0.098, 0.001);
  EXPECT_NEAR(worst, 0.159, 0.001);
}

// A thousandth of the network gets a thousandth of 3,600 / 12 × 2 coins, and the pool a tenth.
TEST(MiningTest, CoinsAreSharedByHashRate) {
  const Coin coin = {
      .usd = 1, .block_reward = 2, .block_time = Duration::Seconds(12), .network_ths = 1};
  Rig rig;
  rig.fee = 0.1;
  EXPECT_NEAR(CoinsAnHour(1e9, coin, rig), 0.9 * 0.6, 1e-12);
  EXPECT_EQ(CoinsAnHour(0, coin, rig), 0);
}

// With the defaults an RTX 3090 earns some ten cents a day, as is told of the time after Ethereum's
// proof of work.
TEST(MiningTest, TheDefaultCoinPaysTenCentsADay) {
  const double usd = 24 * CoinsAnHour(HashRate(936, Rig()), Coin(), Rig()) * Coin().usd;
  EXPECT_NEAR(usd, 0.107, 0.001);
}

TEST(MiningTest, APriceStaysOrWalks) {
  EXPECT_EQ(CoinPrice(20).OnDay(0), 20);
  EXPECT_EQ(CoinPrice(20).OnDay(1000), 20);
  const CoinPrice walk(20, {.drift = 0.001, .volatility = 0.06}, RandomStreams(1, 0));
  EXPECT_EQ(walk.OnDay(0), 20);
  // Asked in whatever order.
  const CoinPrice again(20, {.drift = 0.001, .volatility = 0.06}, RandomStreams(1, 0));
  EXPECT_EQ(again.OnDay(700), walk.OnDay(700));
  EXPECT_EQ(again.OnDay(3), walk.OnDay(3));
  const CoinPrice other(20, {.drift = 0.001, .volatility = 0.06}, RandomStreams(1, 1));
  EXPECT_NE(other.OnDay(700), walk.OnDay(700));
}

// Steps of the logarithm are normal with mean μ − σ²/2 and deviation σ.
TEST(MiningTest, AWalkHasItsDriftAndVolatility) {
  const CoinWalk law = {.drift = 0.01, .volatility = 0.06};
  const CoinPrice walk(20, law, RandomStreams(7, 0));
  constexpr int kDays = 20'000;
  double sum = 0, squares = 0;
  for (int d = 1; d <= kDays; ++d) {
    const double step = std::log(walk.OnDay(d) / walk.OnDay(d - 1));
    sum += step;
    squares += step * step;
  }
  const double mean = sum / kDays;
  EXPECT_NEAR(mean, 0.01 - 0.0018, 4 * 0.06 / std::sqrt(kDays));
  EXPECT_NEAR(std::sqrt(squares / kDays - mean * mean), 0.06, 0.002);
}

// 400 W at $0.10, $0.30 and then $0.20 a kilowatt-hour cost 4, 12 and 8 cents an hour.
class RigHoursTest : public ::testing::Test {
 protected:
  RigHoursTest() {
    std::vector<double> factors(24, 1.0);
    factors[0] = 0.5;
    factors[1] = 1.5;
    price_ = energy::Profile::Make(200'000, factors, std::vector<double>(12, 1.0));
  }
  RigHours Make(double usd_an_hour) {
    coin_.emplace(usd_an_hour);
    return RigHours(400'000, 1, &price_, &carbon_, Duration(), &*coin_);
  }

  energy::Profile price_ = energy::Profile::Constant(0);
  energy::Profile carbon_ = energy::Profile::Constant(500'000);
  std::optional<CoinPrice> coin_;
};

TEST_F(RigHoursTest, MinesInTheHoursThatPay) {
  const RigHours rig = Make(0.10);
  EXPECT_TRUE(rig.MinesAt(At(0)));
  EXPECT_FALSE(rig.MinesAt(At(1)));
  EXPECT_FALSE(rig.MinesAt(At(1.99)));
  EXPECT_TRUE(rig.MinesAt(At(2)));
  EXPECT_TRUE(rig.MinesAt(At(24.5)));
  EXPECT_FALSE(rig.MinesAt(At(25.5)));
  // Equal to its costs is not worth the trouble.
  const RigHours even = Make(0.08);
  EXPECT_TRUE(even.MinesAt(At(0)));
  EXPECT_FALSE(even.MinesAt(At(2)));
}

TEST_F(RigHoursTest, SumsOverTheHoursMined) {
  const RigHours rig = Make(0.10);
  const RigHours::Sums sums = rig.Until(At(2.5));
  EXPECT_EQ(sums.mined, __int128{kHourNs} * 3 / 2);
  EXPECT_EQ(sums.price, __int128{kHourNs} * 100'000 + __int128{kHourNs} / 2 * 200'000);
  EXPECT_EQ(sums.carbon, __int128{kHourNs} * 3 / 2 * 500'000);
  EXPECT_EQ(sums.revenue, __int128{kHourNs} * 3 / 2 * 100'000'000);
}

TEST_F(RigHoursTest, PartsOfASpanAddUp) {
  const RigHours rig = Make(0.10);
  RigHours::Sums parts;
  SimTime from = At(0.3);
  for (const double hours : {0.30001, 0.9, 1.2345, 1.9, 7.7, 30.0, 49.25}) {
    parts.Add(rig.Until(At(hours)), 1);
    parts.Add(rig.Until(from), -1);
    from = At(hours);
  }
  RigHours::Sums whole = rig.Until(At(49.25));
  whole.Add(rig.Until(At(0.3)), -1);
  EXPECT_EQ(parts.mined, whole.mined);
  EXPECT_EQ(parts.price, whole.price);
  EXPECT_EQ(parts.carbon, whole.carbon);
  EXPECT_EQ(parts.revenue, whole.revenue);
}

// On the second day the coin has another price: at 12 cents or less it does not pay at hour 1.
TEST_F(RigHoursTest, FollowsThePriceOfTheDay) {
  const CoinPrice walk(0.10, {.drift = 0.6, .volatility = 0}, RandomStreams(1, 0));
  const RigHours rig(400'000, 1, &price_, &carbon_, Duration(), &walk);
  EXPECT_FALSE(rig.MinesAt(At(1.5)));
  EXPECT_TRUE(rig.MinesAt(At(25.5)));
}

TEST_F(RigHoursTest, BeginsOnItsDayOfTheYear) {
  std::vector<double> months(12, 1.0);
  months[1] = 2;
  price_ = energy::Profile::Make(200'000, std::vector<double>(24, 1.0), months);
  coin_.emplace(0.10);
  // 31 January; the month after has twice the price.
  const RigHours rig(400'000, 1, &price_, &carbon_, Duration::Hours(24 * 30), &*coin_);
  EXPECT_TRUE(rig.MinesAt(At(23.5)));
  EXPECT_FALSE(rig.MinesAt(At(24.5)));
}

}  // namespace
}  // namespace orrery::economics
