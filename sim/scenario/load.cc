#include "sim/scenario/load.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "models/workload/throughput_table.h"
#include "sim/base/text.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/layers.h"
#include "sim/scenario/visit.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

// More than a screen full of findings helps nobody.
constexpr size_t kMaxFindings = 200;

// The table that the key `throughputs` names, with its GPUs bound to rows of the catalogue. Nothing
// where there is no such key, or it holds no text: then the parser says so.
Result<std::shared_ptr<const workload::ThroughputTable>> LoadThroughputs(
    const Value& root, const fleet::GpuCatalogue& gpus) {
  const Value* path = root.Find("throughputs");
  if (path == nullptr || path->kind != Value::Kind::kScalar || path->text == "none") {
    return nullptr;
  }
  Result<workload::ThroughputTable> table =
      workload::ThroughputTable::Load(BesideSource(path->text, path->place));
  if (!table) {
    const Finding& finding = table.error().findings().front();
    return MakeError(path->place.ToString(), "throughputs: " + finding.place + ": " + finding.what);
  }
  // A GPU that the catalogue does not know can be no node's either: its rows are never asked for.
  for (const std::string& gpu : table->gpus()) {
    if (const std::optional<GpuModelId> id = gpus.Find(gpu)) table->Bind(gpu, *id);
  }
  return std::make_shared<const workload::ThroughputTable>(std::move(*table));
}

// Line and column of "file:line:col" or "file:line"; zeros where there are none.
struct LineColumn {
  std::string source;
  int64_t line = 0, column = 0;
};
LineColumn SplitPlace(const std::string& place) {
  LineColumn split{place};
  std::vector<int64_t> numbers;
  while (numbers.size() < 2) {
    const size_t colon = split.source.rfind(':');
    if (colon == std::string::npos) break;
    const Parsed<int64_t> number = ParseInt(std::string_view(split.source).substr(colon + 1));
    if (!number) break;
    numbers.insert(numbers.begin(), *number);
    split.source.resize(colon);
  }
  if (!numbers.empty()) split.line = numbers[0];
  if (numbers.size() > 1) split.column = numbers[1];
  return split;
}

// In the order of reading each source; sources in the order they first come up.
void SortByPlace(std::vector<Finding>* findings) {
  std::map<std::string, size_t> sources;
  std::vector<std::pair<std::tuple<size_t, int64_t, int64_t>, Finding>> keyed;
  for (Finding& finding : *findings) {
    const LineColumn place = SplitPlace(finding.place);
    const size_t source = sources.emplace(place.source, sources.size()).first->second;
    keyed.emplace_back(std::tuple(source, place.line, place.column), std::move(finding));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  findings->clear();
  for (auto& [key, finding] : keyed) findings->push_back(std::move(finding));
}

// Keys that nobody knows here but at another level: says so.
void ExplainStrangers(const Value& root, Loaded scratch, std::vector<Finding>* findings) {
  Parser parser(&root, scratch.NamesFor(scratch.scenario));
  parser.Explain();
  parser.Group({}, [&] { Visit(parser, scratch.scenario); });
  for (const Finding& better : parser.TakeFindings()) {
    const size_t path = better.what.find(Parser::kElsewhere);
    if (path == std::string::npos) continue;
    const std::string plain = better.what.substr(0, path) + "got an unknown key";
    for (Finding& finding : *findings) {
      if (finding.place == better.place && finding.what.starts_with(plain)) finding = better;
    }
  }
}

Result<Loaded> Build(Result<Value> root, const std::vector<std::string>& settings,
                     const Tables& tables) {
  if (!root) return tl::unexpected(root.error());
  std::vector<Finding> findings = ApplySettings(settings, &*root);
  Loaded loaded;
  loaded.tables = tables;
  loaded.scenario.gpus = tables.gpus;
  loaded.scenario.electricity = tables.electricity;
  auto throughputs = LoadThroughputs(*root, *tables.gpus);
  if (throughputs) {
    loaded.scenario.throughput_table = *throughputs;
  } else {
    findings.push_back(throughputs.error().findings().front());
  }
  const Loaded blank = loaded;
  Parser parser(&*root, loaded.NamesFor(loaded.scenario));
  parser.Group({}, [&] { Visit(parser, loaded.scenario); });
  // What contradicts what is only worth telling of values that were read.
  if (findings.empty() && !parser.HasFindings()) Complete(&parser, &loaded.scenario);
  if (findings.empty() && !parser.HasFindings()) CheckWhole(loaded.scenario, &parser);
  for (Finding& finding : parser.TakeFindings()) findings.push_back(std::move(finding));
  if (!findings.empty()) ExplainStrangers(*root, blank, &findings);
  SortByPlace(&findings);
  if (findings.size() > kMaxFindings) {
    const size_t more = findings.size() - kMaxFindings;
    findings.resize(kMaxFindings);
    findings.push_back({"", "and " + std::to_string(more) + " more"});
  }
  if (!findings.empty()) return tl::unexpected(Error(std::move(findings)));
  loaded.origins = parser.origins();
  return loaded;
}

}  // namespace

Result<Tables> Tables::Load(const std::string& folder) {
  const std::filesystem::path path(folder);
  Result<fleet::GpuCatalogue> gpus = fleet::GpuCatalogue::Load((path / "gpus.csv").string());
  if (!gpus) return tl::unexpected(gpus.error());
  Result<CityTable> cities = CityTable::Load((path / "regions.csv").string());
  if (!cities) return tl::unexpected(cities.error());
  Result<energy::ElectricityTable> electricity =
      energy::ElectricityTable::Load((path / "electricity.csv").string());
  if (!electricity) return tl::unexpected(electricity.error());
  return Tables{std::make_shared<const fleet::GpuCatalogue>(std::move(*gpus)),
                std::make_shared<const CityTable>(std::move(*cities)),
                std::make_shared<const energy::ElectricityTable>(std::move(*electricity))};
}

Names Loaded::NamesFor(const Scenario& of) const {
  return {tables.gpus.get(), tables.cities.get(), &of.regions, of.throughput_table.get()};
}

Result<Loaded> LoadScenario(const std::string& path, const std::vector<std::string>& settings,
                            const Tables& tables) {
  return Build(ReadLayers(path), settings, tables);
}

Result<Loaded> ParseScenario(const std::string& text, const std::string& source,
                             const std::vector<std::string>& settings, const Tables& tables) {
  return Build(ParseLayers(text, source), settings, tables);
}

std::string FileOf(const JobTrace& trace) {
  return (std::filesystem::path(trace.dir) / trace.file).string();
}

std::string FileOf(const NodeTrace& trace) {
  return (std::filesystem::path(trace.dir) / trace.file).string();
}

std::string FileOf(const RequestTrace& trace) {
  return (std::filesystem::path(trace.dir) / trace.file).string();
}

}  // namespace orrery::scenario
