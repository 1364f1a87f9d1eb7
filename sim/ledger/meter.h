// What the use of a GPU costs so far: charges in instalments that add up to one charge at the end.
#pragma once

#include <cstdint>

#include "sim/base/money.h"
#include "sim/base/time.h"

namespace orrery::ledger {

// A running charge of price × thousandths of a GPU. Each instalment is floor(total so far) −
// already charged: however often and whenever Charge is called, the sum is the same, to the
// micro-dollar.
class Meter {
 public:
  // Runs from `start`. Price and thousandths must not be negative.
  Meter(UsdPerHour price, int64_t thousandths, SimTime start);

  // The instalment that is due at `now`, which must not be before the start or the last change; it
  // counts as charged from then on. At least 0.
  Usd Charge(SimTime now);
  // From `now` on runs at another price or share (0: pauses). What ran before keeps its own price,
  // and no fraction of a micro-dollar is lost.
  void Change(SimTime now, UsdPerHour price, int64_t thousandths);

  // The total up to `now`, charged or not, rounded down.
  Usd Total(SimTime now) const;
  // The sum of all instalments so far.
  Usd charged() const { return charged_; }
  UsdPerHour price() const { return price_; }
  int64_t thousandths() const { return thousandths_; }

 private:
  // Price × time × thousandths [1e-6 USD / UsdPerHour::kScale].
  __int128 Accrued(SimTime now) const;

  __int128 accrued_ = 0;  // before since_
  UsdPerHour price_;
  int64_t thousandths_;
  SimTime since_;
  Usd charged_;
};

}  // namespace orrery::ledger
