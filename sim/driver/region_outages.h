// The outages of regions: all nodes of one are gone at once, and its relay and its data store.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "models/failure/failures.h"
#include "sim/base/random.h"

namespace orrery::driver {

// The process of each region; nothing where they have none.
inline std::optional<failure::OnOff> RegionOutages(const failure::Failures& failures) {
  const auto* full = std::get_if<failure::FullFailures>(&failures);
  return full == nullptr ? std::nullopt : failure::OutageProcess(full->region_outage);
}

// Where its spells come from: whoever asks sees the same ones.
inline RandomStream RegionOutageStream(const RandomStreams& random, uint32_t region) {
  return random.Stream("failure/region", region);
}

}  // namespace orrery::driver
