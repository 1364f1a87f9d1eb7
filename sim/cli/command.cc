#include "sim/cli/command.h"

#include <utility>

#include "sim/base/check.h"

namespace orrery::cli {

std::map<std::string, CommandFactory>& Commands() {
  static std::map<std::string, CommandFactory> commands;
  return commands;
}

bool RegisterCommand(const char* name, CommandFactory make) {
  const bool is_new = Commands().emplace(name, std::move(make)).second;
  ORRERY_CHECK(is_new, name);
  return true;
}

}  // namespace orrery::cli
