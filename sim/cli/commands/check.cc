#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/scenario_options.h"
#include "sim/scenario/echo.h"

namespace orrery::cli {
namespace {

class CheckCommand final : public Command {
 public:
  std::string summary() const override {
    return "checks a scenario and prints all its values, each with where it comes from";
  }
  std::string details() const override {
    return "What is printed is a scenario again, with the origin of each value as a comment: file\n"
           "and line, default, or --set. Mistakes are all told at once, and nothing is printed.\n";
  }
  void Declare(Options& options) const override { DeclareScenario(options); }
  Result<int> Run(const Arguments& arguments) override {
    const Result<scenario::Loaded> loaded = LoadGivenScenario(arguments);
    if (!loaded) return tl::unexpected<Error>(loaded.error());
    fmt::print("{}", scenario::CheckReport(*loaded));
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(CheckCommand, "check");

}  // namespace
}  // namespace orrery::cli
