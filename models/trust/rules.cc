#include "models/trust/rules.h"

namespace orrery::trust {

const char* CheatName(Cheat cheat) {
  switch (cheat) {
    case Cheat::kNone:
      return "none";
    case Cheat::kSpoofedModel:
      return "spoofed_model";
    case Cheat::kLessMemory:
      return "less_memory";
    case Cheat::kOversold:
      return "oversold";
    case Cheat::kBandwidth:
      return "bandwidth";
  }
  return "?";
}

const Rules* RulesOf(const Trust& trust) {
  if (const auto* simple = std::get_if<SimpleTrust>(&trust)) return simple;
  return std::get_if<FullTrust>(&trust);
}

}  // namespace orrery::trust
