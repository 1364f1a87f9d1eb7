// The words of the ledger: accounts, currencies, reasons, postings.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/base/ids.h"

namespace orrery::ledger {

// An account of one ledger: 0, 1, 2, … in the order of opening.
using AccountId = Id<struct AccountTag, uint32_t>;
// Why money moved; see Ledger::Reason.
using ReasonId = Id<struct ReasonTag, uint16_t>;

// Every account holds both.
enum class Currency : uint8_t {
  kUsd,    // [1e-6 USD]
  kToken,  // [1e-8 token]
};
inline constexpr size_t kCurrencies = 2;

enum class AccountKind : uint8_t {
  kMint,     // where money comes from
  kBurn,     // where money ends
  kUser,     // who pays for jobs
  kOwner,    // who owns nodes
  kNetwork,  // the market itself: take rate, treasury, subsidies
  kEscrow,   // deposits, stakes, payments held back
};
// "mint", "burn", "user", "owner", "network", "escrow".
const char* AccountKindName(AccountKind kind);

// Money from one account to another.
struct Posting {
  AccountId from;
  AccountId to;
  int64_t amount = 0;  // at least 0, in the currency's own unit
  ReasonId reason;
  Currency currency = Currency::kUsd;
};

// What one account paid and received for one reason within an epoch.
struct Flow {
  int64_t paid = 0;
  int64_t received = 0;
  AccountId account;
  uint32_t postings = 0;
  ReasonId reason;
  Currency currency = Currency::kUsd;
};

}  // namespace orrery::ledger
