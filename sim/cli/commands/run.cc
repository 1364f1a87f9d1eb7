#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "sim/base/text.h"
#include "sim/cli/arms.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output_file.h"
#include "sim/cli/replication_runner.h"
#include "sim/cli/replications.h"
#include "sim/cli/scenario_options.h"
#include "sim/driver/world.h"
#include "sim/results/human.h"
#include "sim/results/render_summary.h"
#include "sim/results/writer.h"

namespace orrery::cli {
namespace {

using results::Summary;
using scenario::Loaded;
using scenario::Scenario;

// Jobs that are looked at before the run; more would keep the user waiting for its start.
constexpr uint64_t kLookAhead = 1'000'000;

class RunCommand final : public Command {
 public:
  std::string summary() const override { return "runs a scenario and prints what it came to"; }
  std::string details() const override {
    return "Ctrl-C finishes the current event, writes what is known and marks it partial;\n"
           "a second Ctrl-C ends the program at once.\n";
  }

  void Declare(Options& options) const override {
    DeclareScenario(options);
    options.Value("seed", "N", "the same as --set seed=N");
    options.Value("replications", "N",
                  "runs with N independent sets of random numbers: --set replications=N");
    options.Value("arms", "KEY=VALUE,VALUE,…",
                  "runs each value of a key of the scenario with the same random numbers and shows "
                  "them side by side: --arms network.topology=mesh,relay");
    options.Value("threads", "N", "replications that run at a time (default: one for each core)");
    options.Value(
        "output,o", "FILE.h5",
        "writes the results (docs/results.md); with replications, FILE-0.h5, FILE-1.h5, …; with "
        "arms, FILE-mesh.h5, FILE-relay.h5, …");
    options.Value("summary", "FILE.json", "writes the summary as JSON");
    options.Flag("quiet,q", "no progress and no notes on stderr");
  }

  Result<int> Run(const Arguments& arguments) override;

 private:
  Result<uint64_t> LookAhead(const Scenario& scenario, const std::atomic<bool>& interrupt);
  Result<driver::UnplaceableJobs> LookAt(const Scenario& scenario, uint32_t replicate,
                                         const std::atomic<bool>& interrupt);
  void Note(const std::string& text);

