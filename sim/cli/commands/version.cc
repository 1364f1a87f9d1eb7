#include "sim/driver/version.h"

#include <fmt/format.h>

#include "sim/cli/command.h"

namespace orrery::cli {
namespace {

class VersionCommand final : public Command {
 public:
  std::string summary() const override { return "prints the version"; }
  void Declare(Options&) const override {}
  Result<int> Run(const Arguments&) override {
    fmt::print("orrery {}\n", driver::kVersion);
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(VersionCommand, "version");

}  // namespace
}  // namespace orrery::cli
