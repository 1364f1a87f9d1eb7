// Prefetch of a cache line.
#pragma once

namespace orrery::engine {

// Asks for the cache line at `address`, which need not be valid. GCC takes a function that does
// nothing but prefetch for one without effect and drops calls to it; the empty statement of
// assembly keeps them.
inline void Prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace orrery::engine
