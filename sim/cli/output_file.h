// Small text files that commands write.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace orrery::cli {

// Whether `path` can be written, told before the work whose outcome it is to hold.
Result<void> CheckWritable(const std::string& path);

// Replaces the file. Errors: what the system says; a file that could not be written whole is told.
Result<void> WriteFile(const std::string& path, std::string_view text);

}  // namespace orrery::cli
