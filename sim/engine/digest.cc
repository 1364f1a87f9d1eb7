#include "sim/engine/digest.h"

namespace orrery::engine {

void Digest::AddBytes(std::string_view bytes) {
  Add(bytes.size());
  // Words are put together byte by byte, so that the result does not depend on the byte order.
  uint64_t word = 0;
  int filled = 0;
  for (const char byte : bytes) {
    word |= uint64_t{static_cast<unsigned char>(byte)} << (8 * filled);
    if (++filled == 8) {
      Add(word);
      word = 0;
      filled = 0;
    }
  }
  if (filled > 0) Add(word);
}

std::string Digest::ToString() const {
  std::string text(16, '0');
  for (int i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[(state_ >> (60 - 4 * i)) & 15];
  return text;
}

}  // namespace orrery::engine
