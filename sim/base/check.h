// ORRERY_CHECK(cond, values…): a broken invariant aborts with its place and the values, in every
// build mode. For mistakes of people (scenario, trace, file, device) use Result<T> instead.
//
//   ORRERY_CHECK(free >= need, free, need);
//   → sim/cluster/state.cc:42: invariant broken: free >= need [free=3, need=4]
#pragma once

#include <sstream>
#include <string>

namespace orrery::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& values);

inline void AppendValues(std::ostringstream&) {}
template <typename First, typename... Rest>
void AppendValues(std::ostringstream& out, const First& first, const Rest&... rest) {
  if (out.tellp() > 0) out << ", ";
  out << first;
  AppendValues(out, rest...);
}

template <typename... Values>
[[noreturn, gnu::cold, gnu::noinline]] void FailCheck(const char* file, int line,
                                                      const char* condition,
                                                      const Values&... values) {
  std::ostringstream out;
  AppendValues(out, values...);
  CheckFailed(file, line, condition, out.str());
}

}  // namespace orrery::internal

#define ORRERY_CHECK(condition, ...)                                                            \
  do {                                                                                          \
    if (!(condition)) [[unlikely]] {                                                            \
      ::orrery::internal::FailCheck(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                           \
  } while (false)
