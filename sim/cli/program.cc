#include "sim/cli/program.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <utility>

#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"

namespace orrery::cli {
namespace {

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const auto& [name, make] : Commands()) names.push_back(name);
  return names;
}

// What the launcher itself does, for people who read the help: they call the one as the other.
constexpr const char* kLauncherHelp = R"(
The launcher ./orrery also knows
  build       builds the program, or what is named
  test        runs the tests
  bench       runs the benchmarks
)";

void PrintHelp() {
  fmt::print("orrery models a global market of GPUs: fleets, jobs, schedulers, money.\n\n");
  fmt::print("usage: orrery COMMAND [ARGUMENT]...\n\n");
  for (const auto& [name, make] : Commands()) fmt::print("  {:<10}  {}\n", name, make()->summary());
  fmt::print("{}\n`orrery COMMAND --help` tells more. Start with\n", kLauncherHelp);
  fmt::print("  orrery run scenarios/quickstart.yaml\n");
}

void PrintCommandHelp(const std::string& name, const Command& command, const Options& options) {
  fmt::print("usage: orrery {} {}\n\n{}\n\n", name, options.Usage(), command.summary());
  if (const std::string details = command.details(); !details.empty()) {
    fmt::print("{}\n", details);
  }
  fmt::print("{}", options.Help(StdoutStyle().width));
}

int Fail(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "{}\n", error.ToString());
  return kExitMistake;
}

int Dispatch(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    // `orrery help run` is `orrery run --help`.
    if (words.size() >= 2 && words[0] == "help" && words[1] != "help") {
      return Dispatch({words[1], "--help"});
    }
    PrintHelp();
    return words.empty() ? kExitMistake : kExitOk;
  }
  const std::string name = words[0] == "--version" ? "version" : words[0];
  const auto found = Commands().find(name);
  if (found == Commands().end()) {
    return Fail(Error("orrery", UnknownName("a command", name, CommandNames())));
  }
  const std::unique_ptr<Command> command = found->second();
  Options options;
  command->Declare(options);
  const Result<Arguments> arguments =
      Arguments::Parse("orrery " + name, options, {words.begin() + 1, words.end()});
  if (!arguments) return Fail(arguments.error());
  if (arguments->help()) {
    PrintCommandHelp(name, *command, options);
    return kExitOk;
  }
  const Result<int> status = command->Run(*arguments);
  return status ? *status : Fail(status.error());
}

// Output that could not be written (a full disk) is no success.
int CloseOutput(int status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  fmt::print(stderr, "orrery: standard output cannot be written: {}\n", std::strerror(errno));
  return status == kExitOk ? kExitMistake : status;
}

}  // namespace

int RunProgram(const std::vector<std::string>& words) {
  try {
    return CloseOutput(Dispatch(words));
  } catch (const std::bad_alloc&) {
    std::fputs("orrery: not enough memory for this\n", stderr);
    return kExitMistake;
  } catch (const std::system_error& error) {
    // The machine's, not the program's: a full disk, most often.
    fmt::print(stderr, "orrery: {}\n", error.what());
    return kExitMistake;
  } catch (const std::exception& error) {
    fmt::print(stderr, "orrery: internal error: {}\n", error.what());
    return kExitInternal;
  }
}

}  // namespace orrery::cli
