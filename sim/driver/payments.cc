#include "sim/driver/payments.h"

namespace orrery::driver {

using ledger::AccountId;
using ledger::AccountKind;

namespace {

constexpr uint32_t kFirstOwn = 2;  // accounts before: mint and burn

}  // namespace

AccountId LedgerPayments::AccountOf(std::vector<AccountId>* accounts, uint32_t id, AccountKind kind,
                                    results::AccountHolder holder) {
  if (id >= accounts->size()) accounts->resize(id + 1);
  AccountId& account = (*accounts)[id];
  if (!account.valid()) {
    account = ledger_.Open(kind, "");
    holders_.push_back({holder, id});
  }
  return account;
}

AccountId LedgerPayments::UserAccount(UserId user) {
  return AccountOf(&users_, user.value, AccountKind::kUser, results::AccountHolder::kUser);
}

AccountId LedgerPayments::OwnerAccount(uint32_t owner) {
  return AccountOf(&owners_, owner, AccountKind::kOwner, results::AccountHolder::kOwner);
}

AccountId LedgerPayments::Escrow() {
  return AccountOf(&escrow_, 0, AccountKind::kEscrow, results::AccountHolder::kEscrow);
}

void LedgerPayments::Pay(UserId user, uint32_t owner, Usd amount) {
  const AccountId payer = UserAccount(user);
  const AccountId payee = OwnerAccount(owner);
  ledger_.Post(payer, payee, amount, rental_);
}

void LedgerPayments::PayEgress(UserId user, RegionId store, Usd amount) {
  const AccountId payer = UserAccount(user);
  const AccountId payee =
      AccountOf(&stores_, store.value, AccountKind::kOwner, results::AccountHolder::kStore);
  ledger_.Post(payer, payee, amount, egress_);
}

void LedgerPayments::Deposit(uint32_t owner, Usd amount) {
  const AccountId payer = OwnerAccount(owner);
  ledger_.Post(payer, Escrow(), amount, stake_);
}

void LedgerPayments::Refund(uint32_t owner, Usd amount) {
  ledger_.Post(Escrow(), OwnerAccount(owner), amount, stake_);
}

void LedgerPayments::Slash(bool to_treasury, Usd amount) {
  const AccountId escrow = Escrow();
  const AccountId taker = to_treasury ? AccountOf(&treasury_, 0, AccountKind::kNetwork,
                                                  results::AccountHolder::kTreasury)
                                      : ledger::Ledger::kBurn;
  ledger_.Post(escrow, taker, amount, slashing_);
}

void LedgerPayments::Compensate(UserId user, Usd amount) {
  const AccountId escrow = Escrow();
  ledger_.Post(escrow, UserAccount(user), amount, slashing_);
}

void LedgerPayments::PayMined(uint32_t owner, Usd amount) {
  ledger_.Post(ledger::Ledger::kMint, OwnerAccount(owner), amount, mining_);
}

void LedgerPayments::Close(SimTime now, results::ResultsWriter* writer) {
  ledger_.CloseEpoch([](const ledger::Flow&) {});
  if (writer == nullptr) return;
  for (uint32_t i = 0; i < holders_.size(); ++i) {
    const AccountId account(i + kFirstOwn);
    results::LedgerRow row;
    row.time_ns = now.nanos();
    row.balance_usd_micro = ledger_.usd(account).micros();
    row.balance_token_unit = ledger_.token(account).units();
    row.account = account.value;
    row.holder = holders_[i].id;
    row.holder_kind = holders_[i].kind;
    writer->Append(row);
  }
}

}  // namespace orrery::driver
