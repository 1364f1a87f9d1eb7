// The flows of the current epoch, summed by (account, reason, currency).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/ledger/posting.h"

namespace orrery::ledger {

// Memory grows with the accounts and with the number of different (account, reason, currency) of an
// epoch, never with the number of postings, and is kept from one epoch to the next.
class FlowTable {
 public:
  // Makes room for accounts up to `count`.
  void SetAccounts(size_t count) { heads_.resize(count, kNone); }

  // Adds one posting to both of its accounts. O(reasons that the two accounts have in this epoch).
  void Add(const Posting& posting);

  // Calls visit(const Flow&) for each flow, by account, then reason, then currency, and forgets
  // them all. O(k log k) in the number of flows.
  template <typename Visit>
  void Drain(Visit&& visit) {
    Sort();
    for (const Entry& entry : entries_) visit(entry.flow);
    Clear();
  }

  size_t size() const { return entries_.size(); }

 private:
  static constexpr uint32_t kNone = 0xffffffff;

  struct Entry {
    Flow flow;
    uint32_t next = kNone;  // of the same account
  };

  Flow& Find(AccountId account, ReasonId reason, Currency currency);
  void Sort();
  void Clear();

  std::vector<uint32_t> heads_;  // by account: its first entry
  std::vector<Entry> entries_;
};

}  // namespace orrery::ledger
