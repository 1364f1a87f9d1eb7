// Money as integers: micro-dollars and 1e-8 token units. Products run in 128 bits; nothing is lost
// to rounding except where a function says so, and an amount that leaves int64 is a broken
// invariant (ORRERY_CHECK), never a wrapped number.
#pragma once

#include <compare>
#include <cstdint>

#include "sim/base/check.h"
#include "sim/base/time.h"

namespace orrery {
namespace internal {

constexpr int64_t AddMoney(int64_t a, int64_t b) {
  int64_t sum = 0;
  ORRERY_CHECK(!__builtin_add_overflow(a, b, &sum), a, b);
  return sum;
}
constexpr int64_t SubtractMoney(int64_t a, int64_t b) {
  int64_t difference = 0;
  ORRERY_CHECK(!__builtin_sub_overflow(a, b, &difference), a, b);
  return difference;
}
constexpr int64_t NarrowMoney(__int128 amount) {
  ORRERY_CHECK(amount >= INT64_MIN && amount <= INT64_MAX, static_cast<double>(amount));
  return static_cast<int64_t>(amount);
}

}  // namespace internal

// An amount in US dollars [1e-6 USD].
class Usd {
 public:
  constexpr Usd() = default;
  static constexpr Usd Micros(int64_t micros) { return Usd(micros); }
  // Nearest micro-dollar, halves away from zero. |dollars| must be below 9.2e12.
  static constexpr Usd FromDollars(double dollars) {
    ORRERY_CHECK(dollars > -9.2e12 && dollars < 9.2e12, dollars);
    return Usd(static_cast<int64_t>(dollars * 1e6 + (dollars < 0 ? -0.5 : 0.5)));
  }
  constexpr int64_t micros() const { return micros_; }
  constexpr double dollars() const { return static_cast<double>(micros_) * 1e-6; }
  constexpr auto operator<=>(const Usd&) const = default;
  constexpr Usd operator+(Usd o) const { return Usd(internal::AddMoney(micros_, o.micros_)); }
  constexpr Usd operator-(Usd o) const { return Usd(internal::SubtractMoney(micros_, o.micros_)); }
  constexpr Usd operator-() const { return Usd() - *this; }
  constexpr Usd& operator+=(Usd o) { return *this = *this + o; }
  constexpr Usd& operator-=(Usd o) { return *this = *this - o; }

 private:
  explicit constexpr Usd(int64_t micros) : micros_(micros) {}
  int64_t micros_ = 0;
};

// An amount of the network's token [1e-8 token].
class Token {
 public:
  constexpr Token() = default;
  static constexpr Token Units(int64_t units) { return Token(units); }
  constexpr int64_t units() const { return units_; }
  constexpr double tokens() const { return static_cast<double>(units_) * 1e-8; }
  constexpr auto operator<=>(const Token&) const = default;
  constexpr Token operator+(Token o) const { return Token(internal::AddMoney(units_, o.units_)); }
  constexpr Token operator-(Token o) const {
    return Token(internal::SubtractMoney(units_, o.units_));
  }
  constexpr Token operator-() const { return Token() - *this; }
  constexpr Token& operator+=(Token o) { return *this = *this + o; }
  constexpr Token& operator-=(Token o) { return *this = *this - o; }

 private:
  explicit constexpr Token(int64_t units) : units_(units) {}
  int64_t units_ = 0;
};

// A rate in US dollars an hour [1e-6 USD/h].
class UsdPerHour {
 public:
  constexpr UsdPerHour() = default;
  static constexpr UsdPerHour Micros(int64_t micros) { return UsdPerHour(micros); }
  static constexpr UsdPerHour FromDollars(double dollars) {
    return UsdPerHour(Usd::FromDollars(dollars).micros());
  }
  constexpr int64_t micros() const { return micros_; }
  constexpr double dollars() const { return static_cast<double>(micros_) * 1e-6; }
  constexpr auto operator<=>(const UsdPerHour&) const = default;
  // The charge for `thousandths` of a GPU over `d`: floor(rate × d × thousandths / 1000) [1e-6
  // USD]. None of the three may be negative. Charging floor(total so far) − already charged keeps
  // the sum of instalments equal to one charge at the end (sim/ledger/meter.h does).
  constexpr Usd For(Duration d, int64_t thousandths) const {
    ORRERY_CHECK(micros_ >= 0 && d.nanos() >= 0 && thousandths >= 0, micros_, d.nanos(),
                 thousandths);
    __int128 product = 0;
    const bool fits = !__builtin_mul_overflow(static_cast<__int128>(micros_) * d.nanos(),
                                              static_cast<__int128>(thousandths), &product);
    ORRERY_CHECK(fits, micros_, d.nanos(), thousandths);
    return Usd::Micros(internal::NarrowMoney(product / kScale));
  }
  // What For's product counts: 1e-6 USD × this many [ns × thousandths].
  static constexpr __int128 kScale = static_cast<__int128>(3'600'000'000'000) * 1000;

 private:
  explicit constexpr UsdPerHour(int64_t micros) : micros_(micros) {}
  int64_t micros_ = 0;
};

}  // namespace orrery
