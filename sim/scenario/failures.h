// Failures in a scenario, and how the scheduler comes to know of them.
#pragma once

#include <cstdint>
#include <optional>

#include "models/failure/checkpoint.h"
#include "models/failure/failures.h"
#include "sim/base/time.h"

namespace orrery::scenario {

// A node on which so much failed in so short a time is left alone for a while.
struct Blacklist {
  uint32_t failures = 2;
  Duration within = Duration::Hours(24);
  Duration length = Duration::Hours(24);
};

struct Failures {
  failure::Failures level;
  std::optional<Blacklist> blacklist;
};

// Every node is looked at once in `health_check`, at a time of its own. Until then the scheduler
// believes what it last heard.
struct Detection {
  Duration health_check = Duration::Seconds(60);
};

// Of jobs that save their state at intervals (batch training, reinforcement learning).
struct Checkpoints {
  enum class Interval : uint8_t { kOfJob, kYoungDaly };
  Interval interval = Interval::kOfJob;
  failure::SaveCost cost;
};

}  // namespace orrery::scenario
