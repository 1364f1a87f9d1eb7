// Money as integers: micro-dollars and 1e-8 token units. Products run in 128 bits; nothing is lost
// to rounding except where a function says so.
#pragma once

#include <compare>
#include <cstdint>

#include "sim/base/time.h"

namespace orrery {

// An amount in US dollars [1e-6 USD].
class Usd {
 public:
  constexpr Usd() = default;
  static constexpr Usd Micros(int64_t micros) { return Usd(micros); }
  // Nearest micro-dollar, halves away from zero.
  static constexpr Usd FromDollars(double dollars) {
    return Usd(static_cast<int64_t>(dollars * 1e6 + (dollars < 0 ? -0.5 : 0.5)));
  }
  constexpr int64_t micros() const { return micros_; }
  constexpr double dollars() const { return static_cast<double>(micros_) * 1e-6; }
  constexpr auto operator<=>(const Usd&) const = default;
  constexpr Usd operator+(Usd o) const { return Usd(micros_ + o.micros_); }
  constexpr Usd operator-(Usd o) const { return Usd(micros_ - o.micros_); }
  constexpr Usd operator-() const { return Usd(-micros_); }
  constexpr Usd& operator+=(Usd o) {
    micros_ += o.micros_;
    return *this;
  }

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
  constexpr auto operator<=>(const Token&) const = default;
  constexpr Token operator+(Token o) const { return Token(units_ + o.units_); }
  constexpr Token operator-(Token o) const { return Token(units_ - o.units_); }
  constexpr Token operator-() const { return Token(-units_); }
  constexpr Token& operator+=(Token o) {
    units_ += o.units_;
    return *this;
  }

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
  // USD]. `d` and `thousandths` must not be negative. Charging floor(total so far) − already
  // charged keeps the sum of instalments equal to one charge at the end.
  constexpr Usd For(Duration d, int64_t thousandths) const {
    const __int128 product = static_cast<__int128>(micros_) * d.nanos() * thousandths;
    return Usd::Micros(
        static_cast<int64_t>(product / (static_cast<__int128>(3'600'000'000'000) * 1000)));
  }

 private:
  explicit constexpr UsdPerHour(int64_t micros) : micros_(micros) {}
  int64_t micros_ = 0;
};

}  // namespace orrery
