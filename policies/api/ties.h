// The named rule for every choice among equals.
#pragma once

#include <cstdint>

namespace orrery::policies {

enum class TieRule : uint8_t {
  kLowestId,      // of the node, or of the job
  kRandom,        // each with the same chance
  kMostReliable,  // the node with the lowest hazard; jobs by id
};

}  // namespace orrery::policies
