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

// One name for each file, whether it is there or not.
std::string NameOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  const std::filesystem::path name = std::filesystem::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal().string() : name.string();
}

// Devices take whatever is written to them, as often as one likes.
bool IsDevice(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) && std::filesystem::is_other(path, error);
}

}  // namespace

void FileUses::Read(const std::string& path, const std::string& use) {
  uses_.emplace(NameOf(path), use);
}

Result<void> FileUses::Write(const std::string& path, const std::string& option,
                             const std::string& use) {
  if (IsDevice(path)) return {};
  const auto [found, is_new] = uses_.emplace(NameOf(path), use);
  if (is_new) return {};
  return MakeError(option, "got '" + path + "', which is the file of " + found->second +
                               ", expected another one");
}

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
