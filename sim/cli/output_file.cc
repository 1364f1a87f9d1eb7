#include "sim/cli/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace orrery::cli {
namespace {

tl::unexpected<Error> SystemError(const std::string& path) {
  return MakeError(path, std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace

Result<void> CheckWritable(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return MakeError(path, "is a folder, expected the name of a file");
  }
  if (std::filesystem::exists(path, error)) {
    return access(path.c_str(), W_OK) == 0 ? Result<void>() : SystemError(path);
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK) != 0) return SystemError(path);
  return {};
}

Result<void> WriteFile(const std::string& path, std::string_view text) {
  errno = 0;
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return SystemError(path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int write_errno = errno;
  if (std::fclose(file) != 0) return SystemError(path);
  if (!written) {
    errno = write_errno;
    return SystemError(path);
  }
  return {};
}

}  // namespace orrery::cli
