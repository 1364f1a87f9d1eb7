// Prints docs/reference/scenario.md as it should be.
#include <iostream>

#include "sim/scenario/reference.h"

int main() {
  const auto tables = orrery::scenario::Tables::Load("scenarios/data");
  if (!tables) {
    std::cerr << tables.error().ToString() << "\n";
    return 2;
  }
  std::cout << orrery::scenario::ReferenceMarkdown(*tables);
}
