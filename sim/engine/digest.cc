#include "sim/engine/digest.h"

namespace orrery::engine {

std::string Digest::ToString() const {
  std::string text(16, '0');
  for (int i = 0; i < 16; ++i) text[i] = "0123456789abcdef"[(state_ >> (60 - 4 * i)) & 15];
  return text;
}

}  // namespace orrery::engine
