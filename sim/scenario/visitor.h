// One visit of a struct drives everything the scenario layer does with it: parsing with bounds and
// defaults, the resolved echo, the JSON Schema and the reference page.
//
//   void Visit(Visitor& v, Trigger& t) {
//     v.Flag("each_event", t.each_event, {.doc = "decide after every event"});
//     v.Time("every", t.every, {.max = Duration::Hours(1), .doc = "…"});
//   }
//
// A visit calls the same keys in the same order whatever the visitor is; where the keys of a map
// depend on what was chosen, it says so with Choice or Unless.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/money.h"
#include "sim/base/time.h"
#include "sim/scenario/codecs.h"
#include "sim/scenario/leaf.h"
#include "sim/scenario/names.h"
#include "sim/scenario/registered.h"

namespace orrery::scenario {

// What a visit says of a key. The empty key is the value at hand itself (the entry of a list).
struct Info {
  std::string_view key = "";
  std::string_view doc = "";
  // Where the default comes from: a citation, or "Assumption: <name>".
  std::string_view source = "";
  // The key must be there: it has no default.
  bool required = false;
  // The value is a file or folder, relative to the file that it is written in.
  bool path = false;
};

// How a group stands in its map.
struct GroupSpec {
  // The key that a scalar in the group's place is read as; empty: none.
  std::string_view shorthand = "";
  // A key and its value that such a scalar implies as well; may be empty.
  std::pair<std::string_view, std::string_view> implied = {};
  // Set where the default is the whole, not the sum of its keys' defaults: with a map in its place,
  // keys that the map lacks have the defaults that `reset` gives.
  std::function<void()> reset = nullptr;
  // A kind of group that occurs in many places ("distribution") and is explained once.
  std::string_view kind = "";
  // For a group that may be absent: whether it is there, and a way to change that.
  std::optional<bool> present = std::nullopt;
  std::function<void(bool)> set_present = nullptr;
};

// How the alternatives of a sum type are told apart.
struct ChoiceSpec {
  // The value of this key names the alternative, whose keys stand beside it; empty: the name of the
  // alternative is itself a key, which holds a map with its keys.
  std::string_view tag = "";
  struct Alternative {
    std::string_view name = "";
    std::string_view doc = "";
    // As in GroupSpec, for alternatives that are keys.
    std::string_view shorthand = "";
  };
  std::vector<Alternative> alternatives = {};
};

class Visitor {
 public:
  virtual ~Visitor() = default;

  // ---- What visits call.
  template <typename T, typename CodecType>
  void Field(std::string_view key, T& value, const CodecType& codec, const Spec<T>& spec) {
    CodecLeaf<T> leaf(&value, codec, spec);
    OnLeaf({key, spec.doc, spec.source, spec.required}, leaf);
  }
  // A value that may be absent: written "none".
  template <typename T>
  void OptionalField(std::string_view key, std::optional<T>& value, const Codec<T>& codec,
                     const Spec<T>& spec) {
    OptionalLeaf<T> leaf(&value, codec, spec);
    OnLeaf({key, spec.doc, spec.source, spec.required}, leaf);
  }
  void Flag(std::string_view key, bool& value, const Spec<bool>& spec) {
    Field(key, value, FlagCodec(), spec);
  }
  void Time(std::string_view key, Duration& value, const Spec<Duration>& spec) {
    Field(key, value, DurationCodec(), spec);
  }
  // A file or folder. As a path in the scenario's own file it is relative to that file; what is
  // stored can be opened from the current folder.
  void Path(std::string_view key, std::string& value, const Spec<std::string>& spec) {
    CodecLeaf<std::string> leaf(&value, TextCodec(), spec);
    OnLeaf({key, spec.doc, spec.source, spec.required, true}, leaf);
  }
  template <typename Fields>
  void Group(const Info& info, Fields fields) {
    OnGroup(info, {}, fields);
  }
  template <typename Fields>
  void Group(const Info& info, const GroupSpec& spec, Fields fields) {
    OnGroup(info, spec, fields);
  }
  // A group that may be absent.
  template <typename T, typename Fields>
  void Optional(const Info& info, std::optional<T>& value, Fields fields) {
    Optional(info, GroupSpec(), value, fields);
  }
  template <typename T, typename Fields>
  void Optional(const Info& info, GroupSpec spec, std::optional<T>& value, Fields fields) {
    spec.present = value.has_value();
    spec.set_present = [&](bool present) {
      if (present != value.has_value()) present ? (void)value.emplace() : value.reset();
    };
    OnGroup(info, spec, [&] { fields(*value); });
  }
  // A list whose entries are visited by `item(entry)`.
  template <typename T, typename Item>
  void List(const Info& info, std::vector<T>& list, const ListSpec& spec, Item item) {
    OnList(
        info, spec, list.size(), [&](size_t size) { list.resize(size); },
        [&](size_t i) { item(list[i]); });
  }
  // A sum type; `visit(alternative)` is called with a reference to the alternative at hand.
  template <typename... Ts, typename VisitOne>
  void Choice(const Info& info, const ChoiceSpec& spec, std::variant<Ts...>& value,
              VisitOne visit) {
    OnChoice(info, spec, value.index(), [&](size_t index) {
      if (index != value.index()) EmplaceAt(value, index, std::index_sequence_for<Ts...>());
      std::visit(visit, value);
    });
  }

  const Names& names() const { return names_; }

  // ---- What visitors do.
  virtual void OnLeaf(const Info& info, Leaf& leaf) = 0;
  // A list of scalars; one scalar may stand for a list of one.
  virtual void OnItems(const Info& info, Items& items) = 0;
  // A map from names to weights; a name or a list of names stands for equal weights.
  virtual void OnWeights(const Info& info, Weights& weights) = 0;
  virtual void OnGroup(const Info& info, const GroupSpec& spec,
                       const std::function<void()>& fields) = 0;
  virtual void OnList(const Info& info, const ListSpec& spec, size_t size,
                      const std::function<void(size_t)>& resize,
                      const std::function<void(size_t)>& item) = 0;
  virtual void OnChoice(const Info& info, const ChoiceSpec& spec, size_t current,
                        const std::function<void(size_t)>& visit) = 0;
  // Something registered by name: `info.key` holds the name, and the parameters that it declares
  // stand beside it. Without a key, the entry of a list is the name, or a map from it to a map of
  // the parameters.
  virtual void OnRegistered(const Info& info, const Registered& registered, std::string& name,
                            Parameters& parameters) = 0;
  // Keys that have no meaning while `other` is there.
  virtual void OnUnless(std::string_view other, bool there,
                        const std::function<void()>& fields) = 0;

 protected:
  explicit Visitor(Names names) : names_(names) {}

 private:
  template <typename... Ts, size_t... Is>
  static void EmplaceAt(std::variant<Ts...>& value, size_t index, std::index_sequence<Is...>) {
    ((index == Is ? (void)value.template emplace<Is>() : (void)0), ...);
  }

  Names names_;
};

}  // namespace orrery::scenario
