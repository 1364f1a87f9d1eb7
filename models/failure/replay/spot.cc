#include <cmath>
#include <nlohmann/json.hpp>

#include "models/failure/replay/readers.h"
#include "models/workload/traces/line_reader.h"

namespace orrery::failure {

Result<SpellTrace> ReadSpot(const std::string& path) {
  Result<std::string> text = workload::ReadWholeFile(path, size_t{256} << 20);
  if (!text) return tl::unexpected(text.error());
  const nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  const std::string expected =
      R"(, expected {"metadata": {"gap_seconds": G}, "data": [0, 1, …]} with G above 0)";
  if (document.is_discarded()) return MakeError(path, "got no JSON" + expected);
  if (!document.is_object() || !document.contains("metadata") || !document.contains("data") ||
      !document["data"].is_array() || !document["metadata"].is_object()) {
    return MakeError(path, "got other JSON" + expected);
  }
  const nlohmann::json gap = document["metadata"].value("gap_seconds", nlohmann::json());
  if (!gap.is_number() || !(gap.get<double>() > 0) || gap.get<double>() > 1e6) {
    return MakeError(path, "got no gap_seconds" + expected);
  }
  const nlohmann::json& data = document["data"];
  if (data.empty()) return MakeError(path, "got no data" + expected);
  SpellTrace trace;
  trace.machines.emplace_back();
  SpellTrace::Machine& machine = trace.machines.back();
  bool up = true;
  for (size_t i = 0; i < data.size(); ++i) {
    if (!data[i].is_number_integer() || data[i].get<int64_t>() < 0) {
      return MakeError(path, "got " + data[i].dump() + " as data[" + std::to_string(i) +
                                 "], expected how many instances could be had: 0, 1, …");
    }
    const bool now = data[i].get<int64_t>() > 0;
    if (i == 0) machine.up = up = now;
    if (now == up) continue;
    up = now;
    machine.turns.push_back(SimTime::Zero() +
                            Duration::FromSeconds(gap.get<double>() * static_cast<double>(i)));
  }
  trace.span = Duration::FromSeconds(gap.get<double>() * static_cast<double>(data.size()));
  machine.seen_to = SimTime::Zero() + trace.span;
  return trace;
}

}  // namespace orrery::failure
