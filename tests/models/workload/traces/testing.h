// What tests of trace readers share: a world to read in, and files to read.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/fleet/gpu.h"
#include "models/workload/throughput_table.h"
#include "models/workload/traces/format.h"
#include "sim/base/demand.h"

namespace orrery::workload::testing {

inline std::string DataFile(const std::string& name) { return "tests/data/traces/" + name; }

// Writes a file that lasts as long as the test program's folder.
inline std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

// The text of a file.
inline std::string TextOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The text of a data file with one part replaced by another.
inline std::string Changed(const std::string& file, const std::string& from,
                           const std::string& to) {
  std::string text = TextOf(DataFile(file));
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// The first value of `key` in a trace's header; empty: none.
inline std::string HeaderValue(const TraceReport& report, std::string_view key) {
  for (const auto& [name, value] : report.header) {
    if (name == key) return value;
  }
  return "";
}

// The GPU catalogue and throughput table of tests/data/traces, and what readers fill.
struct World {
  fleet::GpuCatalogue gpus = fleet::GpuCatalogue::Load(DataFile("gpus.csv")).value();
  ThroughputTable throughputs = ThroughputTable::Load(DataFile("small_throughputs.json")).value();
  RequirementsTable requirements;

  TraceContext context() { return {&gpus, &requirements, &throughputs, GpuModelId()}; }
};

struct ReadTrace {
  std::vector<Job> jobs;
  TraceReport report;
  std::optional<Error> error;
  std::string message() const { return error ? error->ToString() : "(no error)"; }
};

inline uint64_t CountOf(const std::vector<TraceTally>& tallies, const std::string& reason) {
  for (const TraceTally& tally : tallies) {
    if (tally.reason == reason) return tally.jobs;
  }
  ADD_FAILURE() << "no tally is called " << reason;
  return 0;
}

inline GivenParams Given(const std::vector<std::pair<std::string, std::string>>& options) {
  GivenParams given;
  for (const auto& [name, text] : options) given[name] = {text, "test.yaml:1:1"};
  return given;
}

// Reads a trace to its end or to its first error.
inline ReadTrace Read(World* world, const std::string& format, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& options = {}) {
  ReadTrace read;
  Result<std::unique_ptr<TraceSource>> source =
      OpenTrace(format, path, Given(options), world->context());
  if (!source) {
    read.error = source.error();
    return read;
  }
  Job job;
  while (true) {
    Result<bool> more = (*source)->Next(&job);
    if (!more) read.error = more.error();
    if (!more || !*more) break;
    read.jobs.push_back(job);
  }
  read.report = (*source)->report();
  return read;
}

// The folder of a real data set; skips the test (with a message) where there is none.
#define ORRERY_TRACE_FOLDER_OR_SKIP(variable, name)                                          \
  const char* traces_root = std::getenv("ORRERY_TRACES");                                    \
  if (traces_root == nullptr || *traces_root == '\0') {                                      \
    GTEST_SKIP() << "ORRERY_TRACES is not set: the real trace '" << (name) << "' is absent"; \
  }                                                                                          \
  const std::string variable = std::string(traces_root) + "/" + (name) + "/"

}  // namespace orrery::workload::testing
