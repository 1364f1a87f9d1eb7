// Jobs from the Philly trace as a table of one line a job (timestamp, duration, num_gpus, gpu_time,
// cluster), which is how the artefact of Sia holds it.
//
// Timestamps are local without a zone; they are taken as they stand, so the hour that the end of
// summer time repeats (2017-11-05) stands once. The first job arrives at 0; the report's header has
// its timestamp. A virtual cluster is a user.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "models/fleet/node.h"
#include "models/workload/traces/fields.h"
#include "models/workload/traces/format.h"
#include "models/workload/traces/line_trace.h"

namespace orrery::workload {
namespace {

struct PhillyOptions {
  enum Order : size_t { kSort, kFile };

  explicit PhillyOptions(Params& o)
      : replica_size(o.Integer(
            "replica_size",
            {.value = 8,
             .min = 1,
             .max = fleet::kMaxGpusPerNode,
             .doc = "most GPUs of one replica, which lie on one node; a job's GPUs are split into "
                    "the largest equal replicas that are not larger",
             .source = "Jeon et al., USENIX ATC 2019: servers of up to 8 GPUs"})),
        order(
            o.Choice("order", {.value = "sort",
                               .choices = {"sort", "file"},
                               .doc = "sort: read all jobs, then sort them by timestamp; file: as "
                                      "they come, in flat memory",
                               .source = ""})) {}

  int64_t replica_size;
  size_t order;
};

// gpu_time may be missing.
enum Column : size_t { kTimestamp, kDuration, kGpus, kCluster, kGpuTime };
enum Skip : size_t { kNoGpus };

// Days from 1970-01-01 of a date in the Gregorian calendar.
int64_t DaysSinceEpoch(int64_t year, int64_t month, int64_t day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = y / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

int64_t DaysInMonth(int64_t year, int64_t month) {
  return month == 12 ? 31 : DaysSinceEpoch(year, month + 1, 1) - DaysSinceEpoch(year, month, 1);
}

// "2017-10-09 07:01:55" → seconds since 1970-01-01 00:00:00 on the same clock.
bool ParseTimestamp(std::string_view text, int64_t* seconds) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  if (text.size() != kShape.size()) return false;
  int64_t part[6] = {};
  size_t at = 0;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != 'd') {
      if (text[i] != kShape[i]) return false;
      ++at;
    } else {
      if (text[i] < '0' || text[i] > '9') return false;
      part[at] = part[at] * 10 + (text[i] - '0');
    }
  }
  const auto [year, month, day, hour, minute, second] = part;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month) ||
      hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  *seconds = ((DaysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return *seconds <= TraceRow::kMostSeconds;
}

class PhillySource final : public LineTrace {
 public:
  PhillySource(LineReader reader, CsvHeader header, const PhillyOptions& options,
               const TraceContext& context)
      : LineTrace(std::move(reader),
                  options.order == PhillyOptions::kSort ? TraceOrder::kSort : TraceOrder::kAsRead,
                  "timestamp", /*rebase=*/true),
        options_(options),
        reference_gpu_(context.reference_gpu),
        header_(std::move(header)),
        row_(&this->reader(), &header_.names()) {
    mutable_report().skipped = {{"no_gpus", "num_gpus is 0: nothing to place"}};
  }

 private:
  Result<bool> ReadJob(Job* job) override;
  bool CheckGpuTime(Duration duration, int64_t gpus);

  PhillyOptions options_;
  GpuModelId reference_gpu_;
  CsvHeader header_;
  TraceRow row_;
  uint64_t jobs_ = 0;
  int64_t earliest_ = INT64_MAX;
};

// gpu_time says nothing new, but where it does not fit the line is damaged.
bool PhillySource::CheckGpuTime(Duration duration, int64_t gpus) {
  if (header_[kGpuTime] == CsvHeader::kAbsent) return true;
  double gpu_time = 0;
  const double product = duration.seconds() * static_cast<double>(gpus);
  if (ParseReal(row_.fields[header_[kGpuTime]], &gpu_time) &&
      std::abs(gpu_time - product) <= 0.5 + 1e-6 * product) {
    return true;
  }
  return row_.Wrong(header_[kGpuTime], "duration × num_gpus = " + std::to_string(product));
}

Result<bool> PhillySource::ReadJob(Job* job) {
  std::string_view line;
  int64_t seconds = 0, gpus = 0;
  Duration duration;
  while (gpus == 0) {
    Result<bool> more = NextLine(&line);
    if (!more || !*more) return more;
    if (!row_.fields.SplitAt(',', line) || row_.fields.size() != header_.names().size()) {
      row_.WrongCount(header_.names().size());
      return row_.Fail();
    }
    if (!ParseTimestamp(row_.fields[header_[kTimestamp]], &seconds)) {
      row_.Wrong(header_[kTimestamp], "a local time 'YYYY-MM-DD hh:mm:ss'");
      return row_.Fail();
    }
    if (!row_.Seconds(header_[kDuration], 0, &duration) ||
        !row_.Integer(header_[kGpus], 0, 1'000'000, &gpus) || !CheckGpuTime(duration, gpus)) {
      return row_.Fail();
    }
    if (row_.fields[header_[kCluster]].empty()) {
      row_.Wrong(header_[kCluster], "the id of a virtual cluster");
      return row_.Fail();
    }
    job->source_id = jobs_++;
    if (gpus == 0) ++mutable_report().skipped[kNoGpus].jobs;
  }
  if (seconds < earliest_) {
    earliest_ = seconds;
    mutable_report().header = {{"first_timestamp", std::string(row_.fields[header_[kTimestamp]])}};
  }
  job->submit = SimTime::Zero() + Duration::Seconds(seconds);
  job->work = job->estimate = duration;
  const auto [replicas, size] =
      SplitGang(static_cast<uint32_t>(gpus), static_cast<uint32_t>(options_.replica_size));
  job->replicas = replicas;
  job->demand.gpus = static_cast<uint16_t>(size);
  job->user = User(row_.fields[header_[kCluster]]);
  job->reference_gpu = reference_gpu_;
  return true;
}

Result<std::unique_ptr<TraceSource>> Open(const std::string& path, Params* options,
                                          const TraceContext& context) {
  const PhillyOptions declared(*options);
  Result<LineReader> reader = LineReader::Open(path);
  if (!reader) return tl::unexpected(reader.error());
  Result<CsvHeader> header =
      CsvHeader::Read(&*reader, {"timestamp", "duration", "num_gpus", "cluster"}, {"gpu_time"});
  if (!header) return tl::unexpected(header.error());
  return std::make_unique<PhillySource>(std::move(*reader), std::move(*header), declared, context);
}

const TraceFormatRegistration kPhilly({
    .name = "philly",
    .what = "Training jobs of Microsoft's Philly cluster, one line a job.",
    .source =
        "Jeon et al., \"Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training "
        "Workloads\", USENIX ATC 2019; table of Jayaram Subramanya et al., \"Sia\", SOSP 2023",
    .ordered = false,
    .columns = {{"timestamp", "local time of submission, YYYY-MM-DD hh:mm:ss, in any order"},
                {"duration", "seconds the job ran: its work"},
                {"num_gpus", "GPUs of the job"},
                {"gpu_time", "duration × num_gpus; checked, may be missing"},
                {"cluster", "id of the virtual cluster: the user"}},
    .declare = [](Params* options) { PhillyOptions declared(*options); },
    .open = Open,
});

}  // namespace
}  // namespace orrery::workload
