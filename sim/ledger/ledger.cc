#include "sim/ledger/ledger.h"

#include <algorithm>
#include <limits>
#include <span>

#include "sim/base/check.h"

namespace orrery::ledger {

const char* AccountKindName(AccountKind kind) {
  switch (kind) {
    case AccountKind::kMint:
      return "mint";
    case AccountKind::kBurn:
      return "burn";
    case AccountKind::kUser:
      return "user";
    case AccountKind::kOwner:
      return "owner";
    case AccountKind::kNetwork:
      return "network";
    case AccountKind::kEscrow:
      return "escrow";
  }
  return "?";
}

Ledger::Ledger(JournalSink* journal) : journal_(journal) {
  Add(AccountKind::kMint, "mint");
  Add(AccountKind::kBurn, "burn");
}

AccountId Ledger::Open(AccountKind kind, std::string_view name) {
  ORRERY_CHECK(kind != AccountKind::kMint && kind != AccountKind::kBurn, AccountKindName(kind));
  return Add(kind, name);
}

AccountId Ledger::Add(AccountKind kind, std::string_view name) {
  ORRERY_CHECK(accounts_.size() < AccountId::kNone, accounts_.size());
  ORRERY_CHECK(name.size() <= std::numeric_limits<uint16_t>::max(), name.size());
  ORRERY_CHECK(names_.size() <= std::numeric_limits<uint32_t>::max() - name.size(), names_.size());
  Account account;
  account.kind = kind;
  account.name_begin = static_cast<uint32_t>(names_.size());
  account.name_size = static_cast<uint16_t>(name.size());
  names_.insert(names_.end(), name.begin(), name.end());
  accounts_.push_back(account);
  flows_.SetAccounts(accounts_.size());
  return AccountId(static_cast<uint32_t>(accounts_.size() - 1));
}

std::string_view Ledger::name(AccountId account) const {
  const Account& row = accounts_[account.index()];
  return std::string_view(names_.data() + row.name_begin, row.name_size);
}

ReasonId Ledger::Reason(std::string_view name) {
  const auto known = std::find(reasons_.begin(), reasons_.end(), name);
  const size_t index = static_cast<size_t>(known - reasons_.begin());
  if (known == reasons_.end()) {
    ORRERY_CHECK(reasons_.size() < ReasonId::kNone, reasons_.size());
    reasons_.emplace_back(name);
  }
  return ReasonId(static_cast<uint16_t>(index));
}

void Ledger::Post(AccountId from, AccountId to, Usd amount, ReasonId reason) {
  Apply({from, to, amount.micros(), reason, Currency::kUsd});
}
void Ledger::Post(AccountId from, AccountId to, Token amount, ReasonId reason) {
  Apply({from, to, amount.units(), reason, Currency::kToken});
}
bool Ledger::TryPost(AccountId from, AccountId to, Usd amount, ReasonId reason) {
  return TryApply({from, to, amount.micros(), reason, Currency::kUsd});
}
bool Ledger::TryPost(AccountId from, AccountId to, Token amount, ReasonId reason) {
  return TryApply({from, to, amount.units(), reason, Currency::kToken});
}

void Ledger::Commit(const Batch& batch) {
  for (const Posting& posting : batch.postings()) Apply(posting);
}

bool Ledger::TryCommit(const Batch& batch) {
  // Balances first, so that the order within the batch does not matter; nothing is recorded before
  // all of it is known to be good.
  const std::span<const Posting> postings = batch.postings();
  for (const Posting& posting : postings) Transfer(posting);
  const bool good = std::all_of(postings.begin(), postings.end(), [this](const Posting& posting) {
    return posting.from == kMint || BalanceOf(posting.from, posting.currency) >= 0;
  });
  if (!good) {
    for (size_t i = postings.size(); i-- > 0;) Revert(postings[i]);
    return false;
  }
  for (const Posting& posting : postings) Record(posting);
  return true;
}

void Ledger::Apply(const Posting& posting) {
  Transfer(posting);
  Record(posting);
}

bool Ledger::TryApply(const Posting& posting) {
  if (posting.from != kMint && BalanceOf(posting.from, posting.currency) < posting.amount) {
    return false;
  }
  Apply(posting);
  return true;
}

void Ledger::Transfer(const Posting& posting) {
  ORRERY_CHECK(posting.amount >= 0, posting.amount);
  ORRERY_CHECK(posting.from.index() < size() && posting.to.index() < size(), posting.from.value,
               posting.to.value, size());
  ORRERY_CHECK(posting.to != kMint && posting.from != kBurn, posting.from.value, posting.to.value);
  ORRERY_CHECK(posting.reason.index() < reasons_.size(), posting.reason.value);
  int64_t& from = BalanceOf(posting.from, posting.currency);
  ORRERY_CHECK(!__builtin_sub_overflow(from, posting.amount, &from), name(posting.from),
               posting.amount);
  int64_t& to = BalanceOf(posting.to, posting.currency);
  ORRERY_CHECK(!__builtin_add_overflow(to, posting.amount, &to), name(posting.to), posting.amount);
}

void Ledger::Revert(const Posting& posting) {
  BalanceOf(posting.to, posting.currency) -= posting.amount;
  BalanceOf(posting.from, posting.currency) += posting.amount;
}

void Ledger::Record(const Posting& posting) {
  flows_.Add(posting);
  if (journal_ != nullptr) journal_->OnPosting(epoch_, posting);
}

Supply Ledger::supply(Currency currency) const {
  __int128 held = 0;
  for (const Account& account : accounts_) held += account.balances[static_cast<size_t>(currency)];
  const int64_t minted = -BalanceOf(kMint, currency);
  const int64_t burned = BalanceOf(kBurn, currency);
  return {minted, burned, internal::NarrowMoney(held + minted - burned)};
}

void Ledger::CheckBooks() const {
  for (const Currency currency : {Currency::kUsd, Currency::kToken}) {
    const Supply total = supply(currency);
    ORRERY_CHECK(total.minted - total.burned == total.circulating, total.minted, total.burned,
                 total.circulating);
  }
}

void Ledger::CloseEpoch(const std::function<void(const Flow&)>& visit) {
  CheckBooks();
  std::array<__int128, kCurrencies> net = {};
  flows_.Drain([&](const Flow& flow) {
    net[static_cast<size_t>(flow.currency)] += static_cast<__int128>(flow.received) - flow.paid;
    visit(flow);
  });
  ORRERY_CHECK(net[0] == 0 && net[1] == 0, static_cast<double>(net[0]),
               static_cast<double>(net[1]));
  ++epoch_;
}

}  // namespace orrery::ledger
