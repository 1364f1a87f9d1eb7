// Result<T>: a value, or an Error that tells a person where, what, and what would be right.
//
// One Error may carry several findings (a scenario reports all its mistakes at once). Commands
// print `error.ToString()` on stderr and exit with status 2.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace orrery {

// One mistake. `place` is "file:line:col", "file:line" or "file"; `what` says what is wrong with
// the offending value in it, and what would be right.
struct Finding {
  std::string place;
  std::string what;
};

class Error {
 public:
  Error(std::string place, std::string what) {
    findings_.push_back({std::move(place), std::move(what)});
  }
  explicit Error(std::vector<Finding> findings) : findings_(std::move(findings)) {}

  const std::vector<Finding>& findings() const { return findings_; }
  // One line a finding: "place: what".
  std::string ToString() const {
    std::string text;
    for (const Finding& finding : findings_) {
      if (!text.empty()) text += '\n';
      if (!finding.place.empty()) text += finding.place + ": ";
      text += finding.what;
    }
    return text;
  }

 private:
  std::vector<Finding> findings_;
};

template <typename T>
using Result = tl::expected<T, Error>;

// `return MakeError("trace.swf:12", "got 'abc', expected a number of seconds");`
inline tl::unexpected<Error> MakeError(std::string place, std::string what) {
  return tl::unexpected<Error>(Error(std::move(place), std::move(what)));
}

}  // namespace orrery
