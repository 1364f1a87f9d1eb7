#include "sim/scenario/checks.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

void CompleteGroup(const std::string& path, const Scenario& scenario, Parser* parser,
                   fleet::Group* group, bool has_trace) {
  if (group->regions.empty()) {
    for (size_t i = 0; i < scenario.regions.size(); ++i) {
      group->regions.push_back({RegionId(static_cast<uint16_t>(i)), 1});
    }
  }
  if (group->ask.median != FleetGroup::kCataloguePrice) return;
  const auto refuse = [&](const std::string& why) {
    parser->Complain(path + ".ask", "got nothing, expected a price such as $2.19/h: " + why);
  };
  if (has_trace) return refuse("the nodes of a list are of several GPU models");
  const bool has_gpus = group->gpu_model.valid();
  const double price = has_gpus ? (*scenario.gpus)[group->gpu_model].market_usd_h : 0;
  if (has_gpus && price <= 0) {
    const std::string& id = (*scenario.gpus)[group->gpu_model].id;
    return refuse("the catalogue has no market price of " + Quoted(id));
  }
  group->ask.median = UsdPerHour::FromDollars(price);
}

// A trace's list of nodes comes in the folder of its jobs.
void CompleteFolders(Scenario* scenario) {
  const JobTrace* first = nullptr;
  for (const WorkloadSource& source : scenario->workload) {
    if (first == nullptr) first = std::get_if<JobTrace>(&source.source);
  }
  for (FleetGroup& group : scenario->fleet) {
    if (group.trace && group.trace->dir.empty() && first != nullptr) group.trace->dir = first->dir;
  }
}

void CompleteShares(const Scenario& scenario, std::vector<workload::RegionShare>* shares) {
  if (shares->empty()) {
    for (size_t i = 0; i < scenario.regions.size(); ++i) {
      shares->push_back({RegionId(static_cast<uint16_t>(i)), 1, Duration()});
    }
  }
  for (workload::RegionShare& share : *shares) {
    share.utc_offset = scenario.regions[share.region.index()].utc_offset;
  }
}

void CompleteGenerator(const Scenario& scenario, workload::GeneratorParams* generator) {
  for (size_t i = 0; i < generator->populations.size(); ++i) {
    std::string& name = generator->populations[i].name;
    if (name.empty()) name = "population" + std::to_string(i);
  }
  CompleteShares(scenario, &generator->regions);
  if (generator->end == SimTime::Never() && scenario.horizon != Duration::Max()) {
    generator->end = SimTime::Zero() + scenario.horizon;
  }
}

void CheckRun(const Scenario& scenario, Parser* parser) {
  if (scenario.warm_up >= scenario.horizon) {
    parser->Complain("warm_up", "got " + Quoted(FormatDuration(scenario.warm_up)) +
                                    ", expected a duration below the horizon");
  }
  const auto refuse = [&](const std::string& what) {
    if (scenario.scale == 1) return;
    parser->Complain("scale", "got " + Quoted(FormatDouble(scenario.scale)) + " beside " + what +
                                  ", which is as large as it is; expected 1");
  };
  for (const FleetGroup& group : scenario.fleet) {
    if (group.trace) refuse("a list of nodes (fleet: " + group.nodes.name + ")");
  }
  for (const Service& service : scenario.services) {
    if (service.on() && service.trace)
      refuse("a trace of requests (services: " + service.name + ")");
  }
  for (const WorkloadSource& source : scenario.workload) {
    if (std::holds_alternative<JobTrace>(source.source)) {
      refuse("a trace of jobs (workload: " + source.name + ")");
    }
  }
  Unique ids(parser, "each region");
  for (size_t i = 0; i < scenario.regions.size(); ++i) {
    const std::string path = At("regions", i);
    ids.Add(scenario.regions[i].id, path + ".id");
    const Duration offset = scenario.regions[i].utc_offset;
    if (offset.nanos() % Duration::Minutes(15).nanos() == 0) continue;
    parser->Complain(path + ".utc_offset",
                     "got " + Quoted(FormatDuration(offset)) + ", expected quarters of an hour");
  }
}

