// Building blocks of transformations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/workload/transforms/transform.h"

namespace orrery::workload {

// A stream that changes each job of the one before by `change`, which keeps the order of submit
// times. `make_change` makes a fresh one each time the stream is opened.
using JobChange = std::function<void(Job*)>;
OpenSource Mapped(OpenSource before, std::function<JobChange()> make_change);

// A stream whose jobs are `choose`n from all jobs of the one before, which are read when the first
// one is asked for and held in memory. `choose` returns them in order of submit time.
using ChooseJobs = std::function<Result<std::vector<Job>>(std::vector<Job>)>;
OpenSource Chosen(OpenSource before, ChooseJobs choose);

// The most jobs that are held at once (about 2.4 GB); more are an error that says so.
inline constexpr size_t kMostHeldJobs = 20'000'000;
Result<std::vector<Job>> ReadAllJobs(JobSource* source);

// Moves a job in time: its deadline keeps its distance.
void MoveTo(SimTime submit, Job* job);

// `duration` × `factor`, at most about 285 years.
Duration Scaled(Duration duration, double factor);

// GPU demand of all replicas [thousandths of a GPU], or CPU [thousandths of a core].
int64_t GpuMilli(const Job& job);
int64_t CpuMilli(const Job& job);

// A list "name=weight, name=weight" (or "name, name" for equal weights), as written in options.
struct WeightedName {
  std::string name;
  double weight = 1;
};
// False when it does not read as such a list of at least one name, with weights that are positive.
bool ParseWeights(std::string_view text, std::vector<WeightedName>* list);
// The names in a list "a, b"; blanks around them do not count.
std::vector<std::string> ParseNames(std::string_view text);

// Which of weighted items a uniform number in [0, 1) falls on. O(log n); ordered in its argument.
class WeightedChoice {
 public:
  // Weights are not negative, and their sum is positive.
  explicit WeightedChoice(const std::vector<double>& weights);
  size_t At(double uniform) const;

 private:
  std::vector<double> cumulated_;  // up to 1
};

}  // namespace orrery::workload
