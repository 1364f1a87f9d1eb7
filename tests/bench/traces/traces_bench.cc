// Lines a second of the trace readers, from files of generated lines in the page cache. The
// reference in the same run is LineReader alone, which only finds the ends of lines.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "models/workload/traces/format.h"
#include "models/workload/traces/line_reader.h"

namespace orrery::workload {
namespace {

constexpr int kLines = 1'000'000;

// A file in the temporary folder that is gone when the program ends.
class BigFile {
 public:
  BigFile(const char* name, const char* header)
      : path_((std::filesystem::temp_directory_path() / name).string()),
        file_(std::fopen(path_.c_str(), "w")) {
    if (file_ == nullptr) std::abort();
    std::fputs(header, file_);
  }
  ~BigFile() { std::remove(path_.c_str()); }
  BigFile(const BigFile&) = delete;
  BigFile& operator=(const BigFile&) = delete;

  std::FILE* file() { return file_; }
  const std::string& Close() {
    std::fclose(file_);
    return path_;
  }

 private:
  std::string path_;
  std::FILE* file_;
};

const std::string& SwfFile() {
  static BigFile file("orrery_bench.swf", "; MaxProcs: 1024\n");
  static const std::string path = [] {
    for (int i = 0; i < kLines; ++i) {
      std::fprintf(file.file(), "%7d %8d %6d %6d %5d %6d %6d %5d %6d -1 1 %4d 1 %3d 2 1 -1 -1\n",
                   i + 1, i * 7, i % 500, 1 + i % 1000 * 7919 % 36000, 1 << (i % 8), i % 3000,
                   1 << (i % 12), 1 << (i % 8), 3600 * (1 + i % 10), i * 31 % 300, i % 90);
    }
    return file.Close();
  }();
  return path;
}

const std::string& PhillyFile() {
  static BigFile file("orrery_bench_philly.csv", "timestamp,duration,num_gpus,gpu_time,cluster\n");
  static const std::string path = [] {
    for (int i = 0; i < kLines; ++i) {
      const int duration = 1 + i % 1000 * 7919 % 36000;
      const int gpus = 1 << (i % 4);
      std::fprintf(file.file(), "2017-10-%02d %02d:%02d:%02d,%d.0,%d,%d.0,vc%04x\n", 1 + i / 40'000,
                   i / 1700 % 24, i / 30 % 60, i % 60, duration, gpus, duration * gpus,
                   i * 31 % 15);
    }
    return file.Close();
  }();
  return path;
}

void ReadLines(benchmark::State& state, const std::string& path) {
  for (auto _ : state) {
    Result<LineReader> reader = LineReader::Open(path);
    std::string_view line;
    size_t bytes = 0;
    while (*reader->Next(&line)) bytes += line.size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * kLines);
}

void ReadJobs(benchmark::State& state, const char* format, const std::string& path,
              const GivenParams& options) {
  for (auto _ : state) {
    auto source = OpenTrace(format, path, options, TraceContext{});
    Job job;
    int64_t jobs = 0;
    while (true) {
      const Result<bool> more = (*source)->Next(&job);
      if (!more) {
        state.SkipWithError(more.error().ToString().c_str());
        return;
      }
      if (!*more) break;
      ++jobs;
    }
    if (jobs != kLines) state.SkipWithError("jobs are missing");
  }
  state.SetItemsProcessed(state.iterations() * kLines);
}

void BM_LinesOfSwf(benchmark::State& state) { ReadLines(state, SwfFile()); }
void BM_Swf(benchmark::State& state) { ReadJobs(state, "swf", SwfFile(), {}); }
void BM_LinesOfPhilly(benchmark::State& state) { ReadLines(state, PhillyFile()); }
void BM_PhillySorted(benchmark::State& state) { ReadJobs(state, "philly", PhillyFile(), {}); }

BENCHMARK(BM_LinesOfSwf)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Swf)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LinesOfPhilly)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_PhillySorted)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace orrery::workload
