// One scenario with several values of one of its keys, side by side.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/cli/console.h"
#include "sim/results/summary.h"

namespace orrery::cli {

struct ArmValues {
  std::string key;  // "network.topology"
  // As they stand in YAML, at least two.
  std::vector<std::string> values;
};
// Of "KEY=V1,V2,…"; a comma inside brackets, braces or quotes is part of a value. Errors name
// --arms.
Result<ArmValues> ParseArms(const std::string& text);

// What comes before the extension in the names of files of an arm: its value where those of all may
// be part of any file's name, else its number.
std::string ArmSuffix(const ArmValues& arms, size_t arm);

struct Arm {
  std::string value;
  // In the order of their replications; those that were interrupted may be missing.
  std::vector<results::Summary> summaries;
  bool broken = false;  // an error left replications out
};

// All arms have the same random numbers (`Summary::replicate`), so that differences to the first
// one are taken replication by replication: what both have in common by chance cancels.
// At least one arm; each has a summary.
std::string RenderArms(const std::string& key, std::span<const Arm> arms, const Style& style);

// "arms": for each one its value and what ReplicationsJson says of it; from the second on also
// "difference": intervals of its numbers less those of the first.
nlohmann::ordered_json ArmsJson(const std::string& key, std::span<const Arm> arms);

}  // namespace orrery::cli