void CheckFleet(const Scenario& scenario, Parser* parser, Files* files) {
  Unique names(parser, "each name");
  for (size_t i = 0; i < scenario.fleet.size(); ++i) {
    const FleetGroup& group = scenario.fleet[i];
    const std::string path = At("fleet", i);
    names.Add(group.nodes.name, path + ".name");
    if (group.trace) {
      files->Check(path + ".trace", group.trace->dir, group.trace->file);
    } else if (group.nodes.gpus_per_node > 0 && !group.nodes.gpu_model.valid()) {
      parser->Complain(path + ".gpu", "got none beside gpus_per_node: " +
                                          std::to_string(group.nodes.gpus_per_node) +
                                          ", expected a GPU model of the catalogue");
    } else if (group.nodes.gpus_per_node == 0 && group.nodes.gpu_model.valid()) {
      parser->Complain(path + ".gpus_per_node", "got '0' beside a GPU model, expected 1 to " +
                                                    std::to_string(fleet::kMaxGpusPerNode));
    }
    if (group.nodes.reputation_low > group.nodes.reputation_high) {
      parser->Complain(path + ".reputation.low",
                       "got " + Quoted(FormatDouble(group.nodes.reputation_low)) +
                           ", expected at most reputation.high");
    }
  }
}

}  // namespace

std::string At(const std::string& list, size_t i) { return list + "[" + std::to_string(i) + "]"; }

void CheckShare(const std::string& path, const std::string& share, double value,
                std::initializer_list<const char*> keys, const std::string& whose, Parser* parser) {
  if (value > 0 || parser->origins().contains(path + "." + share)) return;
  for (const char* key : keys) {
    const std::string own = path + "." + key;
    if (!parser->origins().contains(own)) continue;
    parser->Complain(own, "got it without " + share + ", expected " + whose + " beside it");
  }
}

void Unique::Add(const std::string& name, const std::string& path) {
  const auto [first, is_new] = first_.emplace(name, path);
  if (is_new) return;
  parser_->Complain(path, "got " + Quoted(name) + ", which " + first->second +
                              " has already, expected " + what_ + " once");
}

void Files::Check(const std::string& path, const std::string& dir, const std::string& file) {
  std::error_code error;
  const std::filesystem::path folder = dir.empty() ? "." : dir;
  if (std::filesystem::is_regular_file(folder / file, error)) return;
  if (!std::filesystem::is_directory(folder, error)) {
    // A folder that several traces share is missed once.
    if (!missed_.insert(dir).second) return;
    parser_->Complain(path + ".dir", "got " + QuotedPath(dir) +
                                         ", expected a folder that exists: give yours with "
                                         "--set " +
                                         path +
                                         ".dir=FOLDER (docs/traces.md says where to get "
                                         "the files)");
    return;
  }
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  parser_->Complain(path + ".file", "got " + QuotedPath(file) + ", expected a file in " +
                                        QuotedPath(dir) + DidYouMean(file, names));
}

void Complete(Parser* parser, Scenario* scenario) {
  CompleteFolders(scenario);
  for (size_t i = 0; i < scenario->fleet.size(); ++i) {
    FleetGroup& group = scenario->fleet[i];
    if (group.nodes.name.empty()) group.nodes.name = "group" + std::to_string(i);
    CompleteGroup(At("fleet", i), *scenario, parser, &group.nodes, group.trace.has_value());
  }
  for (size_t i = 0; i < scenario->workload.size(); ++i) {
    WorkloadSource& source = scenario->workload[i];
    if (source.name.empty()) source.name = "workload" + std::to_string(i);
    auto* generator = std::get_if<workload::GeneratorParams>(&source.source);
    if (generator != nullptr) CompleteGenerator(*scenario, generator);
  }
  for (size_t i = 0; i < scenario->services.size(); ++i) {
    Service& service = scenario->services[i];
    if (service.name.empty()) service.name = "service" + std::to_string(i);
    CompleteShares(*scenario, &service.requests.clients);
  }
}

void CheckWhole(const Scenario& scenario, Parser* parser) {
  CheckRun(scenario, parser);
  CheckScale(scenario, parser);
  Files files(parser);
  CheckWorkload(scenario, parser, &files);
  CheckFleet(scenario, parser, &files);
  CheckReplays(scenario, parser);
  CheckEndless(scenario, parser);
  CheckLimits(scenario, parser);
  CheckTerms(scenario, parser);
  CheckTransforms(scenario, parser);
  CheckNetwork(scenario, parser);
  CheckData(scenario, parser);
  CheckServices(scenario, parser, &files);
  CheckCheckpoints(scenario, parser);
  CheckBlacklist(scenario, parser);
  CheckRebalance(scenario, parser);
  CheckTrust(scenario, parser);
  CheckReputations(scenario, parser);
  CheckMining(scenario, parser);
  CheckMoney(scenario, parser);
  CheckScheduler(scenario, parser);
}

}  // namespace orrery::scenario
