// What it costs to record a job: one row of /jobs and one of /attempts, 38 columns in all, through
// to the kernel. Times are CPU time of the process, the kernel's copying included.
//
// PlainWrite is the reference in the same run: as many bytes as the results of a job have on the
// disk, copied into a buffer and written, with no format at all. PlainHdf5 writes the same columns
// by HDF5's own calls. The target: a job in under 200 ns, 15% of a run at 700,000 jobs/s.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "sim/results/columns.h"
#include "sim/results/reader.h"
#include "sim/results/summarise.h"
#include "sim/results/writer.h"
#include "tests/sim/results/sample_rows.h"

namespace orrery::results {
namespace {

constexpr int64_t kJobs = 4'000'000;
constexpr uint32_t kDistinct = 1 << 14;

struct Rows {
  std::vector<JobRow> jobs;
  std::vector<AttemptRow> attempts;
};

const Rows& Sample() {
  static const Rows rows = [] {
    Rows made;
    for (uint32_t job = 0; job < kDistinct; ++job) {
      made.jobs.push_back(SampleJob(job));
      made.attempts.push_back(SampleAttempt(made.jobs.back()));
    }
    return made;
  }();
  return rows;
}

// A file that is gone at the end.
class Scratch {
 public:
  Scratch() {
    const char* folder = std::getenv("TMPDIR");
    path_ = std::string(folder != nullptr ? folder : "/tmp") + "/orrery_bench_" +
            std::to_string(getpid());
    unlink(path_.c_str());
  }
  ~Scratch() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }
  // Bytes that the file takes on the disk.
  int64_t BytesOnDisk() const {
    struct stat info = {};
    stat(path_.c_str(), &info);
    return static_cast<int64_t>(info.st_blocks) * 512;
  }

