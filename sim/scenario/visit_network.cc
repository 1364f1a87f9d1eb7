#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

using network::AccessTier;
using network::Pattern;
using network::Route;

void VisitExchange(Visitor& v, std::string_view key, std::string_view doc, std::string_view source,
                   network::Exchange& exchange) {
  static const WordCodec<Pattern> patterns({{"none", Pattern::kNone},
                                            {"ring", Pattern::kRing},
                                            {"parameter_server", Pattern::kParameterServer},
                                            {"pipeline", Pattern::kPipeline}});
  v.Group({.key = key, .doc = doc}, {.shorthand = "pattern"}, [&] {
    v.Field("pattern", exchange.pattern, patterns,
            {.doc = "all-reduce around a ring, one parameter server, or stages of a pipeline; "
                    "none: replicas do not wait for each other's data"});
    v.Field("volume", exchange.volume_mib, MemoryCodec(),
            {.min = 0,
             .max = uint32_t{16} << 20,
             .doc = "what is reduced in a step; of a pipeline, what passes between two stages one "
                    "way",
             .source = source});
    v.Time("step", exchange.step,
           {.min = Duration::Millis(1),
            .max = Duration::Hours(24),
            .doc = "work between two exchanges, on the reference GPU",
            .source = "Assumption: exchange_step"});
    v.Flag("overlap", exchange.overlap,
           {.doc = "whether the next step is computed meanwhile: an exchange then costs only what "
                   "it takes longer than the step",
            .source = "Assumption: exchange_overlap"});
  });
}

constexpr Duration kLongest = Duration::Hours(24 * 36'500);

// What goes and comes, for exponential times.
struct GoesAndComes {
  std::string_view none_means;
  std::string_view mtbf_doc, mtbf_source;
  std::string_view mttr_doc, mttr_source;
};

void VisitSpells(Visitor& v, const GoesAndComes& text, Duration& mtbf, Duration& mttr) {
  v.Time("mtbf", mtbf,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .none = Duration::Max(),
          .none_means = text.none_means,
          .doc = text.mtbf_doc,
          .source = text.mtbf_source});
  v.Time("mttr", mttr,
         {.min = Duration::Seconds(1),
          .max = kLongest,
          .doc = text.mttr_doc,
          .source = text.mttr_source});
}

void VisitTroubles(Visitor& v, Network& network) {
  v.Group({.key = "relay_failures", .doc = "relays that go and come, with level full"}, [&] {
    VisitSpells(v,
                {.none_means = "relays do not fail",
                 .mtbf_doc = "mean time to failure of a relay (exponential)",
                 .mtbf_source = "Assumption: relay_failures",
                 .mttr_doc = "mean time to its repair (exponential)",
                 .mttr_source = "Assumption: relay_failures"},
                network.relay_mtbf, network.relay_mttr);
  });
  v.Group({.key = "relay_floods",
           .doc = "spells in which others' traffic leaves a relay a share of its capacity, as in "
                  "an attack, with level full"},
          [&] {
            VisitSpells(v,
                        {.none_means = "relays are not flooded",
                         .mtbf_doc = "mean time to a flood of a relay (exponential)",
                         .mtbf_source = "Assumption: relay_floods",
                         .mttr_doc = "mean length of a flood (exponential)",
                         .mttr_source = "mean of attacks in 2019: NSFOCUS, DDoS Attack Landscape"},
                        network.flood_mtbf, network.flood_mttr);
            v.Field("capacity", network.flood_capacity, ShareCodec(),
                    {.min = 0.001,
                     .max = 1.0,
                     .doc = "share of relay_capacity that is left meanwhile",
                     .source = "Assumption: relay_floods"});
          });
  v.Group({.key = "link_failures",
           .doc = "the direct way of each pair of regions goes and comes, with level full"},
          [&] {
            VisitSpells(v,
                        {.none_means = "links do not fail",
                         .mtbf_doc = "mean time to failure of a pair's way (exponential)",
                         .mtbf_source = "25d, after Labovitz, Ahuja, Jahanian 1999. Assumption: "
                                        "link_failures",
                         .mttr_doc = "mean time to its repair (exponential)",
                         .mttr_source = "after Labovitz, Ahuja, Jahanian 1999. Assumption: "
                                        "link_failures"},
                        network.link_mtbf, network.link_mttr);
          });
}

