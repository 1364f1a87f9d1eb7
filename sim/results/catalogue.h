// The HDF5 side of a results file: groups, datasets and attributes that say where the blocks of a
// BlockFile lie and what they mean.
//
// How a file survives a kill. Blocks are only ever written where no catalogue on the disk looks: at
// new addresses, or behind the rows that it counts. A new catalogue goes to one of two slots, the
// one that the superblock at address 0 does not point to. Then the superblock is replaced, in one
// write of 48 bytes inside one page. Whenever the process dies, the file is the one of the last
// replacement: complete and consistent, with columns of equal length. Nothing has to be repaired
// when it is opened. (A crash of the machine itself is another matter: the order in which pages
// reach the disk is the kernel's.)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/base/result.h"
#include "sim/results/block_file.h"
#include "sim/results/summary.h"
#include "sim/results/table_buffer.h"

namespace orrery::results {

class Hdf5Image;

// A value of the file's root.
struct Attribute {
  std::string name;
  std::variant<int64_t, double, std::string> value;
};

// A list of /names: strings of `width` bytes each (UTF-8, padded with zeros), in the file already.
struct NameBlock {
  std::string name;
  uint64_t address = 0;
  uint64_t width = 0;
  uint64_t count = 0;
};

// All that a file says at one moment.
struct Catalogue {
  std::vector<Attribute> attributes;
  std::vector<const TableBuffer*> tables;
  std::vector<NameBlock> names;
  // Becomes the attribute `json` of /summary.
  std::optional<Summary> summary;
  // Also gives each number and text of `summary` a dataset of its own.
  bool summary_datasets = false;
};

// Writes catalogues into one file.
class CatalogueWriter {
 public:
  // Reserves the place of the superblock; `file` must be new and outlive the writer.
  explicit CatalogueWriter(BlockFile* file);

  // Makes the file on the disk say `catalogue`. On an error it says what it said before. About 5 ms
  // and 0.5 µs for each chunk of a column.
  Result<void> Commit(const Catalogue& catalogue);

 private:
  struct Slot {
    uint64_t address = 0;
    uint64_t size = 0;
  };

  Result<void> Build(const Catalogue& catalogue, Hdf5Image* image) const;

  BlockFile* file_;
  std::array<Slot, 2> slots_;
  int next_slot_ = 0;
};

}  // namespace orrery::results
