// What can be said of a scenario only once all of it has been read.
#pragma once

#include "sim/scenario/parser.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// Fills in the defaults that depend on other keys: names, region mixes, the catalogue's prices.
// Complains of prices that the catalogue does not have.
void Complete(Parser* parser, Scenario* scenario);

// Complains to `parser` of keys that contradict each other or do nothing, of names given twice, and
// of files that are not there.
void CheckWhole(const Scenario& scenario, Parser* parser);

}  // namespace orrery::scenario