void VisitTopology(Visitor& v, Network& network) {
  static const WordCodec<Topology> topologies(
      {{"mesh", Topology::kMesh}, {"relay", Topology::kRelay}, {"star", Topology::kStar}});
  v.Field("topology", network.topology, topologies,
          {.doc = "how sites reach each other: directly, but over a relay where one of the two is "
                  "only reachable so (mesh); always over the relay that makes the way shortest "
                  "(relay); through the member with the fastest way out (star)"});
  const RegionCodec region_codec(v.names());
  CodecItems<RegionId> relays(&network.relays, region_codec, {}, "regions", {0, 1000});
  v.OnItems(
      {.key = "relays", .doc = "regions with a relay, each once; empty: every region has one"},
      relays);
  v.Field("relay_capacity", network.relay_gbs, BandwidthCodec(),
          {.min = 0.0001f,
           .max = 1000.0f,
           .doc = "what a relay carries each way, with level full; gangs share it, and so do the "
                  "ways of each",
           .source = "10 Gbit/s. Assumption: relay_capacity"});
  VisitTroubles(v, network);
  v.Group({.key = "stores", .doc = "where the data of jobs lie: a store in every region"},
          [&] { VisitStores(v, network.stores); });
}

}  // namespace

network::AccessLink Access::Link(OwnerKind owner) const {
  network::AccessLink link = network::LinkOf(tier.value_or(network::DefaultAccess(owner)));
  if (down_gbs > 0) link.down_bytes_s = 1e9 * double{down_gbs};
  if (up_gbs > 0) link.up_bytes_s = 1e9 * double{up_gbs};
  link.home |= owner == OwnerKind::kConsumer;
  return link;
}

double Access::RelayOnly(OwnerKind owner) const {
  return relay_only.value_or(network::RelayOnlyShare(Link(owner)));
}

void VisitNetwork(Visitor& v, Network& network) {
  static const WordCodec<NetworkLevel> levels({{"off", NetworkLevel::kOff},
                                               {"simple", NetworkLevel::kSimple},
                                               {"full", NetworkLevel::kFull}});
  v.Field("level", network.level, levels,
          {.doc = "what distance costs gangs of several sites: nothing; round trips by one "
                  "inflation for the world; round trips by area, jitter, homes and access links"});
  static const WordCodec<Route> routes(
      {{"public", Route::kPublic}, {"backbone", Route::kBackbone}});
  v.Field("route", network.route, routes,
          {.doc = "whose lines join the sites, with level full: the open Internet's, or one "
                  "provider's"});
  v.Flag(
      "residuals", network.residuals,
      {.doc = "whether each pair of places is longer or shorter than its distance and areas say, "
              "by a factor of its own, with level full",
       .source = "spread of the pairs of wondernetwork-2018 and ibm-rtt about the model"});
  v.Field("window", network.window_mib, MemoryCodec(),
          {.min = 1,
           .max = uint32_t{1} << 20,
           .doc = "bytes under way between two sites at most, with level full: bandwidth is at "
                  "most this in a round trip",
           .source = "eight connections (Assumption: exchange_streams) with Linux's default "
                     "tcp_rmem, 6 MiB each"});
  VisitTopology(v, network);
  v.Group(
      {.key = "exchange", .doc = "what gangs exchange, by job class; others exchange nothing"},
      [&] {
        VisitExchange(v, "batch_training", "gangs of batch_training",
                      "gradients of BERT-large in fp16: 340 million parameters (Devlin et al. "
                      "2019)",
                      network.batch_training);
        VisitExchange(
            v, "sweep",
            "trials of sweep that are gangs, as traces have them: generated ones run on one node",
            "gradients of ResNet-50 in fp32: 25.6 million parameters (He et al. "
            "2016)",
            network.sweep);
        VisitExchange(v, "tuning", "trials of tuning that are gangs, as those of sweep", "as sweep",
                      network.tuning);
        VisitExchange(v, "reinforcement_learning",
                      "actors and their learner; the volume is that of a site",
                      "1,000 Atari frames of 84 x 84 x 4 bytes from each actor (Espeholt et "
                      "al. 2018). Assumption: rl_frames",
                      network.reinforcement_learning);
      });
}

