// Small text files that commands write.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace orrery::cli {

// The files that a command uses: none that it writes may be another one of them, whatever path it
// is named by.
class FileUses {
 public:
  // `use`: "the scenario". Files may be read several times.
  void Read(const std::string& path, const std::string& use);
  // `option`: "--output". Error: the file is used already.
  Result<void> Write(const std::string& path, const std::string& option, const std::string& use);

 private:
  std::map<std::string, std::string> uses_;  // by what the file is called without links
};

// Whether `path` can be written, told before the work whose outcome it is to hold.
Result<void> CheckWritable(const std::string& path);

// Replaces the file. Errors: what the system says; a file that could not be written whole is told.
Result<void> WriteFile(const std::string& path, std::string_view text);

}  // namespace orrery::cli
