// The visitor that fills a struct from a document: bounds, defaults, unknown and repeated keys, all
// findings at once.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/scenario/document.h"
#include "sim/scenario/visitor.h"

namespace orrery::scenario {

// Where each value that is no default was written, by its path ("fleet[0].ask.median").
using Origins = std::map<std::string, Place>;

// A path that a file of a scenario names is relative to that file; one of --set, to the current
// folder. The result can be opened from the current folder.
std::string BesideSource(const std::string& path, const Place& place);

class Parser final : public Visitor {
 public:
  // `root` must outlive the parser. A visit of the whole must be wrapped in Group({}, …).
  Parser(const Value* root, Names names);

  // How the finding begins, after the path, on a key that belongs to another level or kind.
  static constexpr const char* kElsewhere = "got a key without a meaning here";
  // From now on such keys are told apart from those that nobody knows. All alternatives of a choice
  // are visited, so that what is filled, and other findings, are good for nothing.
  void Explain() { explains_ = true; }

  // What a check of a finished struct found wrong with the value at `path`. The finding gets the
  // place of the value, or of what encloses it.
  void Complain(const std::string& path, const std::string& what);

  bool HasFindings() const { return !findings_.empty(); }
  std::vector<Finding> TakeFindings() { return std::move(findings_); }
  const Origins& origins() const { return origins_; }

  void OnLeaf(const Info& info, Leaf& leaf) override;
  void OnItems(const Info& info, Items& items) override;
  void OnWeights(const Info& info, Weights& weights) override;
  void OnGroup(const Info& info, const GroupSpec& spec,
               const std::function<void()>& fields) override;
  void OnList(const Info& info, const ListSpec& spec, size_t size,
              const std::function<void(size_t)>& resize,
              const std::function<void(size_t)>& item) override;
  void OnChoice(const Info& info, const ChoiceSpec& spec, size_t current,
                const std::function<void(size_t)>& visit) override;
  void OnRegistered(const Info& info, const Registered& registered, std::string& name,
                    Parameters& parameters) override;
  void OnUnless(std::string_view other, bool there, const std::function<void()>& fields) override;

 private:
  struct Frame {
    const Value* at;
    std::string path;
    // Keys that the visit asked for.
    std::set<std::string, std::less<>> known;
    // The keys that belong here depend on a choice that could not be read.
    bool open = false;
    // Keys that belong to an alternative that was not chosen: what is expected beside them.
    std::map<std::string, std::string, std::less<>> elsewhere = {};
  };

  std::string PathOf(std::string_view key) const;
  // The value of `key` in the map at hand, or null after reporting it where it is required. Marks
  // the key as known.
  const Value* Slot(const Info& info, const std::string& expected);
  void Report(const Place& place, const std::string& path, const std::string& what);
  void Wrong(const Value& value, const std::string& path, const Complaint& complaint);
  // Visits `fields` with `at` as the map at hand, then reports keys nobody asked for.
  void Enter(const Value* at, std::string path, const std::function<void()>& fields);
  void ReportStrangers(const Frame& frame);
  // A map for what was written as a scalar; nullptr after a report.
  const Value* AsMap(const Value& value, const std::string& path, const GroupSpec& spec);
  // Reads the parameters of `name` from the map at hand.
  void ReadParameters(const Registered& registered, const std::string& name,
                      Parameters& parameters);
  // False after a report: `text` names nothing that is registered.
  bool CheckRegistered(const Registered& registered, const std::string& text, const Place& place,
                       const std::string& path);
  void OnRegisteredEntry(const Registered& registered, std::string& name, Parameters& parameters);
  // The alternative that was chosen by tag or key; −1: none, −2: reported.
  int TaggedAlternative(const Info& info, const ChoiceSpec& spec);
  int KeyedAlternative(const Info& info, const ChoiceSpec& spec);
  // Notes the keys of the other alternatives, and whose they are.
  void NoteOtherKeys(const ChoiceSpec& spec, size_t chosen,
                     const std::function<void(size_t)>& visit);

  std::vector<Frame> frames_;
  // Maps made up by AsMap; a deque so that pointers to them stay good.
  std::deque<Value> made_;
  std::vector<Finding> findings_;
  Origins origins_;
  // Not empty: keys have no meaning beside this one.
  std::string forbidden_by_;
  bool explains_ = false;
};

}  // namespace orrery::scenario