void VisitAccess(Visitor& v, Access& access) {
  static const WordCodec<AccessTier> tiers([] {
    std::vector<std::pair<std::string, AccessTier>> words;
    for (int i = 0; i < network::kAccessTiers; ++i) {
      const auto tier = static_cast<AccessTier>(i);
      words.emplace_back(network::AccessTierName(tier), tier);
    }
    return words;
  }());
  v.OptionalField("tier", access.tier, tiers,
                  {.none_means = "datacentre: datacentre, partner: high, miner: medium, consumer: "
                                 "home",
                   .doc = "MB/s down/up: datacentre 1250/1250, ultra 1600/1200, high 800/600, "
                          "medium 400/300, low 100/10, home 12.5/5; a home also has longer round "
                          "trips and shares no network with others",
                   .source = "io.net's connectivity tiers; Assumptions: datacentre_access, "
                             "home_access, access_by_owner"});
  const Spec<float> spec = {
      .min = 0.0001f, .max = 1000.0f, .none = 0.0f, .none_means = "that of the tier"};
  Spec<float> down = spec, up = spec;
  down.doc = "most that a node receives";
  up.doc = "most that a node sends";
  v.Field("down", access.down_gbs, BandwidthCodec(), down);
  v.Field("up", access.up_gbs, BandwidthCodec(), up);
  v.OptionalField("relay_only", access.relay_only, ShareCodec(),
                  {.min = 0.0,
                   .max = 1.0,
                   .none_means = "18% of homes, none of others",
                   .doc = "share of the nodes that can only be reached over a relay, behind a NAT "
                          "or firewall",
                   .source = "hole punching failed with 18% of NATs: Ford, Srisuresh, Kegel 2005"});
}

network::Hop Lan::Between() const {
  network::Hop hop = kind ? network::LanOf(*kind) : network::Hop();
  if (gbs > 0) hop.bytes_s = 1e9 * double{gbs};
  if (latency != Duration::Max()) hop.latency_s = latency.seconds();
  return hop;
}

void VisitLan(Visitor& v, Lan& lan) {
  static const WordCodec<network::LanKind> kinds([] {
    std::vector<std::pair<std::string, network::LanKind>> words;
    for (int i = 0; i < network::kLanKinds; ++i) {
      const auto kind = static_cast<network::LanKind>(i);
      words.emplace_back(network::LanKindName(kind), kind);
    }
    return words;
  }());
  v.OptionalField(
      "kind", lan.kind, kinds,
      {.none_means = "what nodes of one site exchange takes no time, unless bandwidth "
                     "and latency are given",
       .doc = "ethernet: 1.25, 3.125, 12.5 GB/s and 10 us; infiniband: 25 (HDR), 50 "
              "(NDR) GB/s and 1.4 us",
       .source = "line rates of IEEE 802.3 and the InfiniBand Trade Association; Larsen "
                 "et al. 2009, Open MPI developers' list 2007; Assumptions: "
                 "ethernet_latency, infiniband_latency"});
  v.Field("bandwidth", lan.gbs, BandwidthCodec(),
          {.min = 0.0001f,
           .max = 10'000.0f,
           .none = 0.0f,
           .none_means = "that of the kind",
           .doc = "what a node sends, and what it receives, with level full"});
  v.Time("latency", lan.latency,
         {.min = Duration(),
          .max = Duration::Seconds(1),
          .none = Duration::Max(),
          .none_means = "that of the kind",
          .doc = "one way between two nodes"});
}

}  // namespace orrery::scenario
