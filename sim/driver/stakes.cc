#include "sim/driver/stakes.h"

#include <algorithm>

namespace orrery::driver {

using trust::Stake;

Stakes::Stakes(const Stake& rules, const cluster::ClusterState* state, LedgerPayments* payments)
    : rules_(rules), state_(state), payments_(payments), books_(state->node_count()) {}

void Stakes::Deposit(NodeId node) {
  Book& book = books_[node.index()];
  const int64_t whole = rules_.per_gpu.micros() * state_->node_shape(node).gpus;
  const Usd missing = Usd::Micros(whole) - book.staked;
  if (missing == Usd()) return;
  payments_->Deposit(state_->nodes().owner(node), missing);
  book.staked += missing;
}

void Stakes::Refund(NodeId node) {
  Book& book = books_[node.index()];
  if (book.staked == Usd()) return;
  payments_->Refund(state_->nodes().owner(node), book.staked);
  book.staked = Usd();
}

void Stakes::Slash(NodeId node) {
  Book& book = books_[node.index()];
  const auto lost = Usd::Micros(
      static_cast<int64_t>(static_cast<double>(book.staked.micros()) * rules_.slashed + 0.5));
  book.staked -= lost;
  book.slashed += lost;
  if (rules_.to == Stake::To::kUsers) {
    PayUsers(book, lost);
  } else if (lost != Usd()) {
    payments_->Slash(rules_.to == Stake::To::kTreasury, lost);
  }
  Refund(node);
}

// In proportion to what they paid; what is left of the division, or has no taker, is burned.
void Stakes::PayUsers(Book& book, Usd amount) {
  __int128 paid = 0;
  for (const auto& [user, usd] : book.paid) paid += usd.micros();
  Usd rest = amount;
  for (const auto& [user, usd] : book.paid) {
    if (paid == 0) break;
    const auto share = Usd::Micros(
        static_cast<int64_t>(static_cast<__int128>(amount.micros()) * usd.micros() / paid));
    if (share == Usd()) continue;
    payments_->Compensate(user, share);
    rest -= share;
  }
  if (rest != Usd()) payments_->Slash(/*to_treasury=*/false, rest);
  book.paid.clear();
}

void Stakes::OnSale(NodeId node, UserId user, Usd amount) {
  Book& book = books_[node.index()];
  book.earned += amount;
  if (rules_.to != Stake::To::kUsers || rules_.per_gpu == Usd()) return;
  const auto found = std::find_if(book.paid.begin(), book.paid.end(),
                                  [user](const auto& entry) { return entry.first == user; });
  if (found == book.paid.end()) {
    book.paid.emplace_back(user, amount);
  } else {
    found->second += amount;
  }
}

}  // namespace orrery::driver
