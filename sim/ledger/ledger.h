// The one place where money moves. Double entry: what leaves an account enters another, so that at
// every moment
//   minted − burned = sum of all other accounts,
// exactly, in each currency. Money enters the model from the account kMint (deposits, emission) and
// leaves it to kBurn (burns, withdrawals).
//
// Postings are not kept one by one: they add up by (account, reason, currency) until the epoch is
// closed. A JournalSink sees each of them. Balances may go below zero (credit) unless money is
// moved by one of the Try functions. Amounts beyond int64 are broken invariants (ORRERY_CHECK).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/money.h"
#include "sim/ledger/batch.h"
#include "sim/ledger/flow_table.h"
#include "sim/ledger/posting.h"

namespace orrery::ledger {

// Sees every posting as it is made, in order. Must not call the ledger back.
class JournalSink {
 public:
  virtual ~JournalSink() = default;
  virtual void OnPosting(uint32_t epoch, const Posting& posting) = 0;
};

// One currency since the start of the run, in its own unit.
struct Supply {
  int64_t minted = 0;
  int64_t burned = 0;
  // What all other accounts hold together.
  int64_t circulating = 0;
};

class Ledger {
 public:
  // `journal` may be null; if not, it must outlive the ledger.
  explicit Ledger(JournalSink* journal = nullptr);

  static constexpr AccountId kMint = AccountId(0);
  static constexpr AccountId kBurn = AccountId(1);

  // A new account without money; any kind but mint and burn, of which there is one each. Names need
  // not differ. O(1).
  AccountId Open(AccountKind kind, std::string_view name);
  // The reason of that name ("rental", "take_rate", "slashing", …), made on first use. To be asked
  // for once and kept: O(reasons).
  ReasonId Reason(std::string_view name);

  // Moves amount ≥ 0; nothing may be paid to the mint or from the burn account. O(1), without
  // allocation once the account has paid or received for that reason in this epoch.
  void Post(AccountId from, AccountId to, Usd amount, ReasonId reason);
  void Post(AccountId from, AccountId to, Token amount, ReasonId reason);
  // The same if `from` has the money (the mint always has); else changes nothing and gives false.
  [[nodiscard]] bool TryPost(AccountId from, AccountId to, Usd amount, ReasonId reason);
  [[nodiscard]] bool TryPost(AccountId from, AccountId to, Token amount, ReasonId reason);

  // Makes all movements of the batch, in order. O(movements).
  void Commit(const Batch& batch);
  // The same if it leaves no paying account (but the mint) below zero; else changes nothing and
  // gives false. What an account receives in the batch counts, wherever in the batch it stands.
  [[nodiscard]] bool TryCommit(const Batch& batch);

  // Checks the books (ORRERY_CHECK: minted − burned = sum of all other accounts, and this epoch's
  // payments = its receipts), hands this epoch's flows to `visit` by account, reason and currency,
  // and starts the next epoch. O(accounts + k log k) for k flows.
  void CloseEpoch(const std::function<void(const Flow&)>& visit);

  Usd usd(AccountId account) const { return Usd::Micros(BalanceOf(account, Currency::kUsd)); }
  Token token(AccountId account) const {
    return Token::Units(BalanceOf(account, Currency::kToken));
  }
  Supply supply(Currency currency) const;
  // The number of the current epoch: 0, 1, 2, …
  uint32_t epoch() const { return epoch_; }

  // Accounts are 0 … size() − 1.
  size_t size() const { return accounts_.size(); }
  AccountKind kind(AccountId account) const { return accounts_[account.index()].kind; }
  std::string_view name(AccountId account) const;
  std::string_view reason_name(ReasonId reason) const { return reasons_[reason.index()]; }
  size_t reasons() const { return reasons_.size(); }

 private:
  struct Account {
    std::array<int64_t, kCurrencies> balances = {};
    uint32_t name_begin = 0;  // in names_
    uint16_t name_size = 0;
    AccountKind kind = AccountKind::kUser;
  };

  AccountId Add(AccountKind kind, std::string_view name);
  int64_t BalanceOf(AccountId account, Currency currency) const {
    return accounts_[account.index()].balances[static_cast<size_t>(currency)];
  }
  int64_t& BalanceOf(AccountId account, Currency currency) {
    return accounts_[account.index()].balances[static_cast<size_t>(currency)];
  }
  void Transfer(const Posting& posting);
  void Revert(const Posting& posting);
  void Record(const Posting& posting);
  void Apply(const Posting& posting);
  bool TryApply(const Posting& posting);
  void CheckBooks() const;

  JournalSink* journal_;
  std::vector<Account> accounts_;
  std::vector<char> names_;
  std::vector<std::string> reasons_;
  FlowTable flows_;
  uint32_t epoch_ = 0;
};

}  // namespace orrery::ledger
