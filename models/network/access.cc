#include "models/network/access.h"

#include "sim/base/check.h"

namespace orrery::network {

const char* AccessTierName(AccessTier tier) {
  static constexpr const char* kNames[kAccessTiers] = {"datacentre", "ultra", "high",
                                                       "medium",     "low",   "home"};
  return kNames[static_cast<size_t>(tier)];
}

AccessLink LinkOf(AccessTier tier) {
  switch (tier) {
    case AccessTier::kDatacentre:
      return {1250e6, 1250e6, false};
    case AccessTier::kUltra:
      return {1600e6, 1200e6, false};
    case AccessTier::kHigh:
      return {800e6, 600e6, false};
    case AccessTier::kMedium:
      return {400e6, 300e6, false};
    case AccessTier::kLow:
      return {100e6, 10e6, false};
    case AccessTier::kHome:
      return {12.5e6, 5e6, true};
  }
  ORRERY_CHECK(false, static_cast<int>(tier));
  return {};
}

AccessTier DefaultAccess(OwnerKind owner) {
  switch (owner) {
    case OwnerKind::kDatacentre:
      return AccessTier::kDatacentre;
    case OwnerKind::kMiner:
      return AccessTier::kMedium;
    case OwnerKind::kConsumer:
      return AccessTier::kHome;
    case OwnerKind::kPartner:
      return AccessTier::kHigh;
  }
  ORRERY_CHECK(false, static_cast<int>(owner));
  return {};
}

double RelayOnlyShare(const AccessLink& link) { return link.home ? 0.18 : 0; }

}  // namespace orrery::network
