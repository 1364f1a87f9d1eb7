#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "sim/cli/catalogues.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"

namespace orrery::cli {
namespace {

using nlohmann::ordered_json;

std::string CatalogueNames() {
  std::string names;
  for (const Catalogue& catalogue : Catalogues()) {
    names += (names.empty() ? "" : ", ") + catalogue.name;
  }
  return names;
}

void PrintTable(const Catalogue& catalogue, const ordered_json& entries) {
  std::vector<std::vector<std::string>> rows = {catalogue.columns};
  for (const ordered_json& entry : entries) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& column : catalogue.columns) row.push_back(Words(entry.at(column)));
  }
  fmt::print("{}", AlignedTable(rows, StdoutStyle()));
}

class ListCommand final : public Command {
 public:
  std::string summary() const override { return "lists what a scenario can name, and devices"; }
  void Declare(Options& options) const override {
    options.Positional("WHAT", Options::Need::kRequired, "one of " + CatalogueNames());
    options.Flag("json", "as a JSON list of objects, with all that is known of each");
  }
  Result<int> Run(const Arguments& arguments) override {
    if (arguments.Get("WHAT") == "help") {
      fmt::print("{}\n", CatalogueNames());
      return kExitOk;
    }
    const Result<const Catalogue*> catalogue = FindCatalogue(arguments.Get("WHAT"));
    if (!catalogue) return tl::unexpected<Error>(catalogue.error());
    const Result<ordered_json> entries = (*catalogue)->entries();
    if (!entries) return tl::unexpected<Error>(entries.error());
    if (entries->empty() && (*catalogue)->why_none != nullptr) {
      fmt::print(stderr, "no {}: {}\n", (*catalogue)->name, (*catalogue)->why_none());
    }
    if (arguments.Has("json")) {
      fmt::print("{}\n", entries->dump(2));
    } else if (!entries->empty()) {
      PrintTable(**catalogue, *entries);
    }
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(ListCommand, "list");

}  // namespace
}  // namespace orrery::cli
