#include "sim/results/catalogue.h"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "sim/results/hdf5_image.h"

namespace orrery::results {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kLeastSlot = 16 * kPage;

// Fills an image by HDF5's ordinary calls. The first failure sticks: what follows does nothing.
class ImageFiller {
 public:
  explicit ImageFiller(Hdf5Image* image) : image_(image) {
    Check(image->file(), "creating the file image");
  }

  // Empty as long as nothing failed.
  const std::string& failure() const { return failure_; }

  void Root(const std::vector<Attribute>& attributes) {
    for (const Attribute& attribute : attributes) {
      if (const auto* text = std::get_if<std::string>(&attribute.value)) {
        Text(image_->file(), attribute.name, *text);
      } else if (const auto* integer = std::get_if<int64_t>(&attribute.value)) {
        Scalar(image_->file(), attribute.name, H5T_STD_I64LE, integer);
      } else {
        Scalar(image_->file(), attribute.name, H5T_IEEE_F64LE, &std::get<double>(attribute.value));
      }
    }
  }

  void AddTable(const TableBuffer& buffer) {
    const Table& table = buffer.table();
    const Handle group = AddGroup(image_->file(), table.name);
    Text(group, "description", table.description);
    Handle dimension;
    for (size_t c = 0; c < table.columns.size() && failure_.empty(); ++c) {
      const Column& column = table.columns[c];
      Handle dataset = AddColumn(group, column, buffer.placements()[c], buffer.rows_written());
      Describe(dataset, column);
      if (column.name == table.dimension) {
        Check(H5DSset_scale(dataset, std::string(column.name).c_str()), "making a dimension scale");
        dimension = std::move(dataset);
      } else if (dimension.ok()) {
        Check(H5DSattach_scale(dataset, dimension, 0), "attaching the dimension scale");
      }
    }
  }

  void AddNames(const std::vector<NameBlock>& lists) {
    const Handle group = AddGroup(image_->file(), "names");
    Text(group, "description", "Lists that ids of other tables index.");
    for (const NameBlock& list : lists) {
      const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
      const hsize_t count = list.count;
      const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
      if (Check(H5Tset_size(type, std::max<uint64_t>(list.width, 1)), "sizing a string type") &&
          Check(H5Tset_strpad(type, H5T_STR_NULLPAD), "padding a string type") &&
          Check(H5Tset_cset(type, H5T_CSET_UTF8), "setting a character set")) {
        AddContiguous(group, list.name, type, space,
                      count > 0 ? list.address : TableBuffer::kAbsent, nullptr);
      }
    }
  }

