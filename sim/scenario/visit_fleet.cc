#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

// A country, with a word on why it is asked for: the region is no known city.
class RegionCountryCodec final : public Codec<std::string> {
 public:
  RegionCountryCodec(const std::string& id, const Names& names) : id_(id), names_(names) {}
  bool Read(std::string_view text, std::string* value, std::string* suggestion) const override {
    return CountryCodec().Read(text, value, suggestion);
  }
  std::string Write(const std::string& value) const override { return value; }
  KindInfo Kind() const override {
    KindInfo kind = CountryCodec().Kind();
    if (id_.empty() || names_.cities->Find(id_) != nullptr) return kind;
    std::vector<std::string> ids;
    for (const City& city : names_.cities->rows()) ids.push_back(city.id);
    kind.kind += " beside " + Quoted(id_) + ", which is no city of `orrery list regions`" +
                 DidYouMean(id_, ids);
    kind.example.clear();
    return kind;
  }

 private:
  const std::string& id_;
  const Names& names_;
};

void VisitHardware(Visitor& v, fleet::Group& group) {
  v.Field("gpu", group.gpu_model, GpuCodec(v.names()),
          {.none = GpuModelId::None(), .none_means = "nodes without GPUs", .doc = "GPU model"});
  v.Field("gpus_per_node", group.gpus_per_node, Whole<uint16_t>(),
          {.min = 0,
           .max = fleet::kMaxGpusPerNode,
           .doc = "GPUs of a node; 0 for nodes without GPUs",
           .required = true});
  v.Field("count", group.nodes, Whole<uint32_t>(),
          {.min = 1, .max = kMostNodes, .doc = "nodes", .required = true});
  v.Field("cpu", group.cpu_milli, CoresCodec(),
          {.min = 1, .max = 4'000'000, .doc = "CPU cores of a node", .required = true});
  v.Field("memory", group.memory_mib, MemoryCodec(),
          {.min = 1, .max = uint32_t{256} << 20, .doc = "main memory of a node", .required = true});
}

void VisitAsk(Visitor& v, fleet::AskParams& ask) {
  v.Field("median", ask.median, PriceCodec(),
          {.min = UsdPerHour(),
           .max = UsdPerHour::FromDollars(10'000),
           .none = FleetGroup::kCataloguePrice,
           .none_means = "the catalogue's market price of the GPU model",
           .doc = "price of a whole GPU; the median where prices differ"});
  v.Field("sigma", ask.sigma, NumberCodec(),
          {.min = 0.0,
           .max = 3.0,
           .doc = "standard deviation of the logarithm of the price among nodes (log-normal)"});
  v.Field("tick", ask.tick, PriceCodec(),
          {.min = UsdPerHour::Micros(1),
           .max = UsdPerHour::FromDollars(1),
           .doc = "prices are multiples of this, and at least one of it",
           .source = "Assumption: ask_tick"});
}

void VisitOffer(Visitor& v, fleet::Group& group) {
  const RegionCodec region_codec(v.names());
  CodecWeights<fleet::RegionWeight, RegionId> regions(&group.regions, &fleet::RegionWeight::region,
                                                      region_codec);
  v.OnWeights({.key = "regions",
               .doc = "where the nodes are, by weight; default: every region of the scenario "
                      "alike"},
              regions);
  v.Group(
      {.key = "ask", .doc = "what the nodes' owners ask for a GPU; jobs without GPUs pay nothing"},
      {.shorthand = "median"}, [&] { VisitAsk(v, group.ask); });
  v.Field("owner", group.owner_kind, OwnerCodec(), {.doc = "who owns the nodes"});
  v.Field(
      "nodes_per_owner", group.nodes_per_owner, Whole<uint32_t>(),
      {.min = 0, .max = 10'000'000, .doc = "nodes of one owner; 0: one owner has the whole group"});
  v.Field("tier", group.tier, Whole<uint8_t>(),
          {.min = 0, .max = 9, .doc = "service tier; higher is better"});
  v.Field("verified", group.verified_share, ShareCodec(),
          {.min = 0.0, .max = 1.0, .doc = "share of the nodes whose hardware is verified"});
  v.Group({.key = "reputation", .doc = "reputation of a node, uniform between two bounds"}, [&] {
    v.Field("low", group.reputation_low, NumberCodec(),
            {.min = 0.0, .max = 1.0, .doc = "lowest reputation"});
    v.Field("high", group.reputation_high, NumberCodec(),
            {.min = 0.0, .max = 1.0, .doc = "highest reputation"});
  });
}

}  // namespace

void VisitRegion(Visitor& v, Region& region) {
  v.Field(
      "id", region.id, TextCodec(),
      {.doc = "name of the region; that of a city of `orrery list regions` gives the other keys",
       .required = true});
  const City* city = v.names().cities->Find(region.id);
  if (city != nullptr && region.country.empty()) {
    region = {region.id, city->country, city->lat_deg, city->lon_deg, city->utc_offset};
  }
  // Without a city, the facts must be given; one missing fact is told once.
  const bool unknown = city == nullptr && !region.id.empty();
  const RegionCountryCodec country_codec(region.id, v.names());
  v.Field("country", region.country, country_codec,
          {.doc = "country (ISO 3166-1 alpha-2); ZZ: nowhere in particular", .required = unknown});
  const bool required = unknown && !region.country.empty();
  v.Field("lat", region.lat_deg, NumberCodec(),
          {.min = -90.0,
           .max = 90.0,
           .doc = "latitude in degrees, north positive",
           .required = required});
  v.Field("lon", region.lon_deg, NumberCodec(),
          {.min = -180.0,
           .max = 180.0,
           .doc = "longitude in degrees, east positive",
           .required = required});
  v.Time(
      "utc_offset", region.utc_offset,
      {.min = -Duration::Hours(12),
       .max = Duration::Hours(14),
       .doc = "local standard time minus UTC, in quarters of an hour; summer time is not modelled",
       .required = required});
}

void VisitFleetGroup(Visitor& v, FleetGroup& group) {
  v.Field("name", group.nodes.name, TextCodec(),
          {.doc = "name of the group, unique; names its random streams"});
  v.Optional({.key = "trace", .doc = "hardware from the node list of a trace"}, group.trace,
             [&](NodeTrace& trace) {
               static const WordCodec<std::string> formats(
                   std::vector<std::pair<std::string, std::string>>{{"openb", "openb"}});
               v.Field("format", trace.format, formats, {.doc = "format of the node list"});
               v.Path("dir", trace.dir,
                      {.doc = "folder of the file; default: that of the workload's first trace"});
               v.Field("file", trace.file, TextCodec(),
                       {.doc = "the node list, plain or gzip", .required = true});
             });
  v.OnUnless("trace", group.trace.has_value(), [&] { VisitHardware(v, group.nodes); });
  VisitOffer(v, group.nodes);
  v.Group(
      {.key = "access", .doc = "how nodes are joined to the rest of the world, for network: full"},
      {.shorthand = "tier"}, [&] { VisitAccess(v, group.access); });
  v.Group({.key = "lan",
           .doc = "what joins the nodes that one owner has in a region, for gangs on several of "
                  "them, where the network has a level"},
          {.shorthand = "kind"}, [&] { VisitLan(v, group.lan); });
  v.Optional(
      {.key = "churn",
       .doc = "how the nodes of this group come and go where `churn` has a level, whoever owns "
              "them; the defaults are those of spot nodes"},
      group.churn, [&](GroupHabits& habits) {
        VisitHabits(v, habits, "spot traces of Wu et al. 2024; Amazon EC2: 2 min notice");
      });
}

}  // namespace orrery::scenario
