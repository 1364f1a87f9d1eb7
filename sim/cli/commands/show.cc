#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/results/reader.h"
#include "sim/results/render_summary.h"
#include "sim/results/summarise.h"

namespace orrery::cli {
namespace {

class ShowCommand final : public Command {
 public:
  std::string summary() const override { return "prints the summary of a results file"; }
  void Declare(Options& options) const override {
    options.Positional("RESULT.h5", Options::Need::kRequired, "what `orrery run --output` wrote");
    options.Flag("json", "as JSON, with the keys of --summary");
  }
  Result<int> Run(const Arguments& arguments) override {
    const auto reader = results::ResultsReader::Open(arguments.Get("RESULT.h5"));
    if (!reader) return tl::unexpected<Error>(reader.error());
    const Result<results::Summary> summary = results::Summarise(*reader);
    if (!summary) return tl::unexpected<Error>(summary.error());
    if (arguments.Has("json")) {
      fmt::print("{}\n", results::ToJson(*summary).dump(2));
    } else {
      const Style style = StdoutStyle();
      fmt::print("{}", results::RenderSummary(*summary, style.width, style.color));
    }
    return kExitOk;
  }
};

ORRERY_REGISTER_COMMAND(ShowCommand, "show");

}  // namespace
}  // namespace orrery::cli
