// What the tests of scenarios share: the shipped tables, a small scenario, files that go away.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "sim/scenario/load.h"

namespace orrery::scenario::testing {

inline const Tables& ShippedTables() {
  static const Tables tables = [] {
    Result<Tables> loaded = Tables::Load("scenarios/data");
    if (!loaded) {
      std::cerr << loaded.error().ToString() << "\n";
      std::abort();
    }
    return std::move(*loaded);
  }();
  return tables;
}

// The least that makes a scenario; `more` is YAML that comes first.
inline std::string Small(const std::string& more = "") {
  return more + R"(name: small
horizon: 1h
fleet: {gpu: t4, gpus_per_node: 4, count: 2, cpu: 32, memory: 128GiB}
workload:
  generator:
    arrivals: {rate: 10/h}
    populations: {duration: 5min}
)";
}

inline Result<Loaded> Parse(const std::string& text,
                            const std::vector<std::string>& settings = {}) {
  return ParseScenario(text, "s.yaml", settings, ShippedTables());
}

// The findings of a scenario, one a line; "" where it is fine.
inline std::string Findings(const Result<Loaded>& loaded) {
  return loaded ? "" : loaded.error().ToString();
}
inline std::string Findings(const std::string& text,
                            const std::vector<std::string>& settings = {}) {
  return Findings(Parse(text, settings));
}

// The findings of the small scenario with a few more lines in front of it.
inline std::string FindingsWith(const std::string& more) { return Findings(Small(more)); }

inline Scenario ParseOrDie(const std::string& text, const std::vector<std::string>& settings = {}) {
  Result<Loaded> loaded = Parse(text, settings);
  EXPECT_TRUE(loaded) << Findings(loaded);
  return loaded ? std::move(loaded->scenario) : Scenario();
}

// A folder of its own for files of a test, which goes away with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "scenario-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace orrery::scenario::testing
