// From YAML to a Scenario, with every mistake reported at once.
//
//   const Result<Tables> tables = Tables::Load("scenarios/data");
//   const Result<Loaded> loaded = LoadScenario("quickstart.yaml", {"seed=7"}, *tables);
//   if (!loaded) fmt::print(stderr, "{}\n", loaded.error().ToString());
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/energy/electricity_table.h"
#include "models/fleet/gpu.h"
#include "sim/base/result.h"
#include "sim/scenario/cities.h"
#include "sim/scenario/names.h"
#include "sim/scenario/parser.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// The tables that names in scenarios refer to, shared by all scenarios.
struct Tables {
  // Reads gpus.csv, regions.csv and electricity.csv in `folder`. Findings name file and line.
  static Result<Tables> Load(const std::string& folder);

  std::shared_ptr<const fleet::GpuCatalogue> gpus;
  std::shared_ptr<const CityTable> cities;
  std::shared_ptr<const energy::ElectricityTable> electricity;
};

struct Loaded {
  // The names that a visit of `of` (the scenario or a copy) needs.
  Names NamesFor(const Scenario& of) const;

  Scenario scenario;
  // Of every value that is no default.
  Origins origins;
  Tables tables;
};

// Reads the file at `path`, what it extends, and `settings` ("a.b=value", each as given to --set).
// Findings, all at once: whatever is wrong with the documents, unknown, repeated and missing keys,
// values of the wrong kind, without their unit or out of bounds, names that nothing has, keys that
// contradict each other, missing files of traces. Files of traces are looked for, not read; a table
// of throughputs is read.
Result<Loaded> LoadScenario(const std::string& path, const std::vector<std::string>& settings,
                            const Tables& tables);

// The same for text; `source` names it in places.
Result<Loaded> ParseScenario(const std::string& text, const std::string& source,
                             const std::vector<std::string>& settings, const Tables& tables);

// The file that a trace is in: dir/file.
std::string FileOf(const JobTrace& trace);
std::string FileOf(const NodeTrace& trace);
std::string FileOf(const RequestTrace& trace);

}  // namespace orrery::scenario
