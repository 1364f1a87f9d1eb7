// The options of a command: what it declares, and what the command line gave.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/base/result.h"

namespace orrery::cli {

// What a command takes, declared once: the parser, the messages and the help page read it.
class Options {
 public:
  // `name`: "quiet", or "quiet,q" for an option with a letter of its own.
  void Flag(std::string name, std::string doc);
  // An option with a value; `value` names it in the help ("FILE").
  void Value(std::string name, std::string value, std::string doc);
  // The same, given any number of times.
  void List(std::string name, std::string value, std::string doc);

  enum class Need : uint8_t { kRequired, kOptional };
  // The next argument that is no option. All required ones come first.
  void Positional(std::string name, Need need, std::string doc);

  // "FILE [--set KEY=VALUE]... [--quiet]".
  std::string Usage() const;
  // Arguments and options with what they mean, a line or more each.
  std::string Help(int width) const;

 private:
  friend class Arguments;
  struct Option {
    std::string name;    // "quiet"
    std::string letter;  // "q"; empty: none
    std::string value;   // "FILE"; empty: a flag
    bool repeats = false;
    std::string doc;
  };
  struct Argument {
    std::string name;
    bool required;
    std::string doc;
  };
  void Add(std::string name, std::string value, bool repeats, std::string doc);

  std::vector<Option> options_;
  std::vector<Argument> arguments_;
};

// What was given. Every option also knows --help.
class Arguments {
 public:
  // Errors: an option or argument that is not declared (with the nearest one that is), a value that
  // is missing or given twice, a missing argument. `command` stands in front: "orrery run".
  static Result<Arguments> Parse(const std::string& command, const Options& options,
                                 const std::vector<std::string>& words);
  Arguments(Arguments&&) noexcept;
  Arguments& operator=(Arguments&&) noexcept;
  ~Arguments();

  bool help() const { return Has("help"); }
  bool Has(const std::string& name) const;
  // The value of an option or argument; empty: not given.
  std::string Get(const std::string& name) const;
  std::vector<std::string> GetAll(const std::string& name) const;

 private:
  struct Values;
  explicit Arguments(std::unique_ptr<Values> values);
  std::unique_ptr<Values> values_;
};

}  // namespace orrery::cli
