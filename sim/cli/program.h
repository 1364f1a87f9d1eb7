// The program: finds the command, parses what follows it, runs it, and turns errors into messages
// and exit statuses.
#pragma once

#include <string>
#include <vector>

namespace orrery::cli {

// `words`: the command line without the program's name. Returns the exit status. Never throws.
int RunProgram(const std::vector<std::string>& words);

}  // namespace orrery::cli
