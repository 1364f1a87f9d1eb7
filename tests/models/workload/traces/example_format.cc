// The example of docs/traces.md: a format of one job a line, "submit,duration,gpus", with a header.
#include <memory>
#include <utility>

#include "models/workload/traces/fields.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"

namespace orrery::workload {
namespace {

struct ExampleOptions {
  explicit ExampleOptions(Params& o)
      : priority(o.Integer(
            "priority",
            {.value = 0, .min = -100, .max = 100, .doc = "priority of every job", .source = ""})) {}
  int64_t priority;
};

enum Column : size_t { kSubmit, kDuration, kGpus };

class ExampleSource final : public LineTrace {
 public:
  ExampleSource(LineReader reader, CsvHeader header, const ExampleOptions& options)
      : LineTrace(std::move(reader), TraceOrder::kAsRead, "submit"),
        options_(options),
        header_(std::move(header)),
        row_(&this->reader(), &header_.names()) {}

 private:
  Result<bool> ReadJob(Job* job) override {
    std::string_view line;
    Result<bool> more = NextLine(&line);
    if (!more || !*more) return more;
    if (!row_.fields.SplitAt(',', line) || row_.fields.size() != header_.names().size()) {
      row_.WrongCount(header_.names().size());
      return row_.Fail();
    }
    Duration submit;
    int64_t gpus = 0;
    if (!row_.Seconds(header_[kSubmit], 0, &submit) ||
        !row_.Seconds(header_[kDuration], 0, &job->work) ||
        !row_.Integer(header_[kGpus], 1, 16, &gpus)) {
      return row_.Fail();
    }
    job->submit = SimTime::Zero() + submit;
    job->estimate = job->work;
    job->demand.gpus = static_cast<uint16_t>(gpus);
    job->priority = static_cast<int32_t>(options_.priority);
    job->user = User("example");
    job->source_id = jobs_++;
    return true;
  }

  ExampleOptions options_;
  CsvHeader header_;
  TraceRow row_;
  uint64_t jobs_ = 0;
};

const TraceFormatRegistration kExample({
    .name = "example",
    .what = "The example of docs/traces.md.",
    .source = "docs/traces.md",
    .ordered = true,
    .columns = {{"submit", "seconds"}, {"duration", "seconds"}, {"gpus", "1 … 16"}},
    .declare = [](Params* options) { ExampleOptions declared(*options); },
    .open = [](const std::string& path, Params* options,
               const TraceContext&) -> Result<std::unique_ptr<TraceSource>> {
      const ExampleOptions declared(*options);
      Result<LineReader> reader = LineReader::Open(path);
      if (!reader) return tl::unexpected(reader.error());
      Result<CsvHeader> header = CsvHeader::Read(&*reader, {"submit", "duration", "gpus"}, {});
      if (!header) return tl::unexpected(header.error());
      return std::make_unique<ExampleSource>(std::move(*reader), std::move(*header), declared);
    },
});

}  // namespace
}  // namespace orrery::workload
