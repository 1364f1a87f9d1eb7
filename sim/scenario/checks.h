// What can be said of a scenario only once all of it has been read. Each topic has its own
// check_<topic>.cc.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/scenario/parser.h"
#include "sim/scenario/scenario.h"

namespace orrery::scenario {

// Fills in the defaults that depend on other keys: names, region mixes, the catalogue's prices.
// Complains of prices that the catalogue does not have.
void Complete(Parser* parser, Scenario* scenario);

// Complains to `parser` of keys that contradict each other or do nothing, of names given twice, and
// of files that are not there.
void CheckWhole(const Scenario& scenario, Parser* parser);

// "list[i]", as paths of values have it.
std::string At(const std::string& list, size_t i);

// Complains of keys of the map at `path` that were given without `share`, which is 0 by default: of
// nothing they say something. `whose`: "the share of the jobs that have a deadline".
void CheckShare(const std::string& path, const std::string& share, double value,
                std::initializer_list<const char*> keys, const std::string& whose, Parser* parser);

// Names of one list must differ: they name random streams, rows of results, and --set paths.
class Unique {
 public:
  Unique(Parser* parser, std::string what) : parser_(parser), what_(std::move(what)) {}
  void Add(const std::string& name, const std::string& path);

 private:
  Parser* parser_;
  std::string what_;
  std::map<std::string, std::string> first_;
};

// Whether the files of traces are there.
class Files {
 public:
  explicit Files(Parser* parser) : parser_(parser) {}
  void Check(const std::string& path, const std::string& dir, const std::string& file);

 private:
  Parser* parser_;
  std::set<std::string> missed_;
};

// ---- The checks of CheckWhole.

void CheckWorkload(const Scenario& scenario, Parser* parser, Files* files);
// Limits of run times that nobody heeds.
void CheckLimits(const Scenario& scenario, Parser* parser);
// Parameters of what no job has.
void CheckTerms(const Scenario& scenario, Parser* parser);
// Transformations that ask for what is not modelled, or name what the scenario does not have.
void CheckTransforms(const Scenario& scenario, Parser* parser);
// Keys of a network that nobody asked for, and regions that it names twice.
void CheckNetwork(const Scenario& scenario, Parser* parser);
// Data to move where there is no network.
void CheckData(const Scenario& scenario, Parser* parser);
void CheckServices(const Scenario& scenario, Parser* parser, Files* files);
void CheckReplays(const Scenario& scenario, Parser* parser);
// Runs that might never end.
void CheckEndless(const Scenario& scenario, Parser* parser);
void CheckCheckpoints(const Scenario& scenario, Parser* parser);
void CheckBlacklist(const Scenario& scenario, Parser* parser);
void CheckTrust(const Scenario& scenario, Parser* parser);
// Requirements of a reputation that all nodes have.
void CheckReputations(const Scenario& scenario, Parser* parser);
void CheckMining(const Scenario& scenario, Parser* parser);
// Sums that no account could hold.
void CheckMoney(const Scenario& scenario, Parser* parser);
// Figures that `scale` takes out of their bounds.
void CheckScale(const Scenario& scenario, Parser* parser);
void CheckRebalance(const Scenario& scenario, Parser* parser);
void CheckScheduler(const Scenario& scenario, Parser* parser);

}  // namespace orrery::scenario
