#include "sim/cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/text.h"

namespace orrery::cli {

namespace po = boost::program_options;

namespace {

// Where the explanations begin in a help page.
constexpr size_t kHelpColumn = 26;

// `text` in lines of at most `width` columns, all but the first indented by `indent`.
std::string Wrapped(const std::string& text, size_t indent, size_t width) {
  std::string out;
  size_t column = indent;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out;
}

std::string HelpLine(const std::string& left, const std::string& doc, int width) {
  std::string line = "  " + left;
  if (line.size() + 2 > kHelpColumn) {
    line += '\n' + std::string(kHelpColumn, ' ');
  } else {
    line.resize(kHelpColumn, ' ');
  }
  return line + Wrapped(doc, kHelpColumn, static_cast<size_t>(width)) + '\n';
}

}  // namespace

void Options::Flag(std::string name, std::string doc) {
  Add(std::move(name), "", false, std::move(doc));
}
void Options::Value(std::string name, std::string value, std::string doc) {
  Add(std::move(name), std::move(value), false, std::move(doc));
}
void Options::List(std::string name, std::string value, std::string doc) {
  Add(std::move(name), std::move(value), true, std::move(doc));
}

void Options::Add(std::string name, std::string value, bool repeats, std::string doc) {
  std::string letter;
  if (const size_t comma = name.find(','); comma != std::string::npos) {
    letter = name.substr(comma + 1);
    name.resize(comma);
  }
  options_.push_back(
      {std::move(name), std::move(letter), std::move(value), repeats, std::move(doc)});
}

void Options::Positional(std::string name, Need need, std::string doc) {
  const bool required = need == Need::kRequired;
  ORRERY_CHECK(!required || arguments_.empty() || arguments_.back().required, name);
  arguments_.push_back({std::move(name), required, std::move(doc)});
}

std::string Options::Usage() const {
  std::string text;
  for (const Argument& argument : arguments_) {
    text += argument.required ? " " + argument.name : " [" + argument.name + "]";
  }
  for (const Option& option : options_) {
    text += " [--" + option.name + (option.value.empty() ? "" : " " + option.value) + "]";
    if (option.repeats) text += "...";
  }
  return text.empty() ? text : text.substr(1);
}

std::string Options::Help(int width) const {
  std::string text;
  for (const Argument& argument : arguments_) text += HelpLine(argument.name, argument.doc, width);
  if (!arguments_.empty()) text += '\n';
  for (const Option& option : options_) {
    std::string left = option.letter.empty() ? "    " : "-" + option.letter + ", ";
    left += "--" + option.name;
    if (!option.value.empty()) left += " " + option.value;
    text += HelpLine(left, option.doc, width);
  }
  return text + HelpLine("-h, --help", "this page", width);
}

struct Arguments::Values {
  po::variables_map map;
};

Arguments::Arguments(std::unique_ptr<Values> values) : values_(std::move(values)) {}
Arguments::Arguments(Arguments&&) noexcept = default;
Arguments& Arguments::operator=(Arguments&&) noexcept = default;
Arguments::~Arguments() = default;

namespace {

// What is wrong with a command line, from what the library found.
std::string Describe(const po::error& error, const std::vector<std::string>& names) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    return UnknownName("an option", unknown->get_option_name(), names);
  }
  if (const auto* twice = dynamic_cast<const po::multiple_occurrences*>(&error)) {
    return twice->get_option_name() + " is given twice, expected once";
  }
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
    switch (syntax->kind()) {
      case po::invalid_syntax::missing_parameter:
      case po::invalid_syntax::empty_adjacent_parameter:
        return syntax->get_option_name() + " needs a value";
      case po::invalid_syntax::extra_parameter:
        return syntax->get_option_name() + " takes no value";
      default:
        break;
    }
  }
  return error.what();
}

}  // namespace

Result<Arguments> Arguments::Parse(const std::string& command, const Options& options,
                                   const std::vector<std::string>& words) {
  po::options_description description;
  po::positional_options_description positions;
  std::vector<std::string> names;
  const auto add = [&](const std::string& name, const po::value_semantic* semantic) {
    description.add_options()(name.c_str(), semantic);
  };
  for (const Options::Option& option : options.options_) {
    const std::string name = option.name + (option.letter.empty() ? "" : "," + option.letter);
    if (option.value.empty()) {
      add(name, new po::untyped_value(true));
    } else if (option.repeats) {
      add(name, po::value<std::vector<std::string>>());
    } else {
      add(name, po::value<std::string>());
    }
    names.push_back("--" + option.name);
  }
  add("help,h", new po::untyped_value(true));
  names.emplace_back("--help");
  for (const Options::Argument& argument : options.arguments_) {
    add(argument.name, po::value<std::string>());
    positions.add(argument.name.c_str(), 1);
  }
  // Takes what is too much, so that the message can name it.
  add("(more)", po::value<std::vector<std::string>>());
  positions.add("(more)", -1);

  auto values = std::make_unique<Values>();
  try {
    namespace style = po::command_line_style;
    po::store(po::command_line_parser(words)
                  .options(description)
                  .positional(positions)
                  .style(style::unix_style ^ style::allow_guessing)
                  .run(),
              values->map);
  } catch (const po::error& error) {
    return MakeError(command, Describe(error, names));
  }
  Arguments arguments(std::move(values));
  if (arguments.help()) return arguments;
  if (const auto more = arguments.GetAll("(more)"); !more.empty()) {
    return MakeError(command, fmt::format("'{}' is one argument too many; usage: {} {}", more[0],
                                          command, options.Usage()));
  }
  for (const Options::Argument& argument : options.arguments_) {
    if (argument.required && !arguments.Has(argument.name)) {
      return MakeError(command, fmt::format("{} is missing: {}; usage: {} {}", argument.name,
                                            argument.doc, command, options.Usage()));
    }
  }
  return arguments;
}

bool Arguments::Has(const std::string& name) const { return values_->map.count(name) > 0; }

std::string Arguments::Get(const std::string& name) const {
  return Has(name) ? values_->map[name].as<std::string>() : "";
}

std::vector<std::string> Arguments::GetAll(const std::string& name) const {
  return Has(name) ? values_->map[name].as<std::vector<std::string>>() : std::vector<std::string>();
}

}  // namespace orrery::cli
