#include "sim/cli/replication_runner.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "sim/cli/progress_line.h"
#include "sim/driver/world.h"
#include "sim/scenario/echo.h"

namespace orrery::cli {
namespace {

using driver::Progress;
using results::Summary;
using scenario::Scenario;

// Of several replications that run side by side, one progress.
class Together {
 public:
  Together(const RunPlan& plan, uint32_t replications)
      : expected_jobs_(plan.expected_jobs),
        label_(plan.label),
        states_(replications),
        line_(plan.quiet),
        begin_(std::chrono::steady_clock::now()) {}

  void Update(uint32_t replicate, const Progress& progress) {
    const std::lock_guard lock(mutex_);
    states_[replicate].progress = progress;
    Show(progress);
  }
  void End(uint32_t replicate) {
    const std::lock_guard lock(mutex_);
    states_[replicate].ended = true;
  }

 private:
  struct State {
    Progress progress;
    bool ended = false;
  };

  void Show(const Progress& latest) {
    Progress sum = latest;
    sum.events = sum.left = sum.running = sum.waiting = 0;
    double share = 0;
    size_t ended = 0;
    double simulated_s = 0;
    for (const State& state : states_) {
      const Progress& one = state.progress;
      sum.events += one.events;
      sum.left += one.left;
      simulated_s += (one.now - SimTime::Zero()).seconds();
      if (state.ended) {
        ++ended;
        share += 1;
        continue;
      }
      sum.running += one.running;
      sum.waiting += one.waiting;
      const double own = one.events == 0 ? 0 : ProgressShare(one, expected_jobs_);
      share = own < 0 || share < 0 ? -1 : share + own;
    }
    sum.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    const auto count = static_cast<double>(states_.size());
    sum.now = SimTime::Zero() + Duration::FromSeconds(simulated_s / count);
    std::string label = label_;
    if (states_.size() > 1) {
      if (!label.empty()) label += " ";
      label += std::to_string(ended) + "/" + std::to_string(states_.size()) + " done";
    }
    line_.Show(label, sum, share < 0 ? -1 : share / count);
  }

  const uint64_t expected_jobs_;
  const std::string label_;
  std::mutex mutex_;
  std::vector<State> states_;
  ProgressLine line_;
  const std::chrono::steady_clock::time_point begin_;
};

class Runner {
 public:
  Runner(const RunPlan& plan, const std::atomic<bool>& interrupt)
      : plan_(plan),
        interrupt_(interrupt),
        scenario_(plan.loaded->scenario),
        echo_(scenario::ResolvedEcho(*plan.loaded)),
        outcomes_(scenario_.replications),
        together_(plan, scenario_.replications) {}

  Ended Run() {
    const uint32_t threads = std::min(plan_.threads, scenario_.replications);
    std::vector<std::jthread> others;
    for (uint32_t i = 1; i < threads; ++i) others.emplace_back([this] { Work(); });
    Work();
    others.clear();  // joins
    if (exception_) std::rethrow_exception(exception_);
    Ended ended;
    for (auto& outcome : outcomes_) {
      if (!outcome) continue;
      if (*outcome) {
        ended.summaries.push_back(std::move(**outcome));
      } else if (!ended.error) {
        ended.error = std::move(outcome->error());
      }
    }
    return ended;
  }

 private:
  // Takes one replication after the other.
  void Work() {
    try {
      while (!stop_ && !interrupt_) {
        const uint32_t replicate = next_++;
        if (replicate >= scenario_.replications) return;
        outcomes_[replicate] = RunOne(replicate);
        if (!*outcomes_[replicate]) stop_ = true;
        together_.End(replicate);
      }
    } catch (...) {
      const std::lock_guard lock(exception_mutex_);
      exception_ = std::current_exception();
      stop_ = true;
    }
  }

  Result<Summary> RunOne(uint32_t replicate) {
    driver::WorldOptions options;
    options.replicate = replicate;
    options.results_path = ResultsPath(scenario_, replicate);
    options.scenario_text = echo_;
    const auto world = driver::World::Build(scenario_, options);
    if (!world) return tl::unexpected<Error>(world.error());
    driver::RunControl control;
    control.interrupt = &interrupt_;
    control.on_progress = [this, replicate](const Progress& progress) {
      together_.Update(replicate, progress);
    };
    Result<driver::RunOutcome> outcome = (*world)->Run(control);
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    return std::move(outcome->summary);
  }

  const RunPlan& plan_;
  const std::atomic<bool>& interrupt_;
  const Scenario& scenario_;
  const std::string echo_;
  std::atomic<uint32_t> next_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::optional<Result<Summary>>> outcomes_;  // each written by one thread
  Together together_;
  std::mutex exception_mutex_;
  std::exception_ptr exception_;
};

}  // namespace

std::string ResultsPath(const Scenario& scenario, uint32_t replicate) {
  if (scenario.outputs.file.empty() || scenario.replications == 1) return scenario.outputs.file;
  std::filesystem::path path(scenario.outputs.file);
  const std::string extension = path.extension();
  path.replace_extension();
  path += "-" + std::to_string(replicate) + extension;
  return path.string();
}

Ended RunReplications(const RunPlan& plan, const std::atomic<bool>& interrupt) {
  return Runner(plan, interrupt).Run();
}

}  // namespace orrery::cli
