// Reading a document from disk, with what helps when the file is not there.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "sim/scenario/document.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> Refuse(const std::string& path, const std::string& named_at,
                             const std::string& got, const std::string& suggestion = "") {
  const std::string expected = ", expected a scenario in YAML" + suggestion;
  if (named_at.empty()) return MakeError(path, got + expected);
  return MakeError(named_at, got + " " + QuotedPath(path) + expected);
}

std::string SimilarFile(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
    if (names.size() >= 1000) break;
  }
  std::sort(names.begin(), names.end());
  return DidYouMean(path.filename().string(), names);
}

}  // namespace

Result<Value> ReadDocument(const std::string& path, int layer, const std::string& named_at) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return Refuse(path, named_at, "got no such file", SimilarFile(path));
  }
  if (fs::is_directory(status)) return Refuse(path, named_at, "got a folder");
  if (!fs::is_regular_file(status)) return Refuse(path, named_at, "got no regular file");
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  // One byte beyond the bound is enough for ParseDocument to refuse.
  text.resize(std::min<uintmax_t>(fs::file_size(path, error), kMaxDocumentBytes + 1));
  if (error || !stream.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return Refuse(path, named_at, "got a file that cannot be read");
  }
  return ParseDocument(text, path, layer);
}

}  // namespace orrery::scenario
