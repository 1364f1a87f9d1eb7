#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "models/network/rtt.h"
#include "sim/base/text.h"
#include "sim/cli/catalogues.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/home.h"

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

Result<const scenario::City*> FindCity(const scenario::CityTable& cities, const std::string& name) {
  if (const scenario::City* city = cities.Find(name)) return city;
  std::vector<std::string> names;
  for (const scenario::City& city : cities.rows()) names.push_back(city.id);
  return MakeError("orrery describe", UnknownName("the name of a region", name, names));
}

// What the network models say of the way between two cities.
ordered_json RttEntry(const scenario::City& from, const scenario::City& to) {
  const network::Place a = {from.lat_deg, from.lon_deg, network::AreaOf(from.country)};
  const network::Place b = {to.lat_deg, to.lon_deg, network::AreaOf(to.country)};
  const double full_ms = network::RttMs(a, b, network::Route::kPublic);
  const auto area = [](const network::Place& place) {
    return place.area ? ordered_json(network::AreaName(*place.area)) : ordered_json();
  };
  return {{"from", from.id},
          {"to", to.id},
          {"from_area", area(a)},
          {"to_area", area(b)},
          {"distance_km", network::DistanceKm(a, b)},
          {"simple_ms", network::SimpleRttMs(a, b)},
          {"full_ms", full_ms},
          {"backbone_ms", network::RttMs(a, b, network::Route::kBackbone)},
          {"home_to_home_ms", full_ms + 2 * network::HomeAccessMs()}};
}

Result<int> DescribeRtt(const Arguments& arguments) {
  const Result<scenario::Tables> tables = LoadTables();
  if (!tables) return tl::unexpected<Error>(tables.error());
  if (!arguments.Has("TO")) {
    return MakeError("orrery describe",
                     "got one region, expected two: orrery describe rtt tokyo frankfurt");
  }
  const auto from = FindCity(*tables->cities, arguments.Get("NAME"));
  if (!from) return tl::unexpected<Error>(from.error());
  const auto to = FindCity(*tables->cities, arguments.Get("TO"));
  if (!to) return tl::unexpected<Error>(to.error());
  const ordered_json entry = RttEntry(**from, **to);
  if (arguments.Has("json")) {
    fmt::print("{}\n", ordered_json::array({entry}).dump(2));
    return kExitOk;
  }
  const auto ms = [&](const char* key) { return entry.at(key).get<double>(); };
  fmt::print("rtt {} {}\n", (*from)->id, (*to)->id);
  fmt::print("  {:<14} {}, {}\n", "areas", Words(entry.at("from_area")),
             Words(entry.at("to_area")));
  fmt::print("  {:<14} {:.0f} km\n", "distance", ms("distance_km"));
  fmt::print("  {:<14} {:.1f} ms, one base and inflation for the world\n", "simple",
             ms("simple_ms"));
  fmt::print("  {:<14} {:.1f} ms, by areas\n", "full", ms("full_ms"));
  fmt::print("  {:<14} {:.1f} ms, by areas, on one provider's own lines\n", "backbone",
             ms("backbone_ms"));
  fmt::print("  {:<14} {:.1f} ms, by areas, between two homes\n", "homes", ms("home_to_home_ms"));
  return kExitOk;
}

class DescribeCommand final : public Command {
 public:
  std::string summary() const override {
    return "tells all about one thing that a scenario can name";
  }
  std::string details() const override {
    return "orrery describe policy easy\n"
           "orrery describe trace swf\n"
           "orrery describe gpu h100-sxm\n"
           "orrery describe rtt tokyo frankfurt\n";
  }
  void Declare(Options& options) const override {
    options.Positional(
        "KIND", Options::Need::kRequired,
        "policy, trace, transform, model, gpu, region or device; or rtt, the round-trip "
        "time between two regions");
    options.Positional("NAME", Options::Need::kRequired, "its name; `help` lists those there are");
    options.Positional("TO", Options::Need::kOptional, "of rtt: the other region");
    options.Flag("json", "as a JSON list of the entries of that name");
  }
  Result<int> Run(const Arguments& arguments) override {
    if (arguments.Get("KIND") == "rtt") return DescribeRtt(arguments);
    if (arguments.Has("TO")) {
      return MakeError("orrery describe", "got a second name, '" + arguments.Get("TO") + "'" +
                                              ", expected one: only rtt takes two");
    }
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
