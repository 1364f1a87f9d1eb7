#include <algorithm>

#include "sim/scenario/item_lists.h"
#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

constexpr uint8_t kAnyOwner = 0xff;

void VisitGpuModels(Visitor& v, Requirements& requirements) {
  const GpuCodec codec(v.names());
  std::vector<GpuModelId> universe;
  for (size_t i = 0; i < v.names().gpus->size(); ++i) {
    universe.push_back(GpuModelId(static_cast<uint16_t>(i)));
  }
  SetItems<GpuModelId> models(
      codec, universe, [&](GpuModelId id) { return requirements.gpu_models[id.index()]; },
      [&](GpuModelId id) { requirements.gpu_models[id.index()] = true; },
      [&] { requirements.gpu_models.reset(); }, "GPU models");
  v.OnItems({.key = "gpus", .doc = "GPU models allowed; empty: any"}, models);
}

void VisitOwners(Visitor& v, Requirements& requirements) {
  std::vector<OwnerKind> universe;
  for (int kind = 0; kind < kOwnerKinds; ++kind) universe.push_back(static_cast<OwnerKind>(kind));
  const auto bit = [](OwnerKind kind) {
    return static_cast<uint8_t>(1u << static_cast<int>(kind));
  };
  uint8_t& owners = requirements.owner_kinds;
  SetItems<OwnerKind> kinds(
      OwnerCodec(), universe,
      [&](OwnerKind kind) { return owners != kAnyOwner && owners & bit(kind); },
      [&](OwnerKind kind) {
        owners = static_cast<uint8_t>((owners == kAnyOwner ? 0 : owners) | bit(kind));
      },
      [&] { owners = kAnyOwner; }, "owner kinds");
  v.OnItems({.key = "owners", .doc = "owner kinds allowed; empty: any"}, kinds);
}

void VisitCountries(Visitor& v, Requirements& requirements) {
  CodecItems<std::string> allowed(&requirements.countries_allowed, CountryCodec(), {}, "countries",
                                  {0, 300});
  v.OnItems({.key = "countries", .doc = "countries allowed; empty: any"}, allowed);
  CodecItems<std::string> barred(&requirements.countries_barred, CountryCodec(), {}, "countries",
                                 {0, 300});
  v.OnItems({.key = "countries_barred", .doc = "countries barred"}, barred);
  // Equal requirements must be equal values, whatever the order they were written in.
  std::sort(requirements.countries_allowed.begin(), requirements.countries_allowed.end());
  std::sort(requirements.countries_barred.begin(), requirements.countries_barred.end());
}

// What a preference is about, as the sum type that a scenario writes.
struct PreferVerified {
  bool verified = true;
};
struct PreferTier {
  uint16_t tier = 1;
};
using Preferred = std::variant<GpuModelId, RegionId, OwnerKind, PreferVerified, PreferTier>;

// A preference for nodes that are not verified would be strange; it is not offered.
class TrueCodec final : public Codec<bool> {
 public:
  bool Read(std::string_view text, bool* value, std::string*) const override {
    *value = true;
    return text == "true";
  }
  std::string Write(const bool&) const override { return "true"; }
  KindInfo Kind() const override { return {"true", "", {"boolean"}, "", {}, false}; }
};

Preferred FromRow(const Requirements::Preference& row) {
  switch (row.kind) {
    case Requirements::Preference::Kind::kGpuModel:
      return GpuModelId(row.value);
    case Requirements::Preference::Kind::kRegion:
      return RegionId(row.value);
    case Requirements::Preference::Kind::kOwnerKind:
      return static_cast<OwnerKind>(row.value);
    case Requirements::Preference::Kind::kVerified:
      return PreferVerified{};
    case Requirements::Preference::Kind::kTier:
      return PreferTier{row.value};
  }
  return PreferVerified{};
}

// A number for each alternative, in the order of Preference::Kind.
struct RowValue {
  uint16_t operator()(GpuModelId id) const { return id.value; }
  uint16_t operator()(RegionId id) const { return id.value; }
  uint16_t operator()(OwnerKind kind) const { return static_cast<uint16_t>(kind); }
  uint16_t operator()(PreferVerified) const { return 0; }
  uint16_t operator()(PreferTier tier) const { return tier.tier; }
};

