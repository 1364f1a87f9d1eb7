// What owners put up for their devices to be listed, what they earn by them, and what they lose.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/trust/rules.h"
#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/cluster/state.h"
#include "sim/driver/payments.h"

namespace orrery::driver {

// One stake a device, held in escrow on the ledger from its registration on.
class Stakes {
 public:
  // Both pointers outlive this.
  Stakes(const trust::Stake& rules, const cluster::ClusterState* state, LedgerPayments* payments);

  // A device registers: its owner puts up what is missing to its stake.
  void Deposit(NodeId node);
  // It was refused: its owner has the stake back.
  void Refund(NodeId node);
  // It was suspended: a share of the stake is lost, the rest is back.
  void Slash(NodeId node);
  // A job has paid for its use.
  void OnSale(NodeId node, UserId user, Usd amount);

  Usd earned(NodeId node) const { return books_[node.index()].earned; }
  Usd slashed(NodeId node) const { return books_[node.index()].slashed; }
  // Whether it has earned at least what it lost.
  bool Pays(NodeId node) const { return earned(node) >= slashed(node); }

 private:
  struct Book {
    Usd staked, earned, slashed;
    // What users paid since the last deposit, where slashed stakes are theirs.
    std::vector<std::pair<UserId, Usd>> paid;
  };

  void PayUsers(Book& book, Usd amount);

  const trust::Stake rules_;
  const cluster::ClusterState* state_;
  LedgerPayments* payments_;
  std::vector<Book> books_;  // by NodeId
};

}  // namespace orrery::driver
