#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/base/text.h"
#include "sim/cli/catalogues.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"

namespace orrery::cli {
namespace {

using nlohmann::ordered_json;

// "default 1 priority/h, 0 … 1000000": what values a parameter takes.
std::string Values(const ordered_json& parameter) {
  const auto word = [&](const char* key) { return parameter.at(key).get<std::string>(); };
  std::string text = "default " + (word("default").empty() ? "none" : word("default"));
  if (!parameter.at("choices").empty()) {
    std::string choices;
    for (const ordered_json& choice : parameter.at("choices")) {
      choices += (choices.empty() ? "" : " | ") + choice.get<std::string>();
    }
    return text + "; one of " + choices;
  }
  if (!word("min").empty()) text += "; " + word("min") + " … " + word("max");
  if (!word("type").empty()) text += " (" + word("type") + ")";
  return text;
}

void PrintParameters(const ordered_json& parameters) {
  fmt::print("\nparameters{}\n", parameters.empty() ? ": none" : "");
  for (const ordered_json& parameter : parameters) {
    fmt::print("  {}: {}\n", Words(parameter.at("name")), Values(parameter));
    if (!Words(parameter.at("doc")).empty()) fmt::print("      {}\n", Words(parameter.at("doc")));
    if (!Words(parameter.at("source")).empty()) {
      fmt::print("      source: {}\n", Words(parameter.at("source")));
    }
  }
}

void PrintEntry(const Catalogue& catalogue, const ordered_json& entry) {
  const std::string& name_key = catalogue.columns.front();
  fmt::print("{} {}\n", catalogue.singular, Words(entry.at(name_key)));
  for (const auto& [key, value] : entry.items()) {
    if (key == name_key || key == "parameters" || Words(value).empty()) continue;
    if (value.is_array()) {
      fmt::print("  {}\n", key);
      for (const ordered_json& item : value) {
        std::string line;
        for (const auto& [name, part] : item.items()) {
          line += (line.empty() ? "" : ": ") + Words(part);
        }
        fmt::print("    {}\n", line);
      }
    } else {
      fmt::print("  {:<14} {}\n", key, Words(value));
    }
  }
  if (entry.contains("parameters")) PrintParameters(entry.at("parameters"));
}

class DescribeCommand final : public Command {
 public:
  std::string summary() const override {
    return "tells all about one thing that a scenario can name";
  }
  std::string details() const override {
    return "orrery describe policy easy\n"
           "orrery describe trace swf\n"
           "orrery describe gpu h100-sxm\n";
  }
  void Declare(Options& options) const override {
    options.Positional("KIND", Options::Need::kRequired,
                       "policy, trace, transform, model, gpu, region or device");
    options.Positional("NAME", Options::Need::kRequired, "its name; `help` lists those there are");
    options.Flag("json", "as a JSON list of the entries of that name");
  }
  Result<int> Run(const Arguments& arguments) override {
    const Result<const Catalogue*> found = FindCatalogue(arguments.Get("KIND"));
    if (!found) return tl::unexpected<Error>(found.error());
    const Catalogue& catalogue = **found;
    const Result<ordered_json> entries = catalogue.entries();
    if (!entries) return tl::unexpected<Error>(entries.error());
    const std::string name = arguments.Get("NAME");
    std::vector<std::string> names;
    ordered_json hits = ordered_json::array();
    // A name may stand for several: policies of two roles.
    for (const ordered_json& entry : *entries) {
      const std::string own = Words(entry.at(catalogue.columns.front()));
      if (own == name) hits.push_back(entry);
      if (std::find(names.begin(), names.end(), own) == names.end()) names.push_back(own);
    }
    if (hits.empty()) {
      if (name == "help") {
        for (const std::string& known : names) fmt::print("{}\n", known);
        return kExitOk;
      }
      return MakeError("orrery describe",
                       UnknownName("the name of a " + catalogue.singular, name, names));
    }
    if (arguments.Has("json")) {
      fmt::print("{}\n", hits.dump(2));
      return kExitOk;
    }
    for (size_t i = 0; i < hits.size(); ++i) {
      if (i > 0) fmt::print("\n");
      PrintEntry(catalogue, hits[i]);
    }
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(DescribeCommand, "describe");

}  // namespace
}  // namespace orrery::cli