struct VisitPreferred {
  Visitor& v;
  void operator()(GpuModelId& id) const {
    v.Field("is", id, GpuCodec(v.names()), {.doc = "GPU model", .required = true});
  }
  void operator()(RegionId& id) const {
    v.Field("is", id, RegionCodec(v.names()), {.doc = "region", .required = true});
  }
  void operator()(OwnerKind& kind) const {
    v.Field("is", kind, OwnerCodec(), {.doc = "owner kind", .required = true});
  }
  void operator()(PreferVerified& verified) const {
    static const TrueCodec codec;
    v.Field("is", verified.verified, codec, {.doc = "true", .required = true});
  }
  void operator()(PreferTier& tier) const {
    v.Field("at_least", tier.tier, Whole<uint16_t>(),
            {.min = 0, .max = 9, .doc = "lowest tier", .required = true});
  }
};

void VisitPreference(Visitor& v, Requirements::Preference& row) {
  Preferred preferred = FromRow(row);
  v.Choice({.key = "", .doc = "what is preferred", .required = true},
           {.tag = "",
            .alternatives = {{"gpu", "a GPU model", "is"},
                             {"region", "a region", "is"},
                             {"owner", "an owner kind", "is"},
                             {"verified", "a verified node", "is"},
                             {"tier", "a tier at least this", "at_least"}}},
           preferred, VisitPreferred{v});
  row.kind = static_cast<Requirements::Preference::Kind>(preferred.index());
  row.value = std::visit(RowValue(), preferred);
  v.Field("weight", row.weight, FloatCodec(),
          {.min = 0.0f,
           .max = 1000.0f,
           .doc = "added to the placement score (0 best … 1 worst) of nodes that are not so",
           .required = true});
}

}  // namespace

void VisitRequirements(Visitor& v, Requirements& requirements) {
  VisitGpuModels(v, requirements);
  v.Field("min_gpu_memory", requirements.min_gpu_memory_mib, MemoryCodec(),
          {.min = 0, .max = uint32_t{16} << 20, .doc = "memory of a GPU at least this"});
  v.Field("min_fp16", requirements.min_fp16_tflops, ComputeCodec(),
          {.min = 0.0f, .max = 20'000.0f, .doc = "dense tensor fp16 speed of a GPU at least this"});
  v.Field("min_bandwidth", requirements.min_bandwidth_gbs, BandwidthCodec(),
          {.min = 0.0f, .max = 20'000.0f, .doc = "memory bandwidth of a GPU at least this"});
  VisitCountries(v, requirements);
  v.Field("min_tier", requirements.min_tier, Whole<uint8_t>(),
          {.min = 0, .max = 9, .doc = "service tier of the node at least this"});
  VisitOwners(v, requirements);
  v.Flag("verified_only", requirements.verified_only, {.doc = "verified nodes only"});
  v.Field("max_price", requirements.max_price, PriceCodec(),
          {.min = UsdPerHour(),
           .max = UsdPerHour::FromDollars(1e6),
           .none = UsdPerHour::Micros(INT64_MAX),
           .none_means = "any price",
           .doc = "most the job pays for a whole GPU"});
  v.Time("max_rtt", requirements.max_rtt,
         {.min = Duration::Micros(1),
          .max = Duration::Seconds(10),
          .none = Duration::Max(),
          .none_means = "any round trip",
          .doc = "longest round trip between the job's user and the node, as the network's level "
                 "has it (0 with off)"});
  v.Field("min_reputation", requirements.min_reputation, FloatCodec(),
          {.min = 0.0f,
           .max = 1.0f,
           .doc = "reputation of the node at least this, when the job starts"});
  v.List({.key = "preferences", .doc = "what nodes should be like, though they need not"},
         requirements.preferences, {.max = 32},
         [&](Requirements::Preference& row) { v.Group({}, [&] { VisitPreference(v, row); }); });
}

}  // namespace orrery::scenario
