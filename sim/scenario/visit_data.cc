#include "sim/scenario/visit.h"

namespace orrery::scenario {
namespace {

constexpr double kMostBytes = 1e15;

void VisitStore(Visitor& v, Store& store) {
  v.Field("capacity", store.capacity_gbs, BandwidthCodec(),
          {.min = 0.0001f,
           .max = 100'000.0f,
           .doc = "what it sends, and what it receives; with level full, flows share that",
           .source = "100 Gbit/s. Assumption: store_capacity"});
  v.Field("egress", store.egress_per_gb, PricePerGbCodec(),
          {.min = Usd(),
           .max = Usd::FromDollars(100),
           .doc = "what the user pays for data that leave the region; within it they are free",
           .source = "AWS, data transfer out to the Internet, first 10 TB a month, list price of "
                     "2025 (Google premium tier: $0.12, Azure: $0.087)"});
}

}  // namespace

std::vector<Store> Stores::ByRegion(size_t regions) const {
  std::vector<Store> all(regions, *this);
  for (const Other& other : others) all[other.region.index()] = other;
  return all;
}

void VisitStores(Visitor& v, Stores& stores) {
  VisitStore(v, stores);
  v.List({.key = "others",
          .doc = "regions whose store differs, each once; what a row does not say is as "
                 "`network.stores` has it"},
         stores.others, {.max = 1000}, [&](Stores::Other& other) {
           // What a new row does not say is as everywhere else.
           if (!other.region.valid()) static_cast<Store&>(other) = stores;
           v.Group({}, [&] {
             v.Field("region", other.region, RegionCodec(v.names()),
                     {.doc = "region of the store", .required = true});
             VisitStore(v, other);
           });
         });
}

void VisitData(Visitor& v, std::optional<workload::DataParams>& data) {
  v.Optional(
      {.key = "data",
       .doc = "what jobs move between a store and their nodes, where the network has a level; "
              "none: nothing"},
      data, [&](workload::DataParams& params) {
        VisitDistribution(v,
                          {.key = "input",
                           .doc = "read before a job runs, at each attempt; the nodes of a gang "
                                  "read a share each, the tasks of a bag the same",
                           .source = "Assumption: input_sharded"},
                          BytesCodec(), 0, kMostBytes, params.input);
        VisitDistribution(
            v,
            {.key = "output", .doc = "written when a job is done, before it gives its nodes back"},
            BytesCodec(), 0, kMostBytes, params.output);
        v.Field("image", params.image, BytesCodec(),
                {.min = 0.0,
                 .max = kMostBytes,
                 .doc = "container image, the same for all these jobs, from a mirror in the node's "
                        "region; a node that has it keeps it"});
        v.Field("checkpoint", params.checkpoint, BytesCodec(),
                {.min = 0.0,
                 .max = kMostBytes,
                 .doc = "what every node reads where a job goes on from an earlier attempt"});
        v.Field("store", params.store, RegionCodec(v.names()),
                {.none = RegionId::None(),
                 .none_means = "the region of the job's user",
                 .doc = "region whose store has the data"});
      });
}

}  // namespace orrery::scenario
