#include "sim/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace orrery::internal {

void CheckFailed(const char* file, int line, const char* condition, const std::string& values) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s%s%s%s\n", file, line, condition,
               values.empty() ? "" : " [", values.c_str(), values.empty() ? "" : "]");
  std::abort();
}

}  // namespace orrery::internal
