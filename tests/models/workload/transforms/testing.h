// What tests of transformations share: streams of made-up jobs, and steps applied to them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/workload/transforms/transform.h"

namespace orrery::workload::testing {

// Hands out given jobs.
class VectorSource final : public JobSource {
 public:
  explicit VectorSource(std::vector<Job> jobs) : jobs_(std::move(jobs)) {}
  Result<bool> Next(Job* job) override {
    if (next_ == jobs_.size()) return false;
    *job = jobs_[next_++];
    return true;
  }

 private:
  std::vector<Job> jobs_;
  size_t next_ = 0;
};

inline OpenSource SourceOf(std::vector<Job> jobs) {
  return [jobs = std::move(jobs)]() -> Result<std::unique_ptr<JobSource>> {
    return std::make_unique<VectorSource>(jobs);
  };
}

// A job of one GPU.
inline Job MakeJob(uint64_t id, double submit_s, double work_s, uint16_t gpus = 1) {
  Job job;
  job.source_id = id;
  job.submit = SimTime::FromSeconds(submit_s);
  job.work = job.estimate = Duration::FromSeconds(work_s);
  job.demand.gpus = gpus;
  job.demand.cpu_milli = 1000;
  return job;
}

// n jobs of one GPU: job i arrives at i × gap and runs for 1 + i mod 10 seconds.
inline std::vector<Job> MakeJobs(uint64_t n, double gap_s = 1) {
  std::vector<Job> jobs;
  for (uint64_t i = 0; i < n; ++i) {
    jobs.push_back(MakeJob(i, static_cast<double>(i) * gap_s, static_cast<double>(1 + i % 10)));
  }
  return jobs;
}

inline TransformStep Step(const std::string& name,
                          const std::vector<std::pair<std::string, std::string>>& options = {}) {
  TransformStep step{name, "test.yaml:2:3", {}};
  for (const auto& [key, text] : options) step.options[key] = {text, "test.yaml:3:5"};
  return step;
}

// All jobs of a stream, which must come in order of time.
inline Result<std::vector<Job>> ReadAll(const OpenSource& open) {
  Result<std::unique_ptr<JobSource>> source = open();
  if (!source) return tl::unexpected(source.error());
  std::vector<Job> jobs;
  Job job;
  while (true) {
    Result<bool> more = (*source)->Next(&job);
    if (!more) return tl::unexpected(more.error());
    if (!*more) return jobs;
    if (!jobs.empty()) {
      EXPECT_GE(job.submit, jobs.back().submit);
    }
    jobs.push_back(job);
  }
}

inline Result<std::vector<Job>> Apply(const std::vector<Job>& jobs,
                                      const std::vector<TransformStep>& steps,
                                      const TransformContext& context) {
  Result<OpenSource> open = Transformed(SourceOf(jobs), steps, context);
  if (!open) return tl::unexpected(open.error());
  return ReadAll(*open);
}

// The same, for jobs that must come without an error.
inline std::vector<Job> Applied(const std::vector<Job>& jobs,
                                const std::vector<TransformStep>& steps,
                                const TransformContext& context) {
  Result<std::vector<Job>> applied = Apply(jobs, steps, context);
  if (applied) return std::move(*applied);
  ADD_FAILURE() << applied.error().ToString();
  return {};
}

inline std::string ErrorOf(const Result<std::vector<Job>>& jobs) {
  return jobs ? "(no error)" : jobs.error().ToString();
}

inline std::vector<uint64_t> Ids(const std::vector<Job>& jobs) {
  std::vector<uint64_t> ids;
  for (const Job& job : jobs) ids.push_back(job.source_id);
  return ids;
}

}  // namespace orrery::workload::testing
