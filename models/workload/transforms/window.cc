// A part of the stream: jobs that arrive in [from, to).
#include <memory>
#include <utility>

#include "models/workload/transforms/sources.h"

namespace orrery::workload {
namespace {

constexpr Duration kOpenEnd = Duration::Hours(24 * 365 * 100);

struct WindowOptions {
  explicit WindowOptions(Params& o)
      : from(o.Time("from", {.value = Duration(),
                             .min = Duration(),
                             .max = kOpenEnd,
                             .doc = "jobs that arrive earlier are left out",
                             .source = ""})),
        to(o.Time("to", {.value = kOpenEnd,
                         .min = Duration(),
                         .max = kOpenEnd,
                         .doc = "jobs that arrive at this time or later are left out",
                         .source = ""})),
        rebase(o.Flag("rebase", {.value = true, .doc = "`from` becomes time 0", .source = ""})) {
    if (to <= from) o.Complain("to", "a time after 'from'");
  }

  Duration from, to;
  bool rebase;
};

class WindowSource final : public JobSource {
 public:
  WindowSource(std::unique_ptr<JobSource> before, const WindowOptions& options)
      : before_(std::move(before)), options_(options) {}

  Result<bool> Next(Job* job) override {
    while (!ended_) {
      Result<bool> more = before_->Next(job);
      if (!more) return more;
      const Duration submit = job->submit - SimTime::Zero();
      ended_ = !*more || submit >= options_.to;
      if (ended_ || submit < options_.from) continue;
      if (options_.rebase) MoveTo(job->submit - options_.from, job);
      return true;
    }
    return false;
  }

 private:
  std::unique_ptr<JobSource> before_;
  WindowOptions options_;
  bool ended_ = false;
};

Result<OpenSource> Make(OpenSource before, Params* options, const TransformContext&) {
  const WindowOptions declared(*options);
  return [before = std::move(before), declared]() -> Result<std::unique_ptr<JobSource>> {
    Result<std::unique_ptr<JobSource>> source = before();
    if (!source) return source;
    return std::make_unique<WindowSource>(std::move(*source), declared);
  };
}

const TransformRegistration kWindow({
    .name = "window",
    .what = "Keeps the jobs that arrive in [from, to) and counts time from `from`.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { WindowOptions declared(*options); },
    .make = Make,
});

}  // namespace
}  // namespace orrery::workload
