#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output_file.h"
#include "sim/cli/progress_line.h"
#include "sim/cli/replications.h"
#include "sim/cli/scenario_options.h"
#include "sim/driver/world.h"
#include "sim/results/render_summary.h"
#include "sim/scenario/echo.h"

namespace orrery::cli {
namespace {

using scenario::Loaded;
using scenario::Scenario;

// Jobs that are looked at before the run; more would keep the user waiting for its start.
constexpr uint64_t kLookAhead = 1'000'000;

class RunCommand final : public Command {
 public:
  std::string summary() const override { return "runs a scenario and prints what it came to"; }
  std::string details() const override {
    return "Ctrl-C finishes the current event, writes what is known and marks it partial; a "
           "second\n"
           "Ctrl-C ends the program at once.\n";
  }

  void Declare(Options& options) const override {
    DeclareScenario(options);
    options.Value("seed", "N", "the same as --set seed=N");
    options.Value("replications", "N",
                  "runs with N independent sets of random numbers: --set replications=N");
    options.Value(
        "output,o", "FILE.h5",
        "writes the results (docs/results.md); with replications, FILE-0.h5, FILE-1.h5, …");
    options.Value("summary", "FILE.json", "writes the summary as JSON");
    options.Flag("quiet,q", "no progress and no notes on stderr");
  }

  Result<int> Run(const Arguments& arguments) override;

 private:
  Result<uint64_t> LookAhead(const Scenario& scenario);
  Result<void> RunReplication(const Loaded& loaded, uint32_t replicate, uint64_t expected_jobs,
                              const InterruptGuard& guard);
  void Print(const Scenario& scenario) const;

  bool quiet_ = false;
  std::vector<results::Summary> summaries_;
};

// "out.h5" → "out-3.h5" where there are several.
std::string ResultsPath(const Scenario& scenario, uint32_t replicate) {
  if (scenario.outputs.file.empty() || scenario.replications == 1) return scenario.outputs.file;
  std::filesystem::path path(scenario.outputs.file);
  const std::string extension = path.extension();
  path.replace_extension();
  path += "-" + std::to_string(replicate) + extension;
  return path.string();
}

Result<int> RunCommand::Run(const Arguments& arguments) {
  std::vector<std::string> settings;
  for (const char* key : {"seed", "replications"}) {
    if (arguments.Has(key)) settings.push_back(std::string(key) + "=" + arguments.Get(key));
  }
  Result<Loaded> loaded = LoadGivenScenario(arguments, settings);
  if (!loaded) return tl::unexpected<Error>(loaded.error());
  Scenario& scenario = loaded->scenario;
  if (arguments.Has("output")) scenario.outputs.file = arguments.Get("output");
  const std::string summary_file = arguments.Get("summary");
  if (arguments.Has("summary")) {
    if (auto fine = CheckWritable(summary_file); !fine) return tl::unexpected<Error>(fine.error());
  }
  quiet_ = arguments.Has("quiet");

  const InterruptGuard guard;
  const Result<uint64_t> expected_jobs = LookAhead(scenario);
  if (!expected_jobs) return tl::unexpected<Error>(expected_jobs.error());
  for (uint32_t r = 0; r < scenario.replications && !guard.flag(); ++r) {
    auto done = RunReplication(*loaded, r, *expected_jobs, guard);
    if (!done) return tl::unexpected<Error>(done.error());
  }
  if (!summaries_.empty()) Print(scenario);
  if (arguments.Has("summary") && !summaries_.empty()) {
    const nlohmann::ordered_json json = scenario.replications == 1
                                            ? results::ToJson(summaries_.front())
                                            : ReplicationsJson(summaries_);
    if (auto written = WriteFile(summary_file, json.dump(2) + "\n"); !written) {
      return tl::unexpected<Error>(written.error());
    }
  }
  return guard.flag() ? guard.exit_status() : kExitOk;
}

// Looks for jobs that nothing could ever hold. Returns the number of jobs to come, 0 where there
// are more than one can look at.
Result<uint64_t> RunCommand::LookAhead(const Scenario& scenario) {
  const bool refuse = scenario.unplaceable == scenario::Unplaceable::kError;
  const auto found = driver::FindUnplaceable(scenario, refuse ? UINT64_MAX : kLookAhead);
  if (!found) return tl::unexpected<Error>(found.error());
  const bool all = refuse || found->scanned < kLookAhead;
  if (found->unplaceable > 0) {
    const std::string what = fmt::format(
        "{} of {}{} jobs can never run: no nodes of the fleet could hold them even if it were "
        "empty "
        "({})",
        results::HumanCount(found->unplaceable), all ? "" : "the first ",
        results::HumanCount(found->scanned), found->example);
    if (refuse) return MakeError(scenario.name, what + "; `unplaceable: reject` runs without them");
    if (!quiet_) fmt::print(stderr, "note: {}; they are rejected on arrival\n", what);
  }
  return all ? found->scanned : 0;
}

Result<void> RunCommand::RunReplication(const Loaded& loaded, uint32_t replicate,
                                        uint64_t expected_jobs, const InterruptGuard& guard) {
  const Scenario& scenario = loaded.scenario;
  driver::WorldOptions options;
  options.replicate = replicate;
  options.results_path = ResultsPath(scenario, replicate);
  options.scenario_text = scenario::ResolvedEcho(loaded);
  const auto world = driver::World::Build(scenario, options);
  if (!world) return tl::unexpected<Error>(world.error());

  std::string label;
  if (scenario.replications > 1) label = fmt::format("{}/{}", replicate + 1, scenario.replications);
  ProgressLine line(label, expected_jobs, quiet_);
  driver::RunControl control;
  control.interrupt = &guard.flag();
  control.on_progress = [&line](const driver::Progress& progress) { line.Show(progress); };
  Result<driver::RunOutcome> outcome = (*world)->Run(control);
  if (!outcome) return tl::unexpected<Error>(outcome.error());
  summaries_.push_back(std::move(outcome->summary));
  return {};
}

void RunCommand::Print(const Scenario& scenario) const {
  const Style style = StdoutStyle();
  if (scenario.replications == 1) {
    fmt::print("{}", results::RenderSummary(summaries_.front(), style.width, style.color));
  } else {
    fmt::print("{}", RenderReplications(summaries_, style.width, style.color));
  }
}

ORRERY_REGISTER_COMMAND(RunCommand, "run");

}  // namespace
}  // namespace orrery::cli
