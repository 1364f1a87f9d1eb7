// What an idle GPU earns as a miner of a coin whose proof of work is bound by memory bandwidth.
//
// A rig mines in the hours in which that pays: where its share of the network's rewards is worth
// more than the electricity that it draws above an idle GPU. The fleet is taken to be small against
// the network: a rig earns in proportion to its hash rate, however many others mine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "models/energy/profile.h"
#include "sim/base/demand.h"
#include "sim/base/random.h"
#include "sim/base/time.h"

namespace orrery::economics {

// The coin and its network. The defaults are those of Ethereum Classic in its fifth era.
struct Coin {
  double usd = 20;  // of a coin, on the first day. Assumption: coin_price
  // ECIP-1017: 5 coins, less a fifth with each era.
  double block_reward = 2.048;
  // Mean of the blocks up to number 17,088,524 (ledgerlife.io, 2023).
  Duration block_time = Duration::Millis(13'150);
  // Of all miners [1e12 hash/s], as wuyelx.com tells it ("Ethereum Classic network hashrate").
  double network_ths = 242.34;
};

// How owners mine.
struct Rig {
  // By OwnerKind: whether they do. Assumption: who_mines.
  std::array<bool, kOwnerKinds> owners = {false, true, false, false};
  // Of the memory bandwidth, what hashing makes use of: the middle of seven measured hash rates
  // (docs/models/mining.md).
  double bandwidth_share = 0.85;
  // Power of a GPU that mines, over its TDP: eight A100 drew 327 W of 400 W each
  // (mludvig/aws-ethereum-miner, pull request 5), an RTX 3090 290 W of 350 W.
  double tdp_share = 0.82;
  // Of the revenue, what the pool keeps. Assumption: pool_fee.
  double fee = 0.01;
  // What a job waits for on a GPU that mines, until the miner has stopped and its memory is free.
  // Assumption: miner_stop.
  Duration stop = Duration::Seconds(5);
  // From when a GPU is free until it mines: the miner starts and computes its data set.
  // Assumption: miner_start.
  Duration start = Duration::Seconds(30);
};

// The price of a coin as a geometric Brownian motion, day by day (level full).
struct CoinWalk {
  // Of the price's expectation [1/day]. Assumption: coin_drift.
  double drift = 0;
  // Standard deviation of the logarithm of its daily change: Ether's weekly 15.8% of 2016 to 2022
  // (tremplin.io, "Ethereum: what statistical behavior?"), over the root of 7.
  double volatility = 0.06;
};

// Nobody mines.
struct NoMining {};
// A coin has one price all the time.
struct SimpleMining {
  Coin coin;
  Rig rig;
};
// Its price walks.
struct FullMining : SimpleMining {
  CoinWalk walk;
};

using Mining = std::variant<NoMining, SimpleMining, FullMining>;

// Null where nobody mines.
const SimpleMining* MiningOf(const Mining& mining);

// Bytes of memory that one hash reads: 64 pages of 128 bytes, which Ethash's definition calls
// ACCESSES and MIX_BYTES. Etchash reads as much.
inline constexpr double kBytesAHash = 64 * 128;

// What a GPU mines in an hour is worth this much at most, however far the price of a coin walks:
// 300 times what an RTX 3090 earned in January 2021. Keeps the sums of any fleet within range.
inline constexpr double kMostUsdAnHour = 100;

// Of a GPU of this memory bandwidth [hash/s].
double HashRate(double bandwidth_gbs, const Rig& rig);

// Coins that a hash rate earns in an hour, the pool's fee taken off.
double CoinsAnHour(double hash_rate, const Coin& coin, const Rig& rig);

// What a coin is worth, day by day since the start of the run.
class CoinPrice {
 public:
  // Constant, or a walk in the stream "mining/coin".
  explicit CoinPrice(double usd) : usd_{usd} {}
  CoinPrice(double usd, const CoinWalk& walk, const RandomStreams& random);

  // On a day 0, 1, … [USD]. O(1), the first time O(days).
  double OnDay(size_t day) const;

 private:
  CoinWalk walk_;
  std::optional<RandomStream> stream_;  // none: the price stays
  mutable std::vector<double> usd_;     // by day, as far as it was asked for
};

// One GPU of a kind, in one place, that could mine all the time: what that comes to, in closed form
// between any two moments. All sums are integers: parts of a span add up to the whole.
class RigHours {
 public:
  // Sums over the time mined.
  struct Sums {
    __int128 mined = 0;    // [ns]
    __int128 price = 0;    // of electricity [1e-6 USD/kWh · ns]
    __int128 carbon = 0;   // [1e-6 kg/kWh · ns]
    __int128 revenue = 0;  // [1e-9 USD/h · ns]

    void Add(const Sums& other, int64_t times);
  };

  // `extra_mw`: power above an idle GPU's, from the grid. `price` [1e-6 USD/kWh], `carbon` [1e-6
  // kg/kWh] and `coin` outlive this; the first two are of a year into which the run begins by whole
  // days, `begin`.
  RigHours(int64_t extra_mw, double coins_an_hour, const energy::Profile* price,
           const energy::Profile* carbon, Duration begin, const CoinPrice* coin);

  int64_t extra_mw() const { return extra_mw_; }
  // From the start of the run until a time that is not negative. O(1), the first time O(hours).
  Sums Until(SimTime time) const;
  // Whether it pays in the hour of the run that holds this time.
  bool MinesAt(SimTime time) const;

 private:
  // Sums over the hours before this one [h].
  struct Hour {
    __int128 revenue = 0;
    int64_t price = 0;
    int64_t carbon = 0;
    int64_t mined = 0;
  };
  void Reach(size_t hour) const;

  int64_t extra_mw_;
  double coins_an_hour_;
  const energy::Profile* price_;
  const energy::Profile* carbon_;
  Duration begin_;
  const CoinPrice* coin_;
  mutable std::vector<Hour> hours_;  // as far as they were asked for
};

}  // namespace orrery::economics
