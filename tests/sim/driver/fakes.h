// Small fleets with devices that are not what they claim, for the tests of trust.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/driver/play.h"
#include "tests/testing/worlds.h"

namespace orrery::testing {

inline constexpr double kHour = 3600;
inline constexpr int64_t kHourNs = 3'600'000'000'000;

// "fast" does in any time twice what "slow" does.
std::vector<fleet::GpuModel> SlowAndFast();

// Nodes of one fast GPU each; those of miners, the first group where there are any, cheat as
// `rules` say.
scenario::Scenario Fakes(uint32_t fakes, uint32_t honest, const trust::SimpleTrust& rules);

// Miners' devices are all slow. Checks take no time and find nothing; nobody rates, nothing is at
// stake.
trust::SimpleTrust Spoofed();

const results::TrustFigures& TrustOf(const results::Summary& summary);

}  // namespace orrery::testing
