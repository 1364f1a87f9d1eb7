// What jobs require of a node, and which GPU their times are stated on.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "models/workload/transforms/sources.h"
#include "sim/base/country.h"
#include "sim/base/text.h"
#include "sim/base/units.h"

namespace orrery::workload {
namespace {

Result<GpuModelId> FindGpu(const std::string& name, const char* step,
                           const TransformContext& context) {
  if (context.gpus == nullptr) return MakeError("", std::string(step) + ": no GPU catalogue");
  const auto model = context.gpus->Find(name);
  if (model) return *model;
  return MakeError("", std::string(step) + ": got the GPU '" + name +
                           "', expected one of the catalogue (did you mean '" +
                           context.gpus->Nearest(name) + "'?)");
}

// Changes the requirements of jobs; equal ones are changed and interned once.
template <typename Change>
class RequirementsChange {
 public:
  RequirementsChange(RequirementsTable* table, Change change)
      : table_(table), change_(std::move(change)) {}
  RequirementsId operator()(RequirementsId id) {
    const auto found = changed_.find(id.value);
    if (found != changed_.end()) return found->second;
    Requirements requirements = (*table_)[id];
    change_(&requirements);
    return changed_.emplace(id.value, table_->Intern(requirements)).first->second;
  }

 private:
  RequirementsTable* table_;
  Change change_;
  std::map<uint32_t, RequirementsId> changed_;
};

struct MapGpuOptions {
  enum Effect : size_t { kRequire, kReference, kBoth };

  explicit MapGpuOptions(Params& o)
      : gpus(o.Text("gpus", {.value = "",
                             .doc = "list of GPU=weight: the kinds, drawn for each job that has "
                                    "GPUs",
                             .source = ""})),
        effect(o.Choice("effect", {.value = "require",
                                   .choices = {"require", "reference", "both"},
                                   .doc = "the job runs on that kind only; its times are stated on "
                                          "it; or both",
                                   .source = ""})),
        overwrite(o.Flag(
            "overwrite",
            {.value = false, .doc = "also jobs that require GPU kinds already", .source = ""})) {
    if (!ParseWeights(gpus, &list)) o.Complain("gpus", "a list such as 'a100=0.7, t4=0.3'");
  }
  std::string gpus;
  size_t effect;
  bool overwrite;
  std::vector<WeightedName> list;
};

Result<OpenSource> MakeMapGpu(OpenSource before, Params* options, const TransformContext& context) {
  const MapGpuOptions o(*options);
  std::vector<GpuModelId> models;
  std::vector<double> weights;
  for (const WeightedName& item : o.list) {
    Result<GpuModelId> model = FindGpu(item.name, "map_gpu", context);
    if (!model) return tl::unexpected(model.error());
    models.push_back(*model);
    weights.push_back(item.weight);
  }
  const auto choice = std::make_shared<const WeightedChoice>(weights);
  const StreamName stream = StreamName::FromText(context.stream);
  const auto change = [o, models, choice, random = context.random, stream,
                       table = context.requirements]() -> JobChange {
    std::map<std::pair<uint32_t, uint16_t>, RequirementsId> known;
    return [=](Job* job) mutable {
      if (job->demand.gpus == 0) return;
      const bool constrained = (*table)[job->requirements].gpu_models.any();
      if (constrained && !o.overwrite) return;
      Draw draw = random.Stream(stream, job->source_id).At(0);
      const GpuModelId model = models[choice->At(draw.Uniform01())];
      if (o.effect != MapGpuOptions::kRequire) job->reference_gpu = model;
      if (o.effect == MapGpuOptions::kReference) return;
      RequirementsId& id = known[{job->requirements.value, model.value}];
      if (!id.valid()) {
        Requirements requirements = (*table)[job->requirements];
        requirements.gpu_models.reset();
        requirements.gpu_models.set(model.index());
        id = table->Intern(requirements);
      }
      job->requirements = id;
    };
  };
  return Mapped(std::move(before), change);
}

struct RequireOptions {
  explicit RequireOptions(Params& o)
      : share(o.Real("share", {.value = 1,
                               .min = 0,
                               .max = 1,
                               .doc = "share of the jobs that get the requirements",
                               .source = ""})),
        gpus(ParseNames(o.Text(
            "gpus",
            {.value = "", .doc = "list of GPU models allowed; empty: as before", .source = ""}))),
        memory_text(
            o.Text("min_gpu_memory",
                   {.value = "0GiB", .doc = "GPU memory, for example 24GiB", .source = ""})),
        min_fp16_tflops(o.Real("min_fp16_tflops", {.value = 0,
                                                   .min = 0,
                                                   .max = 1e5,
                                                   .doc = "dense tensor fp16 TFLOP/s of a GPU",
                                                   .source = ""})),
        min_bandwidth_gbs(
            o.Real("min_bandwidth_gbs",
                   {.value = 0, .min = 0, .max = 1e5, .doc = "GB/s of GPU memory", .source = ""})),
        countries(ParseNames(o.Text(
            "countries_allowed",
            {.value = "", .doc = "list of ISO 3166-1 codes; empty: as before", .source = ""}))),
        barred(ParseNames(o.Text("countries_barred",
                                 {.value = "", .doc = "list of ISO 3166-1 codes", .source = ""}))),
        min_tier(o.Integer("min_tier",
                           {.value = 0, .min = 0, .max = 255, .doc = "node tier", .source = ""})),
        owners(ParseNames(o.Text("owner_kinds", {.value = "",
                                                 .doc = "list of datacentre, miner, consumer, "
                                                        "partner; empty: as before",
                                                 .source = ""}))),
        verified_only(
            o.Flag("verified_only",
                   {.value = false, .doc = "nodes with verified hardware only", .source = ""})),
        max_price(o.Price(
            "max_price",
            {.value = UsdPerHour(), .doc = "for a whole GPU; $0/h: no bound", .source = ""})),
        min_reputation(o.Real(
            "min_reputation",
            {.value = 0, .min = 0, .max = 1, .doc = "of the node, from 0 to 1", .source = ""})) {
    const Parsed<Bytes> memory = ParseBytes(memory_text);
    if (memory && memory->count() >= 0 && memory->mib() <= int64_t{1} << 30) {
      min_gpu_memory_mib = static_cast<uint32_t>(memory->mib());
    } else {
      o.Complain("min_gpu_memory", "an amount of memory such as 24GiB");
    }
    for (const std::string& name : owners) AddOwner(name, o);
    CheckCountries("countries_allowed", &countries, o);
    CheckCountries("countries_barred", &barred, o);
  }

