#include "sim/cli/home.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace orrery::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kData = "scenarios/data";

bool HoldsData(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kData / "gpus.csv", error);
}

}  // namespace

Result<std::string> FindHome() {
  if (const char* home = std::getenv("ORRERY_HOME"); home != nullptr && *home != '\0') {
    if (HoldsData(home)) return std::string(home);
    return MakeError(std::string("ORRERY_HOME=") + home,
                     std::string("there is no ") + kData +
                         "/gpus.csv in it; expected the folder that orrery was unpacked in");
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    // What Bazel puts beside a program that it has built.
    const fs::path runfiles = fs::path(program) += ".runfiles/orrery";
    if (HoldsData(runfiles)) return runfiles.string();
    for (fs::path folder = program.parent_path();; folder = folder.parent_path()) {
      if (HoldsData(folder)) return folder.string();
      if (folder == folder.parent_path()) break;
    }
  }
  return MakeError("orrery", std::string(kData) + " is not beside the program (" +
                                 program.string() +
                                 "); set ORRERY_HOME to the folder that orrery was unpacked in");
}

Result<scenario::Tables> LoadTables() {
  const Result<std::string> home = FindHome();
  if (!home) return tl::unexpected<Error>(home.error());
  return scenario::Tables::Load((fs::path(*home) / kData).string());
}

}  // namespace orrery::cli
