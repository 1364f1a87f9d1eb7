#include "sim/ledger/batch.h"

namespace orrery::ledger {

void Batch::Move(AccountId from, AccountId to, Usd amount, ReasonId reason) {
  postings_.push_back({from, to, amount.micros(), reason, Currency::kUsd});
}

void Batch::Move(AccountId from, AccountId to, Token amount, ReasonId reason) {
  postings_.push_back({from, to, amount.units(), reason, Currency::kToken});
}

}  // namespace orrery::ledger
