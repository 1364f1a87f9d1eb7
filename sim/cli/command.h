// Commands: one `.cc` in sim/cli/commands a command. Adding one costs that file, which ends in
// ORRERY_REGISTER_COMMAND, its name in the list of BUILD, and a test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "sim/base/result.h"
#include "sim/cli/options.h"

namespace orrery::cli {

// Exit statuses, as scripts see them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitInternal = 1;  // a defect of the program
inline constexpr int kExitMistake =
    2;  // a mistake of the user's, or of the machine's (a full disk)

class Command {
 public:
  virtual ~Command() = default;
  // One line for the list of commands.
  virtual std::string summary() const = 0;
  // More, for its help page; paragraphs of whole lines, ending in a line feed. May be empty.
  virtual std::string details() const { return ""; }
  virtual void Declare(Options& options) const = 0;
  // Returns the exit status; an error is printed, and exits with kExitMistake.
  virtual Result<int> Run(const Arguments& arguments) = 0;
};

using CommandFactory = std::function<std::unique_ptr<Command>()>;
// By name.
std::map<std::string, CommandFactory>& Commands();
bool RegisterCommand(const char* name, CommandFactory make);

}  // namespace orrery::cli

#define ORRERY_REGISTER_COMMAND(Class, name)              \
  [[maybe_unused]] static const bool registered_##Class = \
      ::orrery::cli::RegisterCommand(name, [] { return std::make_unique<Class>(); })
