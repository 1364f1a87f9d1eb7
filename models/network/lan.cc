#include "models/network/lan.h"

#include "sim/base/check.h"

namespace orrery::network {

const char* LanKindName(LanKind kind) {
  static constexpr const char* kNames[kLanKinds] = {"ethernet_10g", "ethernet_25g", "ethernet_100g",
                                                    "infiniband_hdr", "infiniband_ndr"};
  return kNames[static_cast<size_t>(kind)];
}

Hop LanOf(LanKind kind) {
  constexpr double kEthernetS = 10e-6, kInfinibandS = 1.4e-6;
  switch (kind) {
    case LanKind::kEthernet10g:
      return {kEthernetS, 1.25e9};
    case LanKind::kEthernet25g:
      return {kEthernetS, 3.125e9};
    case LanKind::kEthernet100g:
      return {kEthernetS, 12.5e9};
    case LanKind::kInfinibandHdr:
      return {kInfinibandS, 25e9};
    case LanKind::kInfinibandNdr:
      return {kInfinibandS, 50e9};
  }
  ORRERY_CHECK(false, static_cast<int>(kind));
  return {};
}

}  // namespace orrery::network