 private:
  std::string path_;
};

RunDescription Description() {
  RunDescription run;
  run.name = "bench";
  run.scenario = std::string(8000, '#');
  return run;
}

template <typename T>
void Require(benchmark::State& state, const Result<T>& result) {
  if (!result) state.SkipWithError(result.error().ToString().c_str());
}

// What a job's rows take in a results file.
int64_t BytesPerJob() {
  static const int64_t bytes = [] {
    const Scratch scratch;
    auto writer = ResultsWriter::Create(scratch.path(), Description());
    if (!writer) return int64_t{0};
    constexpr uint32_t kMeasured = 1 << 18;
    for (uint32_t i = 0; i < kMeasured; ++i) {
      (*writer)->Append(Sample().jobs[i % kDistinct]);
      (*writer)->Append(Sample().attempts[i % kDistinct]);
    }
    if (!(*writer)->Flush(SummaryBuilder(Description()), {})) return int64_t{0};
    return scratch.BytesOnDisk() / kMeasured;
  }();
  return bytes;
}

void BM_Writer(benchmark::State& state) {
  const Rows& rows = Sample();
  const Scratch scratch;
  const SummaryBuilder builder(Description());
  auto writer = ResultsWriter::Create(scratch.path(), Description());
  Require(state, writer);
  uint32_t i = 0;
  for (auto _ : state) {
    (*writer)->Append(rows.jobs[i % kDistinct]);
    (*writer)->Append(rows.attempts[i % kDistinct]);
    // As the driver does, now and then; the flush is part of the price.
    if (++i % 65536 == 0 && (*writer)->FlushDue()) Require(state, (*writer)->Flush(builder, {}));
  }
  Require(state, (*writer)->Flush(builder, {}));
  state.counters["bytes_per_job"] =
      static_cast<double>(scratch.BytesOnDisk()) / static_cast<double>(kJobs);
}
BENCHMARK(BM_Writer)->Iterations(kJobs)->Unit(benchmark::kNanosecond);

void BM_PlainWrite(benchmark::State& state) {
  const auto bytes = static_cast<size_t>(BytesPerJob());
  const Scratch scratch;
  const int file = open(scratch.path().c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  std::vector<char> buffer(1 << 20);
  const std::vector<char> row(bytes, 'x');
  size_t used = 0;
  for (auto _ : state) {
    if (used + bytes > buffer.size()) {
      if (write(file, buffer.data(), used) != static_cast<ssize_t>(used)) {
        state.SkipWithError("the write failed");
      }
      used = 0;
    }
    std::memcpy(&buffer[used], row.data(), bytes);
    used += bytes;
  }
  close(file);
  state.counters["bytes_per_job"] = static_cast<double>(bytes);
}
BENCHMARK(BM_PlainWrite)->Iterations(kJobs)->Unit(benchmark::kNanosecond);

// One table by HDF5's own means: datasets that can grow, a chunk of rows at a time.
class PlainTable {
 public:
  PlainTable(hid_t file, const Table& table) : table_(table) {
    const hid_t group = H5Gcreate2(file, std::string(table.name).c_str(), 0, 0, 0);
    const hsize_t none = 0;
    const hsize_t most = H5S_UNLIMITED;
    const hsize_t chunk = kRows;
    const hid_t options = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(options, 1, &chunk);
    const hid_t space = H5Screate_simple(1, &none, &most);
    for (const Column& column : table.columns) {
      const hid_t types[] = {0, H5T_STD_U8LE, H5T_STD_U16LE, 0, H5T_STD_U32LE, 0, 0,
                             0, H5T_STD_U64LE};
      types_.push_back(types[BytesOf(column.type)]);
      datasets_.push_back(
          H5Dcreate2(group, std::string(column.name).c_str(), types_.back(), space, 0, options, 0));
      values_.emplace_back(kRows * BytesOf(column.type));
    }
    H5Sclose(space);
    H5Pclose(options);
    H5Gclose(group);
  }
  ~PlainTable() {
    for (const hid_t dataset : datasets_) H5Dclose(dataset);
  }

  void Append(const void* row) {
    for (size_t c = 0; c < datasets_.size(); ++c) {
      const size_t width = BytesOf(table_.columns[c].type);
      std::memcpy(&values_[c][filled_ * width],
                  static_cast<const char*>(row) + table_.columns[c].offset, width);
    }
    if (++filled_ == kRows) Write();
  }

 private:
  static constexpr hsize_t kRows = 8192;

  void Write() {
    const hsize_t size = rows_ + kRows;
    const hid_t memory = H5Screate_simple(1, &kRows, nullptr);
    for (size_t c = 0; c < datasets_.size(); ++c) {
      H5Dset_extent(datasets_[c], &size);
      const hid_t space = H5Dget_space(datasets_[c]);
      H5Sselect_hyperslab(space, H5S_SELECT_SET, &rows_, nullptr, &kRows, nullptr);
      H5Dwrite(datasets_[c], types_[c], memory, space, H5P_DEFAULT, values_[c].data());
      H5Sclose(space);
    }
    H5Sclose(memory);
    rows_ = size;
    filled_ = 0;
  }

  const Table& table_;
  std::vector<hid_t> types_;
  std::vector<hid_t> datasets_;
  std::vector<std::vector<char>> values_;
  hsize_t rows_ = 0;
  hsize_t filled_ = 0;
};

void BM_PlainHdf5(benchmark::State& state) {
  const Rows& rows = Sample();
  const Scratch scratch;
  const hid_t file = H5Fcreate(scratch.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  {
    PlainTable jobs(file, TableOf<JobRow>());
    PlainTable attempts(file, TableOf<AttemptRow>());
    uint32_t i = 0;
    for (auto _ : state) {
      jobs.Append(&rows.jobs[i % kDistinct]);
      attempts.Append(&rows.attempts[i % kDistinct]);
      ++i;
    }
  }
  H5Fclose(file);
  state.counters["bytes_per_job"] =
      static_cast<double>(scratch.BytesOnDisk()) / static_cast<double>(kJobs);
}
BENCHMARK(BM_PlainHdf5)->Iterations(kJobs)->Unit(benchmark::kNanosecond);

void BM_SummaryAdd(benchmark::State& state) {
  const Rows& rows = Sample();
  SummaryBuilder builder(Description());
  uint32_t i = 0;
  for (auto _ : state) builder.Add(rows.jobs[i++ % kDistinct]);
}
BENCHMARK(BM_SummaryAdd)->Iterations(kJobs)->Unit(benchmark::kNanosecond);

// The end of a run: exact quantiles by further passes over the file. Time is per run; per_job is
// what that comes to.
void BM_Finish(benchmark::State& state) {
  const int64_t jobs = state.range(0);
  for (auto _ : state) {
    state.PauseTiming();
    const Scratch scratch;
    auto writer = ResultsWriter::Create(scratch.path(), Description());
    Require(state, writer);
    SummaryBuilder builder(Description());
    for (int64_t job = 0; job < jobs; ++job) {
      const JobRow row = SampleJob(static_cast<uint32_t>(job));
      (*writer)->Append(row);
      (*writer)->Append(SampleAttempt(row));
      builder.Add(row);
    }
    state.ResumeTiming();
    Require(state, (*writer)->Finish(builder, {}, {}));
  }
  state.counters["s_per_job"] =
      benchmark::Counter(static_cast<double>(jobs * state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_Finish)->Arg(1'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery::results
