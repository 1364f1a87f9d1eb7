// Jobs of a table with the columns submit_s, run_s, gpus and user, in order of submission.
#include <memory>
#include <string_view>
#include <utility>

#include "models/fleet/node.h"
#include "models/workload/traces/fields.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"

namespace orrery::workload {
namespace {

enum Column : size_t { kSubmit, kRun, kGpus, kUser };

class JoblistSource final : public LineTrace {
 public:
  JoblistSource(LineReader reader, CsvHeader header, const TraceContext& context)
      : LineTrace(std::move(reader), TraceOrder::kAsRead, "submit_s"),
        reference_gpu_(context.reference_gpu),
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
        !row_.Seconds(header_[kRun], 0, &job->work) ||
        !row_.Integer(header_[kGpus], 1, fleet::kMaxGpusPerNode, &gpus)) {
      return row_.Fail();
    }
    job->submit = SimTime::Zero() + submit;
    job->estimate = job->work;
    job->demand.gpus = static_cast<uint16_t>(gpus);
    job->user = User(row_.fields[header_[kUser]]);
    job->reference_gpu = reference_gpu_;
    job->source_id = jobs_++;
    return true;
  }

  GpuModelId reference_gpu_;
  CsvHeader header_;
  TraceRow row_;
  uint64_t jobs_ = 0;
};

Result<std::unique_ptr<TraceSource>> Open(const std::string& path, Params*,
                                          const TraceContext& context) {
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  Result<CsvHeader> header = CsvHeader::Read(&*reader, {"submit_s", "run_s", "gpus", "user"}, {});
  if (!header) return tl::unexpected(header.error());
  return std::make_unique<JoblistSource>(std::move(*reader), std::move(*header), context);
}

const TraceFormatRegistration kJoblist({
    .name = "joblist",
    .what = "A plain table of jobs, in order of submission.",
    .source = "the example of docs/adding-a-trace-format.md",
    .ordered = true,
    .columns = {{"submit_s", "seconds from the start of the trace"},
                {"run_s", "seconds that the job ran: its work"},
                {"gpus", "GPUs of the job, on one node"},
                {"user", "who submitted it"}},
    .declare = [](Params*) {},
    .open = Open,
});

}  // namespace
}  // namespace orrery::workload