  void AddOwner(const std::string& name, Params& o) {
    for (int kind = 0; kind < kOwnerKinds; ++kind) {
      if (name != OwnerKindName(static_cast<OwnerKind>(kind))) continue;
      owner_bits = static_cast<uint8_t>(owner_bits | (1U << kind));
      return;
    }
    o.Complain("owner_kinds", "a list of datacentre, miner, consumer, partner");
  }

  static void CheckCountries(const char* name, std::vector<std::string>* list, Params& o) {
    std::sort(list->begin(), list->end());
    for (const std::string& country : *list) {
      if (IsCountry(country)) continue;
      const std::string meant(CountryMeant(country));
      return o.Complain(
          name, "a list of two-letter codes of ISO 3166-1 such as 'DE, JP', of which '" + country +
                    "' is none" + (meant.empty() ? "" : " (did you mean '" + meant + "'?)"));
    }
  }

  double share;
  std::vector<std::string> gpus;
  std::string memory_text;
  double min_fp16_tflops, min_bandwidth_gbs;
  std::vector<std::string> countries, barred;
  int64_t min_tier;
  std::vector<std::string> owners;
  bool verified_only;
  UsdPerHour max_price;
  double min_reputation;
  uint32_t min_gpu_memory_mib = 0;
  uint8_t owner_bits = 0;
};

// Minima are raised, the price bound is lowered, lists that are given replace the job's own.
void Tighten(const RequireOptions& o, const std::bitset<kMaxGpuModels>& models, Requirements* r) {
  if (models.any()) r->gpu_models = models;
  r->min_gpu_memory_mib = std::max(r->min_gpu_memory_mib, o.min_gpu_memory_mib);
  r->min_fp16_tflops = std::max(r->min_fp16_tflops, static_cast<float>(o.min_fp16_tflops));
  r->min_bandwidth_gbs = std::max(r->min_bandwidth_gbs, static_cast<float>(o.min_bandwidth_gbs));
  if (!o.countries.empty()) r->countries_allowed = o.countries;
  if (!o.barred.empty()) r->countries_barred = o.barred;
  r->min_tier = std::max(r->min_tier, static_cast<uint8_t>(o.min_tier));
  if (o.owner_bits != 0) r->owner_kinds = o.owner_bits;
  r->verified_only = r->verified_only || o.verified_only;
  r->min_reputation = std::max(r->min_reputation, static_cast<float>(o.min_reputation));
  if (o.max_price > UsdPerHour()) r->max_price = std::min(r->max_price, o.max_price);
}

Result<OpenSource> MakeRequire(OpenSource before, Params* options,
                               const TransformContext& context) {
  const RequireOptions o(*options);
  std::bitset<kMaxGpuModels> models;
  for (const std::string& name : o.gpus) {
    Result<GpuModelId> model = FindGpu(name, "require", context);
    if (!model) return tl::unexpected(model.error());
    models.set(model->index());
  }
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(
      std::move(before),
      [o, models, random = context.random, stream, table = context.requirements]() -> JobChange {
        RequirementsChange change(table, [o, models](Requirements* r) { Tighten(o, models, r); });
        return [change, random, stream, share = o.share](Job* job) mutable {
          Draw draw = random.Stream(stream, job->source_id).At(0);
          if (draw.Bernoulli(share)) job->requirements = change(job->requirements);
        };
      });
}

struct PreferOptions {
  explicit PreferOptions(Params& o)
      : kind(o.Choice("kind", {.value = "gpu",
                               .choices = {"gpu", "region", "owner_kind", "verified", "tier"},
                               .doc = "what is preferred",
                               .source = ""})),
        value(o.Text("value", {.value = "",
                               .doc = "the GPU, region, owner kind or least tier; nothing for "
                                      "verified",
                               .source = ""})),
        weight(o.Real("weight", {.value = 0.2,
                                 .min = 0,
                                 .max = 100,
                                 .doc = "added to the score, 0 (best) … 1 (worst), of a node "
                                        "without it",
                                 .source = "Assumption: preference-weight"})),
        share(o.Real("share", {.value = 1,
                               .min = 0,
                               .max = 1,
                               .doc = "share of the jobs that get the preference",
                               .source = ""})) {}
  size_t kind;
  std::string value;
  double weight;
  double share;
};

Result<uint16_t> PreferredValue(const PreferOptions& o, const TransformContext& context) {
  using Kind = Requirements::Preference::Kind;
  switch (static_cast<Kind>(o.kind)) {
    case Kind::kGpuModel: {
      Result<GpuModelId> model = FindGpu(o.value, "prefer", context);
      if (!model) return tl::unexpected(model.error());
      return model->value;
    }
    case Kind::kRegion: {
      const auto found = std::find(context.regions.begin(), context.regions.end(), o.value);
      if (found != context.regions.end()) {
        return static_cast<uint16_t>(found - context.regions.begin());
      }
      return MakeError("", "prefer: " + UnknownName("a region", o.value, context.regions));
    }
    case Kind::kOwnerKind: {
      std::vector<std::string> names;
      for (int kind = 0; kind < kOwnerKinds; ++kind) {
        names.emplace_back(OwnerKindName(static_cast<OwnerKind>(kind)));
        if (names.back() == o.value) return static_cast<uint16_t>(kind);
      }
      return MakeError("", "prefer: " + UnknownName("an owner kind", o.value, names));
    }
    case Kind::kVerified:
      return uint16_t{0};
    case Kind::kTier: {
      const Parsed<int64_t> tier = ParseInt(o.value);
      if (tier && *tier >= 0 && *tier <= 255) return static_cast<uint16_t>(*tier);
      return MakeError("", "prefer: got the tier '" + o.value + "', expected 0 … 255");
    }
  }
  return uint16_t{0};
}

Result<OpenSource> MakePrefer(OpenSource before, Params* options, const TransformContext& context) {
  const PreferOptions o(*options);
  Result<uint16_t> value = PreferredValue(o, context);
  if (!value) return tl::unexpected(value.error());
  const Requirements::Preference preference{
      .kind = static_cast<Requirements::Preference::Kind>(o.kind),
      .value = *value,
      .weight = static_cast<float>(o.weight)};
  const StreamName stream = StreamName::FromText(context.stream);
  return Mapped(std::move(before),
                [preference, random = context.random, stream, share = o.share,
                 table = context.requirements]() -> JobChange {
                  RequirementsChange change(table, [preference](Requirements* r) {
                    r->preferences.push_back(preference);
                  });
                  return [change, random, stream, share](Job* job) mutable {
                    Draw draw = random.Stream(stream, job->source_id).At(0);
                    if (draw.Bernoulli(share)) job->requirements = change(job->requirements);
                  };
                });
}

const TransformRegistration kMapGpu({
    .name = "map_gpu",
    .what =
        "Maps jobs to GPU kinds, drawn by shares: the kind a job requires, or the one its times "
        "are stated on.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { MapGpuOptions declared(*options); },
    .make = MakeMapGpu,
});

const TransformRegistration kRequire({
    .name = "require",
    .what = "Adds requirements to a share of the jobs: minima are raised, lists replace the job's.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { RequireOptions declared(*options); },
    .make = MakeRequire,
});

const TransformRegistration kPrefer({
    .name = "prefer",
    .what = "Adds a soft preference to a share of the jobs.",
    .source = "",
    .holds_all_jobs = false,
    .declare = [](Params* options) { PreferOptions declared(*options); },
    .make = MakePrefer,
});

}  // namespace
}  // namespace orrery::workload
