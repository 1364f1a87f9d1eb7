// Several movements of money that happen together or not at all: a settlement.
#pragma once

#include <span>
#include <vector>

#include "sim/base/money.h"
#include "sim/ledger/posting.h"

namespace orrery::ledger {

// A list of movements, written to a ledger by Ledger::Commit or TryCommit. Reusable: Clear keeps
// its memory.
class Batch {
 public:
  void Move(AccountId from, AccountId to, Usd amount, ReasonId reason);
  void Move(AccountId from, AccountId to, Token amount, ReasonId reason);
  void Clear() { postings_.clear(); }

  std::span<const Posting> postings() const { return postings_; }

 private:
  std::vector<Posting> postings_;
};

}  // namespace orrery::ledger
