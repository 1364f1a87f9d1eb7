#include "models/workload/serving/request_trace.h"
#include "sim/base/units.h"
#include "sim/scenario/checks.h"
#include "sim/scenario/words.h"

namespace orrery::scenario {
namespace {

void CheckRequestTrace(const Service& service, const std::string& path, Parser* parser,
                       Files* files) {
  files->Check(path + ".trace", service.trace->dir, service.trace->file);
  for (const workload::RequestFormat& format : workload::RequestFormats()) {
    if (format.name != service.trace->format || !format.has_lengths) continue;
    for (const char* key : {".prompt", ".output"}) {
      if (!parser->origins().contains(path + key)) continue;
      parser->Complain(path + key,
                       "got it beside a trace that has its own lengths, expected none, or "
                       "trace.format: servegen");
    }
  }
}

}  // namespace

void CheckServices(const Scenario& scenario, Parser* parser, Files* files) {
  Unique names(parser, "each name");
  for (size_t i = 0; i < scenario.services.size(); ++i) {
    const Service& service = scenario.services[i];
    const std::string path = At("services", i);
    names.Add(service.name, path + ".name");
    if (service.trace) {
      CheckRequestTrace(service, path + ".requests", parser, files);
    } else if (!parser->origins().contains(path + ".requests.arrivals.rate")) {
      parser->Complain(path + ".requests.arrivals.rate",
                       "got nothing, expected a rate such as 2/s");
    }
    if (service.max_replicas < service.min_replicas) {
      parser->Complain(path + ".replicas.max", "got " + std::to_string(service.max_replicas) +
                                                   ", expected at least " + "replicas.min, " +
                                                   std::to_string(service.min_replicas));
    }
    if (service.cold_start) {
      const double ratio = service.cold_start->p95.seconds() / service.cold_start->mean.seconds();
      if (ratio < 1 || ratio > workload::kMostColdStartRatio) {
        parser->Complain(path + ".replicas.cold_start.p95",
                         "got " + Quoted(FormatDuration(service.cold_start->p95)) +
                             ", expected 1 to 3.8 times the mean");
      }
    }
    CheckShare(path + ".requests.prefix", "share", service.requests.prefix.share,
               {"count", "zipf_exponent", "tokens"}, "the share of the requests that begin alike",
               parser);
    if (parser->HasFindings()) continue;
    for (const Finding& finding : workload::CheckRequests(service.requests)) {
      parser->Complain(path + ".requests." + finding.place, finding.what);
    }
  }
  const bool any = !ServicesOn(scenario.services).empty();
  if (any && scenario.horizon == Duration::Max()) {
    parser->Complain("horizon",
                     "got none beside services, which have no end of their own; "
                     "expected a duration");
  }
  if (!any && scenario.workload.empty()) {
    parser->Complain("workload", "got nothing, expected sources of jobs, or services");
  }
}

}  // namespace orrery::scenario
