#include "sim/ledger/flow_table.h"

#include <algorithm>
#include <tuple>

#include "sim/base/check.h"

namespace orrery::ledger {

void FlowTable::Add(const Posting& posting) {
  Flow& paid = Find(posting.from, posting.reason, posting.currency);
  ++paid.postings;
  ORRERY_CHECK(!__builtin_add_overflow(paid.paid, posting.amount, &paid.paid), posting.from.value,
               posting.amount);
  Flow& received = Find(posting.to, posting.reason, posting.currency);
  if (posting.from != posting.to) ++received.postings;
  ORRERY_CHECK(!__builtin_add_overflow(received.received, posting.amount, &received.received),
               posting.to.value, posting.amount);
}

Flow& FlowTable::Find(AccountId account, ReasonId reason, Currency currency) {
  uint32_t& head = heads_[account.index()];
  for (uint32_t i = head; i != kNone; i = entries_[i].next) {
    Flow& flow = entries_[i].flow;
    if (flow.reason == reason && flow.currency == currency) return flow;
  }
  ORRERY_CHECK(entries_.size() < kNone, entries_.size());
  Flow flow;
  flow.account = account;
  flow.reason = reason;
  flow.currency = currency;
  entries_.push_back({flow, head});
  head = static_cast<uint32_t>(entries_.size() - 1);
  return entries_.back().flow;
}

void FlowTable::Sort() {
  const auto key = [](const Entry& entry) {
    return std::tuple(entry.flow.account, entry.flow.reason, entry.flow.currency);
  };
  std::sort(entries_.begin(), entries_.end(),
            [key](const Entry& a, const Entry& b) { return key(a) < key(b); });
}

void FlowTable::Clear() {
  for (const Entry& entry : entries_) heads_[entry.flow.account.index()] = kNone;
  entries_.clear();
}

}  // namespace orrery::ledger
