#include "sim/cli/program.h"

int main(int argc, char** argv) { return orrery::cli::RunProgram({argv + 1, argv + argc}); }
