#include "sim/ledger/meter.h"

#include "sim/base/check.h"

namespace orrery::ledger {

Meter::Meter(UsdPerHour price, int64_t thousandths, SimTime start)
    : price_(price), thousandths_(thousandths), since_(start) {
  ORRERY_CHECK(price.micros() >= 0 && thousandths >= 0, price.micros(), thousandths);
}

__int128 Meter::Accrued(SimTime now) const {
  const int64_t elapsed = (now - since_).nanos();
  ORRERY_CHECK(elapsed >= 0, since_.nanos(), now.nanos());
  __int128 part = 0;
  __int128 total = 0;
  const bool fits = !__builtin_mul_overflow(static_cast<__int128>(price_.micros()) * elapsed,
                                            static_cast<__int128>(thousandths_), &part) &&
                    !__builtin_add_overflow(accrued_, part, &total);
  ORRERY_CHECK(fits, price_.micros(), elapsed, thousandths_);
  return total;
}

Usd Meter::Total(SimTime now) const {
  return Usd::Micros(internal::NarrowMoney(Accrued(now) / UsdPerHour::kScale));
}

Usd Meter::Charge(SimTime now) {
  const Usd total = Total(now);
  const Usd due = total - charged_;
  ORRERY_CHECK(due >= Usd(), due.micros(), now.nanos());
  charged_ = total;
  return due;
}

void Meter::Change(SimTime now, UsdPerHour price, int64_t thousandths) {
  ORRERY_CHECK(price.micros() >= 0 && thousandths >= 0, price.micros(), thousandths);
  accrued_ = Accrued(now);
  since_ = now;
  price_ = price;
  thousandths_ = thousandths;
}

}  // namespace orrery::ledger
