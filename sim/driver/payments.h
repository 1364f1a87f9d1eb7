// Payments of jobs on the ledger: users pay on credit, owners earn; and stakes, on credit too.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cluster/billing.h"
#include "sim/ledger/ledger.h"
#include "sim/results/writer.h"

namespace orrery::driver {

class LedgerPayments final : public cluster::Payments {
 public:
  LedgerPayments()
      : rental_(ledger_.Reason("rental")),
        egress_(ledger_.Reason("egress")),
        stake_(ledger_.Reason("stake")),
        slashing_(ledger_.Reason("slashing")),
        mining_(ledger_.Reason("mining")) {}

  // Users and owners get their accounts at their first payment.
  void Pay(UserId user, uint32_t owner, Usd amount) override;
  // To the data store of a region, for what left it.
  void PayEgress(UserId user, RegionId store, Usd amount);
  // Stakes of owners are held in escrow. What is slashed is burned, or goes to the treasury or to a
  // user.
  void Deposit(uint32_t owner, Usd amount);
  void Refund(uint32_t owner, Usd amount);
  void Slash(bool to_treasury, Usd amount);
  void Compensate(UserId user, Usd amount);
  // For coins that an owner mined: money from outside.
  void PayMined(uint32_t owner, Usd amount);
  // Closes the books and writes the balance of every account; `writer` may be null.
  void Close(SimTime now, results::ResultsWriter* writer);

 private:
  struct Holder {
    results::AccountHolder kind;
    uint32_t id;
  };
  ledger::AccountId AccountOf(std::vector<ledger::AccountId>* accounts, uint32_t id,
                              ledger::AccountKind kind, results::AccountHolder holder);

  ledger::AccountId UserAccount(UserId user);
  ledger::AccountId OwnerAccount(uint32_t owner);
  ledger::AccountId Escrow();

  ledger::Ledger ledger_;
  ledger::ReasonId rental_, egress_, stake_, slashing_, mining_;
  std::vector<ledger::AccountId> users_;              // by UserId
  std::vector<ledger::AccountId> owners_;             // by number of the owner
  std::vector<ledger::AccountId> stores_;             // by RegionId
  std::vector<ledger::AccountId> escrow_, treasury_;  // one, or none yet
  std::vector<Holder> holders_;                       // of account i + 2, after mint and burn
};

}  // namespace orrery::driver
