// Prints the table reference of docs/results.md, as the code has it.
#include <cstdio>

#include "sim/results/columns.h"

int main() {
  std::fputs(orrery::results::TableReference().c_str(), stdout);
  return 0;
}