  bool quiet_ = false;
  std::set<std::string> noted_;  // arms have most in common
};

// One scenario, or several that differ in a key.
struct Planned {
  struct Run {
    std::string value;  // of the key
    Loaded loaded;
  };
  std::string key;  // of --arms; empty without
  std::vector<Run> runs;
};

// The same mistakes, told of an arm.
Error OfArm(const Error& error, const std::string& setting) {
  const std::string set = "--set " + setting;
  std::vector<Finding> findings;
  for (Finding finding : error.findings()) {
    if (finding.place.rfind(set, 0) == 0) {
      finding.place.erase(0, set.size());
    } else if (!finding.place.empty()) {
      finding.place.insert(0, ": ");
    }
    finding.place.insert(0, "--arms " + setting);
    findings.push_back(std::move(finding));
  }
  return Error(std::move(findings));
}

Result<Planned> LoadAll(const Arguments& arguments) {
  std::vector<std::string> settings;
  for (const char* key : {"seed", "replications"}) {
    if (arguments.Has(key)) settings.push_back(std::string(key) + "=" + arguments.Get(key));
  }
  Planned all;
  if (!arguments.Has("arms")) {
    Result<Loaded> loaded = LoadGivenScenario(arguments, settings);
    if (!loaded) return tl::unexpected<Error>(loaded.error());
    if (arguments.Has("output")) loaded->scenario.outputs.file = arguments.Get("output");
    all.runs.push_back({"", std::move(*loaded)});
    return all;
  }
  const Result<ArmValues> arms = ParseArms(arguments.Get("arms"));
  if (!arms) return tl::unexpected<Error>(arms.error());
  all.key = arms->key;
  for (size_t arm = 0; arm < arms->values.size(); ++arm) {
    std::vector<std::string> own = settings;
    own.push_back(arms->key + "=" + arms->values[arm]);
    Result<Loaded> loaded = LoadGivenScenario(arguments, own);
    if (!loaded) return tl::unexpected<Error>(OfArm(loaded.error(), own.back()));
    std::string& file = loaded->scenario.outputs.file;
    if (arguments.Has("output")) file = arguments.Get("output");
    if (!file.empty()) {
      std::filesystem::path path(file);
      const std::string extension = path.extension();
      file = path.replace_extension().string() + ArmSuffix(*arms, arm) + extension;
    }
    all.runs.push_back({arms->values[arm], std::move(*loaded)});
  }
  return all;
}

void Print(const std::vector<Arm>& arms, const std::string& key, bool replications) {
  const Style style = StdoutStyle();
  const std::vector<Summary>& first = arms.front().summaries;
  if (!key.empty()) {
    fmt::print("{}", RenderArms(key, arms, style));
  } else if (replications) {
    fmt::print("{}", RenderReplications(first, style.width, style.color));
  } else {
    fmt::print("{}", results::RenderSummary(first.front(), style.width, style.color));
  }
}

Result<void> WriteSummary(const std::vector<Arm>& arms, const std::string& key, bool replications,
                          const std::string& path) {
  const std::vector<Summary>& first = arms.front().summaries;
  const nlohmann::ordered_json json = !key.empty()   ? ArmsJson(key, arms)
                                      : replications ? ReplicationsJson(first)
                                                     : results::ToJson(first.front());
  return WriteFile(path, json.dump(2) + "\n");
}

// The number of --threads, or all that the machine has.
Result<uint32_t> ThreadsOf(const Arguments& arguments) {
  if (!arguments.Has("threads")) return std::max(std::thread::hardware_concurrency(), 1u);
  const std::string text = arguments.Get("threads");
  const Parsed<int64_t> number = ParseInt(text);
  if (!number || *number < 1 || *number > 4096) {
    return MakeError("orrery run",
                     "--threads: got '" + text + "', expected a number from 1 to 4096");
  }
  return static_cast<uint32_t>(*number);
}

// What would be written over what the run reads, or over something else that it writes.
Result<void> CheckFiles(const Arguments& arguments, const Loaded& loaded, FileUses* files) {
  const Scenario& scenario = loaded.scenario;
  FileUses& uses = *files;
  uses.Read(arguments.Get("FILE"), "the scenario");
  for (const auto& [path, place] : loaded.origins) {
    if (place.line > 0) uses.Read(*place.source, "the scenario");
  }
  if (!scenario.throughputs.empty()) uses.Read(scenario.throughputs, "throughputs");
  for (const scenario::WorkloadSource& source : scenario.workload) {
    const auto* trace = std::get_if<scenario::JobTrace>(&source.source);
    if (trace != nullptr) uses.Read(scenario::FileOf(*trace), "a trace of jobs");
  }
  for (const scenario::FleetGroup& group : scenario.fleet) {
    if (group.trace) uses.Read(scenario::FileOf(*group.trace), "a list of nodes");
  }
  for (const scenario::Service& service : scenario.services) {
    if (service.trace) uses.Read(scenario::FileOf(*service.trace), "a trace of requests");
  }
  const auto replayed = [&](const failure::ReplayParams& replay) {
    for (const failure::ReplayParams::Trace& trace : replay.traces) {
      uses.Read(trace.file, "a trace of machines");
    }
  };
  if (const auto* replay = std::get_if<failure::ReplayedFailures>(&scenario.failures.level)) {
    replayed(replay->replay);
  }
  if (const auto* replay = std::get_if<scenario::ReplayedChurn>(&scenario.churn.level)) {
    replayed(replay->replay);
  }
  if (!scenario.outputs.file.empty()) {
    const std::string option = arguments.Has("output") ? "--output" : "outputs.file";
    for (uint32_t replicate = 0; replicate < scenario.replications; ++replicate) {
      const std::string path = ResultsPath(scenario, replicate);
      auto fine = uses.Write(path, option, "the results");
      if (fine) fine = results::ResultsWriter::CheckCreate(path);
      if (!fine) return fine;
    }
  }
  return {};
}

Result<int> RunCommand::Run(const Arguments& arguments) {
  for (const char* option : {"output", "summary"}) {
    if (arguments.Has(option) && arguments.Get(option).empty()) {
      return MakeError("orrery run",
                       std::string("--") + option + ": got '', expected the name of a file");
    }
  }
  Result<Planned> planned = LoadAll(arguments);
  if (!planned) return tl::unexpected<Error>(planned.error());
  const std::string summary_file = arguments.Get("summary");
  FileUses files;
  for (const Planned::Run& one : planned->runs) {
    const auto fine = CheckFiles(arguments, one.loaded, &files);
    if (!fine) return tl::unexpected<Error>(fine.error());
  }
  if (arguments.Has("summary")) {
    auto fine = CheckWritable(summary_file);
    if (fine) fine = files.Write(summary_file, "--summary", "the summary");
    if (!fine) return tl::unexpected<Error>(fine.error());
  }
  quiet_ = arguments.Has("quiet");
  const Result<uint32_t> threads = ThreadsOf(arguments);
  if (!threads) return tl::unexpected<Error>(threads.error());

  const InterruptGuard guard;
  // What cannot run is told before anything has run for hours.
  std::vector<uint64_t> expected_jobs;
  for (const Planned::Run& one : planned->runs) {
    const Result<uint64_t> jobs = LookAhead(one.loaded.scenario, guard.flag());
    if (!jobs && planned->key.empty()) return tl::unexpected<Error>(jobs.error());
    if (!jobs) {
      return tl::unexpected<Error>(OfArm(jobs.error(), planned->key + "=" + one.value));
    }
    if (guard.flag()) return guard.exit_status();
    expected_jobs.push_back(*jobs);
  }
  std::vector<Arm> arms;
  std::optional<Error> error;
  for (const Planned::Run& one : planned->runs) {
    if (guard.flag() || error) break;
    const RunPlan plan{.loaded = &one.loaded,
                       .expected_jobs = expected_jobs[arms.size()],
                       .threads = *threads,
                       .label = one.value,
                       .quiet = quiet_};
    Ended ended = RunReplications(plan, guard.flag());
    error = std::move(ended.error);
    if (ended.summaries.empty()) continue;
    arms.push_back({one.value, std::move(ended.summaries), error.has_value()});
  }
  if ((error || arms.size() < planned->runs.size()) && !planned->key.empty()) {
    fmt::print(stderr, "{}: {} of {} arms have results\n", error ? "broken off" : "interrupted",
               arms.size(), planned->runs.size());
  }
  if (!arms.empty()) {
    const bool replications = planned->runs.front().loaded.scenario.replications > 1;
    Print(arms, planned->key, replications);
    if (arguments.Has("summary")) {
      const auto written = WriteSummary(arms, planned->key, replications, summary_file);
      if (!written && !error) return tl::unexpected<Error>(written.error());
      if (!written) fmt::print(stderr, "{}\n", written.error().ToString());
    }
  }
  if (error) return tl::unexpected<Error>(*error);
  return guard.flag() ? guard.exit_status() : kExitOk;
}

void RunCommand::Note(const std::string& text) {
  if (!quiet_ && noted_.insert(text).second) fmt::print(stderr, "note: {}\n", text);
}

// Looks for jobs that nothing could ever hold. Returns the number of jobs to come, 0 where there
// are more than one can look at. Where they are refused, every replication's jobs are looked at.
Result<uint64_t> RunCommand::LookAhead(const Scenario& scenario,
                                       const std::atomic<bool>& interrupt) {
  const bool refuse = scenario.unplaceable == scenario::Unplaceable::kError;
  uint64_t jobs = 0;
  for (uint32_t replicate = 0; replicate < (refuse ? scenario.replications : 1); ++replicate) {
    const auto found = LookAt(scenario, replicate, interrupt);
    if (!found) return tl::unexpected<Error>(found.error());
    if (interrupt) return 0;
    if (replicate == 0 && (refuse || found->scanned < kLookAhead)) jobs = found->scanned;
  }
  return jobs;
}

Result<driver::UnplaceableJobs> RunCommand::LookAt(const Scenario& scenario, uint32_t replicate,
                                                   const std::atomic<bool>& interrupt) {
  const bool refuse = scenario.unplaceable == scenario::Unplaceable::kError;
  const auto found = driver::FindUnplaceable(
      scenario, replicate, refuse ? UINT64_MAX : kLookAhead, [&](uint64_t scanned) {
        if (scanned >= kLookAhead) Note("`unplaceable: error` looks at all jobs before the run");
        return !interrupt;
      });
  if (!found || interrupt) return found;
  for (const std::string& note : found->trace_notes) Note(note);
  const bool all = refuse || found->scanned < kLookAhead;
  if (found->unplaceable > 0) {
    const std::string what = fmt::format(
        "{} of {}{} jobs{} can never run: no nodes of the fleet could hold them even if it were "
        "empty ({})",
        results::HumanCount(found->unplaceable), all ? "" : "the first ",
        results::HumanCount(found->scanned),
        replicate == 0 ? "" : fmt::format(" of replication {}", replicate), found->example);
    if (refuse) return MakeError(scenario.name, what + "; `unplaceable: reject` runs without them");
    Note(what + "; they are rejected on arrival");
  }
  for (const std::string& service : found->services) {
    const std::string what =
        "no node of the fleet could hold a replica, even if it were empty (" + service + ")";
    if (refuse) return MakeError(scenario.name, what + "; `unplaceable: reject` runs without it");
    Note(what + "; nobody serves its requests until that changes");
  }
  return found;
}

ORRERY_REGISTER_COMMAND(RunCommand, "run");

}  // namespace
}  // namespace orrery::cli
