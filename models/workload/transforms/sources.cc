#include "models/workload/transforms/sources.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/text.h"

namespace orrery::workload {
namespace {

class MappedSource final : public JobSource {
 public:
  MappedSource(std::unique_ptr<JobSource> before, JobChange change)
      : before_(std::move(before)), change_(std::move(change)) {}

  Result<bool> Next(Job* job) override {
    Result<bool> more = before_->Next(job);
    if (more && *more) change_(job);
    return more;
  }

 private:
  std::unique_ptr<JobSource> before_;
  JobChange change_;
};

class ChosenSource final : public JobSource {
 public:
  ChosenSource(std::unique_ptr<JobSource> before, ChooseJobs choose)
      : before_(std::move(before)), choose_(std::move(choose)) {}

  Result<bool> Next(Job* job) override {
    if (!chosen_) {
      Result<std::vector<Job>> all = ReadAllJobs(before_.get());
      if (!all) return tl::unexpected(all.error());
      Result<std::vector<Job>> jobs = choose_(std::move(*all));
      if (!jobs) return tl::unexpected(jobs.error());
      jobs_ = std::move(*jobs);
      chosen_ = true;
    }
    if (next_ == jobs_.size()) return false;
    *job = jobs_[next_++];
    return true;
  }

 private:
  std::unique_ptr<JobSource> before_;
  ChooseJobs choose_;
  bool chosen_ = false;
  std::vector<Job> jobs_;
  size_t next_ = 0;
};

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

OpenSource Mapped(OpenSource before, std::function<JobChange()> make_change) {
  return [before = std::move(before),
          make_change = std::move(make_change)]() -> Result<std::unique_ptr<JobSource>> {
    Result<std::unique_ptr<JobSource>> source = before();
    if (!source) return source;
    return std::make_unique<MappedSource>(std::move(*source), make_change());
  };
}

OpenSource Chosen(OpenSource before, ChooseJobs choose) {
  return [before = std::move(before),
          choose = std::move(choose)]() -> Result<std::unique_ptr<JobSource>> {
    Result<std::unique_ptr<JobSource>> source = before();
    if (!source) return source;
    return std::make_unique<ChosenSource>(std::move(*source), choose);
  };
}

Result<std::vector<Job>> ReadAllJobs(JobSource* source) {
  std::vector<Job> jobs;
  Job job;
  while (true) {
    Result<bool> more = source->Next(&job);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return jobs;
    if (jobs.size() == kMostHeldJobs) {
      return MakeError("", "a transformation that holds all jobs in memory got more than " +
                               std::to_string(kMostHeldJobs) +
                               " of them; put a 'window' in front of it");
    }
    jobs.push_back(job);
  }
}

void MoveTo(SimTime submit, Job* job) {
  if (job->deadline != SimTime::Never()) {
    const __int128 deadline =
        static_cast<__int128>(job->deadline.nanos()) + (submit - job->submit).nanos();
    const auto latest = static_cast<__int128>(SimTime::Never().nanos()) - 1;
    job->deadline = SimTime::FromNanos(static_cast<int64_t>(std::min(deadline, latest)));
  }
  job->submit = submit;
}

Duration Scaled(Duration duration, double factor) {
  constexpr double kMostSeconds = 9e9;
  return Duration::FromSeconds(std::min(duration.seconds() * factor, kMostSeconds));
}

int64_t GpuMilli(const Job& job) {
  return int64_t{job.replicas} * int64_t{job.demand.total_gpu_milli()};
}
int64_t CpuMilli(const Job& job) { return int64_t{job.replicas} * int64_t{job.demand.cpu_milli}; }

std::vector<std::string> ParseNames(std::string_view text) {
  std::vector<std::string> names;
  while (!Trimmed(text).empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    names.emplace_back(Trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

bool ParseWeights(std::string_view text, std::vector<WeightedName>* list) {
  list->clear();
  for (const std::string& entry : ParseNames(text)) {
    const size_t equals = entry.find('=');
    WeightedName item;
    item.name = Trimmed(std::string_view(entry).substr(0, equals));
    if (equals != std::string::npos) {
      const Parsed<double> weight =
          ParseDouble(Trimmed(std::string_view(entry).substr(equals + 1)));
      if (!weight || *weight <= 0 || *weight > 1e9) return false;
      item.weight = *weight;
    }
    if (item.name.empty()) return false;
    list->push_back(std::move(item));
  }
  return !list->empty();
}

WeightedChoice::WeightedChoice(const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) cumulated_.push_back(sum += weight);
  ORRERY_CHECK(sum > 0, weights.size());
  for (double& value : cumulated_) value /= sum;
}

size_t WeightedChoice::At(double uniform) const {
  const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), uniform);
  return std::min(static_cast<size_t>(found - cumulated_.begin()), cumulated_.size() - 1);
}

}  // namespace orrery::workload