  void AddSummary(const std::optional<Summary>& summary, bool datasets) {
    if (!summary) return;
    const nlohmann::ordered_json json = ToJson(*summary);
    const Handle group = AddGroup(image_->file(), "summary");
    Text(group, "description", "What the run came to; `json` has it all.");
    Text(group, "json", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (datasets) AddScalars(group, json);
  }

 private:
  // `status` is negative where the call before failed: HDF5's rule for ids and for error codes.
  bool Check(int64_t status, std::string_view action) {
    if (!failure_.empty()) return false;
    if (status >= 0) return true;
    failure_ = fmt::format("{}: {}", action, Hdf5Reason());
    return false;
  }

  Handle AddGroup(hid_t parent, std::string_view name) {
    if (!failure_.empty()) return {};
    const Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    Check(H5Pset_obj_track_times(creation, false), "setting group options");
    // The netCDF library, through which xarray reads, wants to know the order of creation.
    Check(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "setting group options");
    Handle group(H5Gcreate2(parent, std::string(name).c_str(), H5P_DEFAULT, creation, H5P_DEFAULT),
                 H5Gclose);
    Check(group, "creating a group");
    return group;
  }

  void Scalar(hid_t object, std::string_view name, hid_t type, const void* value) {
    if (!failure_.empty()) return;
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute(
        H5Acreate2(object, std::string(name).c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    if (Check(attribute, "creating an attribute")) {
      Check(H5Awrite(attribute, type, value), "writing an attribute");
    }
  }

  static Handle TextType() {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    if (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) return {};
    return type;
  }

  void Text(hid_t object, std::string_view name, std::string_view text) {
    const Handle type = TextType();
    const std::string ended(text);
    const char* pointer = ended.c_str();
    Scalar(object, name, type, &pointer);
  }

  Handle CreationOptions(const void* fill, hid_t type) {
    Handle options(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    Check(H5Pset_obj_track_times(options, false), "setting dataset options");
    // netCDF asks for attributes in order of creation.
    Check(H5Pset_attr_creation_order(options, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "setting dataset options");
    if (fill != nullptr) Check(H5Pset_fill_value(options, type, fill), "setting a fill value");
    return options;
  }

  Handle AddColumn(hid_t group, const Column& column, const TableBuffer::Placement& placement,
                   uint64_t rows) {
    const hid_t type = Hdf5TypeOf(column.type);
    const hsize_t size = rows;
    const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    if (!Check(space, "creating a dataspace")) return {};
    if (placement.chunks.size() > 1) return AddChunked(group, column, type, space, placement);
    const uint64_t address = placement.chunks.empty() ? TableBuffer::kAbsent : placement.chunks[0];
    return AddContiguous(group, column.name, type, space, address, &placement.fill);
  }

  // A dataset in one piece at `address`; with kAbsent it has no place and reads as the fill value.
  Handle AddContiguous(hid_t group, std::string_view name, hid_t type, hid_t space,
                       uint64_t address, const void* fill) {
    const Handle options = CreationOptions(fill, type);
    if (address != TableBuffer::kAbsent) {
      Check(H5Pset_alloc_time(options, H5D_ALLOC_TIME_EARLY), "setting dataset options");
      Check(H5Pset_fill_time(options, H5D_FILL_TIME_NEVER), "setting dataset options");
      image_->PlaceNext(address);
    }
    if (!failure_.empty()) return {};
    Handle dataset(H5Dcreate2(group, std::string(name).c_str(), type, space, H5P_DEFAULT, options,
                              H5P_DEFAULT),
                   H5Dclose);
    Check(dataset, "creating a dataset");
    Check(image_->placed() ? 0 : -1, "placing a dataset");
    return dataset;
  }

  Handle AddChunked(hid_t group, const Column& column, hid_t type, hid_t space,
                    const TableBuffer::Placement& placement) {
    const Handle options = CreationOptions(&placement.fill, type);
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    const hsize_t chunk = kChunkRows;
    Check(H5Pset_chunk(options, 1, &chunk), "setting the chunk size");
    Check(H5Pset_chunk_cache(access, 1, 0, 1.0), "setting the chunk cache");
    if (!failure_.empty()) return {};
    Handle dataset(H5Dcreate2(group, std::string(column.name).c_str(), type, space, H5P_DEFAULT,
                              options, access),
                   H5Dclose);
    if (!Check(dataset, "creating a dataset")) return {};
    const size_t bytes = kChunkRows * BytesOf(column.type);
    if (unread_.size() < bytes) unread_.resize(bytes);
    for (size_t k = 0; k < placement.chunks.size() && failure_.empty(); ++k) {
      if (placement.chunks[k] == TableBuffer::kAbsent) continue;
      image_->PlaceNext(placement.chunks[k]);
      const hsize_t offset = k * chunk;
      // Enters the address into the index; the image drops the bytes, which are in the file.
      Check(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &offset, bytes, unread_.data()),
            "entering a chunk");
      Check(image_->placed() ? 0 : -1, "placing a chunk");
    }
    return dataset;
  }

  // Unit and description by netCDF's names; codes by the flag_values and flag_meanings of the CF
  // conventions (§3.5), which xarray's and pandas' users know.
  void Describe(hid_t dataset, const Column& column) {
    if (!failure_.empty()) return;
    Text(dataset, "units", column.unit);
    Text(dataset, "long_name", column.description);
    if (!column.names.empty()) Text(dataset, "names", fmt::format("/names/{}", column.names));
    if (column.has_missing) {
      Scalar(dataset, "missing_value", Hdf5TypeOf(column.type), &column.missing);
    }
    if (column.meanings.empty()) return;
    std::string meanings;
    std::vector<uint8_t> values;
    for (size_t code = 0; code < column.meanings.size(); ++code) {
      if (code > 0) meanings += ' ';
      meanings += column.meanings[code];
      values.push_back(static_cast<uint8_t>(code));
    }
    Text(dataset, "flag_meanings", meanings);
    const hsize_t count = values.size();
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Handle attribute(
        H5Acreate2(dataset, "flag_values", H5T_STD_U8LE, space, H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    if (Check(attribute, "creating an attribute")) {
      Check(H5Awrite(attribute, H5T_STD_U8LE, values.data()), "writing an attribute");
    }
  }

  // Objects become groups, numbers and texts scalar datasets in the object header.
  void AddScalars(hid_t group, const nlohmann::ordered_json& object) {
    for (const auto& [key, value] : object.items()) {
      if (value.is_object()) {
        const Handle inner = AddGroup(group, key);
        AddScalars(inner, value);
      } else if (value.is_string()) {
        const std::string text = value.get<std::string>();
        const char* pointer = text.c_str();
        AddScalar(group, key, TextType(), &pointer);
      } else if (value.is_number_integer() || value.is_boolean()) {
        const int64_t number = value.is_boolean() ? value.get<bool>() : value.get<int64_t>();
        AddScalar(group, key, Handle(H5Tcopy(H5T_STD_I64LE), H5Tclose), &number);
      } else if (value.is_number() || value.is_null()) {
        const double number =
            value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
        AddScalar(group, key, Handle(H5Tcopy(H5T_IEEE_F64LE), H5Tclose), &number);
      }
      if (!failure_.empty()) return;
    }
  }

  void AddScalar(hid_t group, const std::string& name, const Handle& type, const void* value) {
    const Handle options = CreationOptions(nullptr, -1);
    Check(H5Pset_layout(options, H5D_COMPACT), "setting dataset options");
    if (!failure_.empty()) return;
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle dataset(
        H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, options, H5P_DEFAULT), H5Dclose);
    if (Check(dataset, "creating a scalar")) {
      Check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value), "writing a scalar");
    }
  }

  Hdf5Image* image_;
  std::vector<std::byte> unread_;
  std::string failure_;
};

}  // namespace

CatalogueWriter::CatalogueWriter(BlockFile* file) : file_(file) { file_->Reserve(kPage, kPage); }

Result<void> CatalogueWriter::Build(const Catalogue& catalogue, Hdf5Image* image) const {
  ImageFiller filler(image);
  filler.Root(catalogue.attributes);
  for (const TableBuffer* table : catalogue.tables) filler.AddTable(*table);
  filler.AddNames(catalogue.names);
  filler.AddSummary(catalogue.summary, catalogue.summary_datasets);
  std::string failure = filler.failure();
  if (failure.empty() && !image->Close()) failure = "closing the file image: " + Hdf5Reason();
  if (failure.empty()) return {};
  return MakeError(file_->path(), "HDF5 could not describe the results: " + failure);
}

Result<void> CatalogueWriter::Commit(const Catalogue& catalogue) {
  if (auto status = file_->status(); !status) return status;
  const Hdf5Session session;
  Slot& slot = slots_[next_slot_];
  uint64_t needed = kLeastSlot;
  for (;;) {
    if (slot.size < needed) {
      slot.size = std::bit_ceil(needed);
      slot.address = file_->Reserve(slot.size, kPage);
    }
    Hdf5Image image(slot.address, file_->end());
    if (auto built = Build(catalogue, &image); !built) return built;
    const std::span<const std::byte> metadata = image.metadata();
    needed = metadata.size();
    // The addresses in it hold for this place only, so for a longer one it is built anew.
    if (needed > slot.size) continue;
    file_->Extend();
    const Extent body{slot.address, metadata.data(), metadata.size()};
    file_->Write({&body, 1});
    const Extent head{0, image.superblock().data(), image.superblock().size()};
    file_->Write({&head, 1});
    if (auto status = file_->status(); !status) return status;
    next_slot_ = 1 - next_slot_;
    return {};
  }
}

}  // namespace orrery::results
