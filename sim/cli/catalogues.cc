#include "sim/cli/catalogues.h"

#include "cuda/api/devices.h"
#include "models/energy/electricity_table.h"
#include "models/workload/classes/job_class.h"
#include "models/workload/presets.h"
#include "models/workload/traces/format.h"
#include "models/workload/transforms/transform.h"
#include "policies/api/registry.h"
#include "sim/base/text.h"
#include "sim/base/units.h"
#include "sim/cli/home.h"
#include "sim/scenario/registered.h"

namespace orrery::cli {

using nlohmann::ordered_json;

namespace {

ordered_json ParametersOf(const scenario::Registered& registered, const std::string& name) {
  ordered_json list = ordered_json::array();
  for (const ParamInfo& parameter : registered.Describe(name).parameters) {
    list.push_back({{"name", parameter.name},
                    {"type", ParamTypeName(parameter.type)},
                    {"default", parameter.value},
                    {"unit", parameter.unit},
                    {"min", parameter.min},
                    {"max", parameter.max},
                    {"choices", parameter.choices},
                    {"doc", parameter.doc},
                    {"source", parameter.source}});
  }
  return list;
}

Result<ordered_json> Gpus() {
  const Result<scenario::Tables> tables = LoadTables();
  if (!tables) return tl::unexpected<Error>(tables.error());
  ordered_json list = ordered_json::array();
  for (const fleet::GpuModel& gpu : tables->gpus->rows()) {
    // 0 stands for what nobody knows.
    const auto known = [](double value) { return value > 0 ? ordered_json(value) : nullptr; };
    list.push_back({{"id", gpu.id},
                    {"name", gpu.name},
                    {"vendor", gpu.vendor},
                    {"memory_gib", gpu.memory_mib / 1024.0},
                    {"fp32_tflops", known(gpu.fp32_tflops)},
                    {"fp16_tflops", known(gpu.fp16_tflops)},
                    {"bandwidth_gbs", known(gpu.bandwidth_gbs)},
                    {"tdp_w", known(gpu.tdp_w)},
                    {"market_usd_h", known(gpu.market_usd_h)},
                    {"sources", gpu.sources}});
  }
  return list;
}

Result<ordered_json> Regions() {
  const Result<scenario::Tables> tables = LoadTables();
  if (!tables) return tl::unexpected<Error>(tables.error());
  ordered_json list = ordered_json::array();
  for (const scenario::City& city : tables->cities->rows()) {
    const auto mean = [&](energy::Quantity quantity) {
      return tables->electricity->Find(quantity, city.country, city.lat_deg, city.lon_deg).mean;
    };
    list.push_back({{"id", city.id},
                    {"name", city.name},
                    {"country", city.country},
                    {"lat_deg", city.lat_deg},
                    {"lon_deg", city.lon_deg},
                    {"time_zone", city.time_zone},
                    // Correctly rounded: 9, not 9.000000000000002.
                    {"utc_offset_h", static_cast<double>(city.utc_offset.nanos()) / 3.6e12},
                    {"price_usd_kwh", mean(energy::Quantity::kPrice)},
                    {"carbon_g_kwh", mean(energy::Quantity::kCarbon)}});
  }
  return list;
}

Result<ordered_json> Policies() {
  ordered_json list = ordered_json::array();
  for (const policies::PolicyInfo& policy : policies::ListPolicies()) {
    const scenario::PolicyRole role(policy.role, policy.role, true);
    list.push_back({{"name", policy.name},
                    {"role", policy.role},
                    {"rule", policy.rule},
                    {"source", policy.source},
                    {"parameters", ParametersOf(role, policy.name)}});
  }
  return list;
}

Result<ordered_json> Traces() {
  ordered_json list = ordered_json::array();
  for (const workload::TraceFormat& format : workload::TraceFormats()) {
    ordered_json columns = ordered_json::array();
    for (const workload::TraceColumn& column : format.columns) {
      columns.push_back({{"name", column.name}, {"meaning", column.meaning}});
    }
    list.push_back({{"name", format.name},
                    {"what", format.what},
                    {"source", format.source},
                    {"ordered", format.ordered},
                    {"columns", columns},
                    {"parameters", ParametersOf(scenario::TraceFormatTable(), format.name)}});
  }
  return list;
}

Result<ordered_json> TransformList() {
  ordered_json list = ordered_json::array();
  for (const workload::Transform& transform : workload::Transforms()) {
    list.push_back({{"name", transform.name},
                    {"what", transform.what},
                    {"source", transform.source},
                    {"holds_all_jobs", transform.holds_all_jobs},
                    {"parameters", ParametersOf(scenario::TransformTable(), transform.name)}});
  }
  return list;
}

Result<ordered_json> Models() {
  ordered_json list = ordered_json::array();
  for (const workload::JobClassModel* job_class : workload::JobClasses()) {
    ordered_json parameters = ordered_json::array();
    for (const workload::ClassParameter& parameter : job_class->parameters()) {
      parameters.push_back({{"name", parameter.name},
                            {"type", ""},
                            {"default", parameter.default_value},
                            {"unit", ""},
                            {"min", ""},
                            {"max", ""},
                            {"choices", ordered_json::array()},
                            {"doc", parameter.meaning},
                            {"source", parameter.source}});
    }
    list.push_back({{"name", job_class->name()},
                    {"model", "job class"},
                    {"what", job_class->summary()},
                    {"source", ""},
                    {"parameters", parameters}});
  }
  for (const workload::PresetInfo& preset : workload::Presets()) {
    list.push_back({{"name", preset.name},
                    {"model", "workload preset"},
                    {"what", preset.summary},
                    {"source", preset.source},
                    {"parameters", ordered_json::array()}});
  }
  return list;
}

Result<ordered_json> Devices() {
  ordered_json list = ordered_json::array();
  for (const CudaDevice& device : ListCudaDevices().devices) {
    list.push_back({{"ordinal", device.ordinal},
                    {"name", device.name},
                    {"memory_gib", static_cast<double>(device.memory_bytes >> 20) / 1024},
                    {"compute_capability", std::to_string(device.compute_major) + "." +
                                               std::to_string(device.compute_minor)}});
  }
  return list;
}

std::string WhyNoDevices() { return ListCudaDevices().why_none; }

}  // namespace

const std::vector<Catalogue>& Catalogues() {
  static const std::vector<Catalogue> catalogues = {
      {"gpus",
       "gpu",
       {"id", "name", "memory_gib", "fp32_tflops", "fp16_tflops", "bandwidth_gbs", "tdp_w",
        "market_usd_h"},
       Gpus},
      {"regions",
       "region",
       {"id", "name", "country", "lat_deg", "lon_deg", "time_zone", "price_usd_kwh",
        "carbon_g_kwh"},
       Regions},
      {"policies", "policy", {"name", "role", "rule"}, Policies},
      {"traces", "trace", {"name", "what"}, Traces},
      {"transforms", "transform", {"name", "what"}, TransformList},
      {"models", "model", {"name", "model", "what"}, Models},
      {"devices",
       "device",
       {"ordinal", "name", "memory_gib", "compute_capability"},
       Devices,
       WhyNoDevices},
  };
  return catalogues;
}

Result<const Catalogue*> FindCatalogue(const std::string& name) {
  std::vector<std::string> names;
  for (const Catalogue& catalogue : Catalogues()) {
    if (name == catalogue.name || name == catalogue.singular) return &catalogue;
    names.push_back(catalogue.name);
  }
  return MakeError("orrery", UnknownName("one of", name, names));
}

std::string Words(const ordered_json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return FormatDouble(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump();
}

}  // namespace orrery::cli
