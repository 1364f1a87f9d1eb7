// New streams of the same kind as the one given: the bootstrap.
//
//   jobs        every arrival instant gets a job drawn from all jobs with replacement: sizes and
//   run
//               times vary, the arrival process stays, dependence between neighbours is lost
//   weeks       every week of the result is one of the stream's weeks, drawn with replacement:
//               days, nights and bursts stay as they are
//   user_weeks  every week and every user draws one of the user's weeks on its own: users keep
//               their habits, the mix of users varies
//
// Weeks count from time 0. Only whole ones are drawn; what follows the last whole one is left out.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

constexpr Duration kWeek = Duration::Hours(24 * 7);

struct ResampleOptions {
  enum Unit : size_t { kJobs, kWeeks, kUserWeeks };

  explicit ResampleOptions(Params& o)
      : unit(o.Choice("unit", {.value = "weeks",
                               .choices = {"jobs", "weeks", "user_weeks"},
                               .doc = "what is drawn with replacement",
                               .source = "Zakay and Feitelson, ICPE 2013: weeks"})),
        weeks(o.Integer("weeks", {.value = 0,
                                  .min = 0,
                                  .max = 5200,
                                  .doc = "weeks of the result (not for unit = jobs); 0: as many "
                                         "whole ones as the stream has",
                                  .source = ""})) {
    if (unit == kJobs && weeks != 0) o.Complain("weeks", "0, since unit = jobs draws no weeks");
  }

  size_t unit;
  int64_t weeks;
};

class Resampler {
 public:
  Resampler(std::vector<Job> jobs, const ResampleOptions& options, const TransformContext& context)
      : jobs_(std::move(jobs)),
        options_(options),
        random_(context.random),
        stream_(StreamName::FromText(context.stream)) {}

  Result<std::vector<Job>> Run() {
    if (jobs_.empty()) return std::vector<Job>();
    if (options_.unit == ResampleOptions::kJobs) return Jobs();
    whole_weeks_ = (jobs_.back().submit - SimTime::Zero()) / kWeek;
    if (whole_weeks_ == 0) {
      return MakeError("",
                       "resample: the stream ends before its first week does, so there is no "
                       "week to draw; use unit = jobs");
    }
    return Weeks();
  }

 private:
  Result<std::vector<Job>> Jobs() {
    for (size_t i = 0; i < jobs_.size(); ++i) {
      Draw draw = random_.Stream(stream_, i).At(0);
      Add(jobs_[draw.UniformInt(jobs_.size())], jobs_[i].submit);
    }
    return std::move(drawn_);
  }

  Result<std::vector<Job>> Weeks() {
    const bool by_user = options_.unit == ResampleOptions::kUserWeeks;
    // Jobs by (user, week); without users, all are of user 0.
    std::map<std::pair<uint32_t, int64_t>, std::vector<uint32_t>> groups;
    std::vector<uint32_t> users;
    for (uint32_t i = 0; i < jobs_.size(); ++i) {
      const uint32_t user = by_user ? jobs_[i].user.value : 0;
      groups[{user, (jobs_[i].submit - SimTime::Zero()) / kWeek}].push_back(i);
      users.push_back(user);
    }
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    const int64_t weeks = options_.weeks > 0 ? options_.weeks : whole_weeks_;
    for (int64_t week = 0; week < weeks; ++week) {
      const size_t first = drawn_.size();
      for (const uint32_t user : users) {
        Draw draw = random_.Stream(stream_, static_cast<uint64_t>(week)).At(user);
        const auto from =
            static_cast<int64_t>(draw.UniformInt(static_cast<uint64_t>(whole_weeks_)));
        const auto group = groups.find({user, from});
        if (group == groups.end()) continue;
        if (drawn_.size() + group->second.size() > kMostHeldJobs) return TooMany();
        for (const uint32_t i : group->second) {
          Add(jobs_[i], jobs_[i].submit + kWeek * (week - from));
        }
      }
      std::stable_sort(drawn_.begin() + static_cast<std::ptrdiff_t>(first), drawn_.end(),
                       [](const Job& a, const Job& b) { return a.submit < b.submit; });
    }
    return std::move(drawn_);
  }

  static Result<std::vector<Job>> TooMany() {
    return MakeError("", "resample: the result has more than " + std::to_string(kMostHeldJobs) +
                             " jobs; ask for fewer weeks");
  }

  void Add(const Job& original, SimTime submit) {
    Job copy = original;
    MoveTo(submit, &copy);
    copy.source_id += uint64_t{copies_[original.source_id]++} << kCopyShift;
    drawn_.push_back(copy);
  }

  std::vector<Job> jobs_;
  ResampleOptions options_;
  RandomStreams random_;
  StreamName stream_;
  int64_t whole_weeks_ = 0;
  std::vector<Job> drawn_;
  std::unordered_map<uint64_t, uint32_t> copies_;  // looked up, never iterated
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext& context) {
  const ResampleOptions declared(*options);
  return Chosen(std::move(before), [declared, context](std::vector<Job> jobs) {
    return Resampler(std::move(jobs), declared, context).Run();
  });
}

const TransformRegistration kResample({
    .name = "resample",
    .what =
        "Draws a new stream from the one given, with replacement: jobs, weeks, or weeks of each "
        "user.",
    .source =
        "N. Zakay, D. Feitelson, \"Workload resampling for performance evaluation of parallel "
        "job schedulers\", ICPE 2013 (user_weeks, without their split into long-term and "
        "temporary users)",
    .holds_all_jobs = true,
    .declare = [](Params* options) { ResampleOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
