// Prefetch of cache lines.
#pragma once

#include <cstddef>

namespace orrery {

// Asks for the cache line at `address`, which need not be valid. GCC takes a function that does
// nothing but prefetch for one without effect and drops calls to it; the empty statement of
// assembly keeps them.
inline void Prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

// Asks for the cache lines of the `size` bytes at `address`.
inline void Prefetch(const void* address, size_t size) {
  const char* const begin = static_cast<const char*>(address);
  size_t at = 0;
  do {
    Prefetch(begin + at);
    at += 64;
  } while (at < size);
}

}  // namespace orrery
