#include "sim/scenario/checks.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <system_error>

#include "models/workload/serving/request_trace.h"
#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/scenario/load.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

std::string At(const std::string& list, size_t i) { return list + "[" + std::to_string(i) + "]"; }

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

// ---- Checks

// Names of one list must differ: they name random streams, rows of results, and --set paths.
class Unique {
 public:
  Unique(Parser* parser, std::string what) : parser_(parser), what_(std::move(what)) {}
  void Add(const std::string& name, const std::string& path) {
    const auto [first, is_new] = first_.emplace(name, path);
    if (is_new) return;
    parser_->Complain(path, "got " + Quoted(name) + ", which " + first->second +
                                " has already, expected " + what_ + " once");
  }

 private:
  Parser* parser_;
  std::string what_;
  std::map<std::string, std::string> first_;
};

// Whether the files of traces are there.
class Files {
 public:
  explicit Files(Parser* parser) : parser_(parser) {}

  void Check(const std::string& path, const std::string& dir, const std::string& file) {
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

 private:
  Parser* parser_;
  std::set<std::string> missed_;
};

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
    if (service.trace) refuse("a trace of requests (services: " + service.name + ")");
  }
  for (const WorkloadSource& source : scenario.workload) {
    if (std::holds_alternative<JobTrace>(source.source)) {
      refuse("a trace of jobs (workload: " + source.name + ")");
    }
  }
  Unique ids(parser, "each region");
  for (size_t i = 0; i < scenario.regions.size(); ++i) {
    ids.Add(scenario.regions[i].id, At("regions", i) + ".id");
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

void CheckWorkload(const Scenario& scenario, Parser* parser, Files* files) {
  Unique names(parser, "each name");
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const WorkloadSource& source = scenario.workload[i];
    const std::string path = At("workload", i);
    names.Add(source.name, path + ".name");
    if (const JobTrace* trace = std::get_if<JobTrace>(&source.source)) {
      files->Check(path + ".trace", trace->dir, trace->file);
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(source.source);
    const std::string inner = path + ".generator";
    for (const char* key : {".arrivals.rate", ".populations"}) {
      if (source.preset || parser->origins().contains(inner + key)) continue;
      parser->Complain(inner + key, "got nothing, expected it, or a `preset`");
    }
    if (generator.end == SimTime::Never() && generator.max_arrivals == 0) {
      parser->Complain(inner,
                       "got jobs without end, expected `horizon`, `until` or "
                       "`max_arrivals`");
    }
    if (parser->HasFindings()) continue;
    for (const Finding& finding : workload::CheckGenerator(generator)) {
      parser->Complain(inner + "." + finding.place, finding.what);
    }
  }
}

void CheckReplay(const std::string& path, const Scenario& scenario,
                 const failure::ReplayParams& replay, Parser* parser) {
  Unique regions(parser, "each region");
  for (size_t i = 0; i < replay.traces.size(); ++i) {
    const failure::ReplayParams::Trace& trace = replay.traces[i];
    const std::string own = At(path + ".traces", i);
    const bool named = trace.region.valid();
    regions.Add(named ? scenario.regions[trace.region.index()].id : "none", own + ".region");
    std::error_code error;
    if (std::filesystem::is_regular_file(trace.file, error)) continue;
    parser->Complain(own + ".file", "got " + QuotedPath(trace.file) +
                                        ", expected a file that exists (docs/traces.md says where "
                                        "to get traces)");
  }
}

void CheckReplays(const Scenario& scenario, Parser* parser) {
  if (const auto* failures = std::get_if<failure::ReplayedFailures>(&scenario.failures.level)) {
    CheckReplay("failures", scenario, failures->replay, parser);
  }
  if (const auto* churn = std::get_if<ReplayedChurn>(&scenario.churn.level)) {
    CheckReplay("churn", scenario, churn->replay, parser);
  }
}

// A scenario that says `network: off` may be the one arm of a comparison; who says nothing of the
// network has forgotten that data move over one.
void CheckData(const Scenario& scenario, Parser* parser) {
  if (scenario.network.level != NetworkLevel::kOff) return;
  if (parser->origins().contains("network.level")) return;
  const auto complain = [&](const std::string& path) {
    parser->Complain(path + ".data",
                     "got data to move without a network, expected network: simple or full (or "
                     "off, said so, to move nothing)");
  };
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::string path = At("workload", i);
    if (const auto* trace = std::get_if<JobTrace>(&scenario.workload[i].source)) {
      if (trace->jobs.data) complain(path + ".trace.defaults");
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(scenario.workload[i].source);
    for (size_t p = 0; p < generator.populations.size(); ++p) {
      if (generator.populations[p].data) complain(At(path + ".generator.populations", p));
    }
  }
}

void CheckRequestTrace(const Service& service, const std::string& path, Parser* parser,
                       Files* files) {
  files->Check(path + ".trace", service.trace->dir, service.trace->file);
  for (const workload::RequestFormat& format : workload::RequestFormats()) {
    if (format.name != service.trace->format || !format.has_lengths) continue;
    for (const char* key : {".prompt", ".output"}) {
      if (!parser->origins().contains(path + key)) continue;
      parser->Complain(path + key,
                       "got it beside a trace that has its own lengths, expected none, or "
                       "trace.format: servegen");
    }
  }
}

void CheckServices(const Scenario& scenario, Parser* parser, Files* files) {
  Unique names(parser, "each name");
  for (size_t i = 0; i < scenario.services.size(); ++i) {
    const Service& service = scenario.services[i];
    const std::string path = At("services", i);
    names.Add(service.name, path + ".name");
    if (service.trace) {
      CheckRequestTrace(service, path + ".requests", parser, files);
    } else if (!parser->origins().contains(path + ".requests.arrivals.rate")) {
      parser->Complain(path + ".requests.arrivals.rate",
                       "got nothing, expected a rate such as 2/s");
    }
    if (service.max_replicas < service.min_replicas) {
      parser->Complain(path + ".replicas.max", "got " + std::to_string(service.max_replicas) +
                                                   ", expected at least " + "replicas.min, " +
                                                   std::to_string(service.min_replicas));
    }
    if (service.cold_start) {
      const double ratio = service.cold_start->p95.seconds() / service.cold_start->mean.seconds();
      if (ratio < 1 || ratio > workload::kMostColdStartRatio) {
        parser->Complain(path + ".replicas.cold_start.p95",
                         "got " + Quoted(FormatDuration(service.cold_start->p95)) +
                             ", expected 1 to 3.8 times the mean");
      }
    }
    if (parser->HasFindings()) continue;
    for (const Finding& finding : workload::CheckRequests(service.requests)) {
      parser->Complain(path + ".requests." + finding.place, finding.what);
    }
  }
  if (!scenario.services.empty() && scenario.horizon == Duration::Max()) {
    parser->Complain("horizon",
                     "got none beside services, which have no end of their own; "
                     "expected a duration");
  }
  if (scenario.services.empty() && scenario.workload.empty()) {
    parser->Complain("workload", "got nothing, expected sources of jobs, or services");
  }
}

void CheckCheckpoints(const Scenario& scenario, Parser* parser) {
  if (scenario.checkpoints.interval != Checkpoints::Interval::kYoungDaly) return;
  if (scenario.checkpoints.cost == Duration()) {
    parser->Complain("checkpoints.cost",
                     "got 0s beside interval: young_daly, expected what saving takes");
  }
  const failure::Failures& failures = scenario.failures.level;
  if (std::holds_alternative<failure::NoFailures>(failures) ||
      std::holds_alternative<failure::ReplayedFailures>(failures)) {
    parser->Complain(
        "checkpoints.interval",
        "got 'young_daly' without a law of failures, expected failures: simple or full "
        "(owners who leave are not "
        "counted)");
  }
}

void CheckBlacklist(const Scenario& scenario, Parser* parser) {
  if (!scenario.failures.blacklist) return;
  if (!std::holds_alternative<failure::NoFailures>(scenario.failures.level) ||
      !std::holds_alternative<NoChurn>(scenario.churn.level) ||
      trust::RulesOf(scenario.trust.level) != nullptr) {
    return;
  }
  parser->Complain("failures.blacklist",
                   "got a list of nodes that fail, where nothing does, expected failures: simple "
                   "or full, churn, or trust (or no blacklist)");
}

void CheckRebalance(const Scenario& scenario, Parser* parser) {
  if (scenario.scheduler.rebalance.policy != "hot_nodes") return;
  if (scenario.energy.level == Energy::Level::kFull) return;
  parser->Complain("scheduler.rebalance",
                   "got 'hot_nodes' where nobody measures temperatures, expected energy: full");
}

void CheckTrust(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  if (rules == nullptr) return;
  if (rules->challenges.time >= rules->challenges.every) {
    parser->Complain("trust.challenges.time", "got " +
                                                  Quoted(FormatDuration(rules->challenges.time)) +
                                                  ", expected less than challenges.every, " +
                                                  FormatDuration(rules->challenges.every));
  }
  for (int kind = 0; kind < kOwnerKinds; ++kind) {
    const trust::ByCheat& shares = rules->cheats.shares[kind];
    if (shares[static_cast<int>(trust::Cheat::kBandwidth)] > 0 &&
        scenario.network.level != NetworkLevel::kFull) {
      parser->Complain(
          std::string("trust.cheats.shares.") + OwnerKindName(static_cast<OwnerKind>(kind)) +
              ".bandwidth",
          "got a share above 0, expected network: full beside it: elsewhere bandwidth never binds");
    }
    double sum = 0;
    for (const double share : shares) sum += share;
    if (sum <= 1) continue;
    parser->Complain(
        std::string("trust.cheats.shares.") + OwnerKindName(static_cast<OwnerKind>(kind)),
        "got shares that sum to " + FormatDouble(sum) + ", expected 1 at most");
  }
  if (scenario.horizon == Duration::Max()) {
    parser->Complain("horizon",
                     "got none beside trust, expected a duration: nodes may be barred for good, "
                     "and jobs would wait for ever");
  }
  const GpuModelId real = rules->cheats.real_model;
  if (real.valid() && (*scenario.gpus)[real].fp16_tflops <= 0) {
    parser->Complain("trust.cheats.real_model", "got " + Quoted((*scenario.gpus)[real].id) +
                                                    ", expected a model whose speed is known");
  }
}

// Where all nodes have the best reputation and nobody rates, everybody has enough of it.
void CheckReputations(const Scenario& scenario, Parser* parser) {
  const trust::Rules* rules = trust::RulesOf(scenario.trust.level);
  if (rules != nullptr && rules->ratings.share > 0) return;
  for (const FleetGroup& group : scenario.fleet) {
    if (group.nodes.reputation_low < 1) return;
  }
  const auto check = [&](const std::string& path, const Requirements& requirements) {
    if (!requirements.HasMinReputation()) return;
    parser->Complain(path + ".min_reputation",
                     "got it where every node has reputation 1 for good, expected ratings (trust: "
                     "simple or full, trust.ratings.share above 0), or fleet groups with a "
                     "reputation below 1");
  };
  for (size_t i = 0; i < scenario.workload.size(); ++i) {
    const std::string path = At("workload", i);
    if (const auto* trace = std::get_if<JobTrace>(&scenario.workload[i].source)) {
      check(path + ".trace.defaults.requirements", trace->jobs.requirements);
      continue;
    }
    const auto& generator = std::get<workload::GeneratorParams>(scenario.workload[i].source);
    for (size_t p = 0; p < generator.populations.size(); ++p) {
      const auto& rows = generator.populations[p].requirements;
      for (size_t r = 0; r < rows.size(); ++r) {
        check(At(At(path + ".generator.populations", p) + ".requirements", r),
              rows[r].requirements);
      }
    }
  }
  for (size_t i = 0; i < scenario.services.size(); ++i) {
    check(At("services", i) + ".requirements", scenario.services[i].requirements);
  }
}

// The fleet's hash rate [hash/s], and its best GPU's.
struct HashRates {
  double all = 0;
  double best = 0;
};

HashRates HashRatesOf(const Scenario& scenario, const economics::Rig& rig) {
  HashRates rates;
  for (const FleetGroup& group : scenario.fleet) {
    const fleet::Group& nodes = group.nodes;
    if (nodes.gpus_per_node == 0 || !rig.owners[static_cast<int>(nodes.owner_kind)]) continue;
    const double rate = economics::HashRate((*scenario.gpus)[nodes.gpu_model].bandwidth_gbs, rig);
    rates.all += rate * nodes.nodes * nodes.gpus_per_node;
    rates.best = std::max(rates.best, rate);
  }
  return rates;
}

// To three digits, for messages.
std::string Rounded(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3g", value);
  return text.data();
}

void CheckMining(const Scenario& scenario, Parser* parser) {
  const economics::SimpleMining* mining = economics::MiningOf(scenario.mining.level);
  if (mining == nullptr) return;
  if (scenario.energy.level == Energy::Level::kOff) {
    parser->Complain("mining.level",
                     "got mining without electricity, expected energy: simple or full beside it: "
                     "a GPU mines while that pays for the power it draws");
    return;
  }
  const bool traced = std::any_of(scenario.fleet.begin(), scenario.fleet.end(),
                                  [](const FleetGroup& group) { return group.trace.has_value(); });
  if (traced) return;  // its GPUs are not known yet
  const HashRates rates = HashRatesOf(scenario, mining->rig);
  if (rates.best == 0) {
    parser->Complain("mining.owners",
                     "got no GPU that could mine, expected a fleet group whose owner is of a kind "
                     "that mines (miner: true), with GPUs of known memory bandwidth");
    return;
  }
  const double network = mining->coin.network_ths * 1e12;
  if (rates.all > network) {
    parser->Complain("mining.coin.network", "got " + FormatDouble(mining->coin.network_ths) +
                                                "TH/s, expected more than the fleet's own " +
                                                Rounded(rates.all / 1e12) +
                                                "TH/s: it is the rate of all miners");
    return;
  }
  const double usd =
      economics::CoinsAnHour(rates.best, mining->coin, mining->rig) * mining->coin.usd;
  if (usd > economics::kMostUsdAnHour) {
    parser->Complain("mining.coin", "got a coin of which one GPU mines $" + Rounded(usd) +
                                        " an hour, expected at most $" +
                                        FormatDouble(economics::kMostUsdAnHour) +
                                        ": price times block_reward over "
                                        "block_time, by the GPU's part of the network");
  }
}

void CheckScheduler(const Scheduler& scheduler, Parser* parser) {
  if (!scheduler.trigger.each_event && scheduler.trigger.every == Duration()) {
    parser->Complain("scheduler.trigger",
                     "got neither, expected each_event: true or every: "
                     "a duration");
  }
  if (scheduler.blocking == Blocking::kSkip) {
    const auto refuse = [&](const std::string& role, const std::string& policy) {
      if (policy == "none") return;
      parser->Complain("scheduler.blocking", "got 'skip' beside " + role + ": " + policy +
                                                 ", which says itself who may pass the head of "
                                                 "the queue; expected strict, or scheduler." +
                                                 role + "=none");
    };
    refuse("backfill", scheduler.backfill.policy);
    refuse("allocate", scheduler.allocate.policy);
  }
}

}  // namespace

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
  Files files(parser);
  CheckWorkload(scenario, parser, &files);
  CheckFleet(scenario, parser, &files);
  CheckReplays(scenario, parser);
  CheckData(scenario, parser);
  CheckServices(scenario, parser, &files);
  CheckCheckpoints(scenario, parser);
  CheckBlacklist(scenario, parser);
  CheckRebalance(scenario, parser);
  CheckTrust(scenario, parser);
  CheckReputations(scenario, parser);
  CheckMining(scenario, parser);
  CheckScheduler(scenario.scheduler, parser);
}

}  // namespace orrery::scenario
