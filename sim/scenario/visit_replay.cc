#include "sim/scenario/visit.h"

namespace orrery::scenario {

using failure::ReplayParams;
using failure::SpellFormat;

void VisitReplay(Visitor& v, ReplayParams& replay) {
  v.List({.key = "traces",
          .doc = "recorded spells of machines; at most one for each region",
          .required = true},
         replay.traces, {.min = 1, .max = 1000}, [&](ReplayParams::Trace& trace) {
           v.Group({}, [&] {
             static const WordCodec<SpellFormat> formats(
                 {{"fta", SpellFormat::kFta}, {"spot", SpellFormat::kSpot}});
             v.Field("format", trace.format, formats,
                     {.doc = "fta: event_trace.tab of the Failure Trace Archive; spot: JSON of "
                             "SkyPilot's spot-traces, one machine"});
             v.Path("file", trace.file, {.doc = "the file, plain or gzip", .required = true});
             v.Field("region", trace.region, RegionCodec(v.names()),
                     {.none = RegionId::None(),
                      .none_means = "those of every region that no other trace names",
                      .doc = "whose nodes follow it, each a machine drawn at random of those that "
                             "the trace tells of at `from`"});
           });
         });
  v.Time("from", replay.from,
         {.min = Duration(),
          .max = Duration::Hours(24 * 36'500),
          .doc = "time of each trace, since its beginning, at which the run begins"});
}

}  // namespace orrery::scenario
