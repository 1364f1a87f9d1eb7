#include "sim/scenario/schema.h"

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/home.h"

namespace orrery::cli {
namespace {

class SchemaCommand final : public Command {
 public:
  std::string summary() const override {
    return "prints the JSON Schema of scenarios, for completion in editors";
  }
  void Declare(Options&) const override {}
  Result<int> Run(const Arguments&) override {
    const Result<scenario::Tables> tables = LoadTables();
    if (!tables) return tl::unexpected<Error>(tables.error());
    fmt::print("{}", scenario::JsonSchema(*tables));
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(SchemaCommand, "schema");

}  // namespace
}  // namespace orrery::cli
