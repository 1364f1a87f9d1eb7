#include "sim/results/hdf5_image.h"

#include <algorithm>
#include <cstring>

namespace orrery::results {

// The functions that H5FD_class_t asks for. HDF5 calls them from C: none may throw past it.
struct Hdf5Image::Driver {
  struct File {
    H5FD_t header;  // the library's part: must come first
    Hdf5Image* image;
  };

  static Hdf5Image& Image(const H5FD_t* file) {
    return *reinterpret_cast<const File*>(file)->image;
  }

  // The library hands a driver's settings round by copies; they are one pointer to the image.
  static H5FD_t* Open(const char*, unsigned, hid_t access, haddr_t) {
    auto* const* image = static_cast<Hdf5Image* const*>(H5Pget_driver_info(access));
    if (image == nullptr) return nullptr;
    return &(new File{{}, *image})->header;
  }

  static herr_t Close(H5FD_t* file) {
    delete reinterpret_cast<File*>(file);
    return 0;
  }

  // No features: above all no collecting of small allocations into larger ones, which would take
  // the choice of addresses out of our hands.
  static herr_t Query(const H5FD_t*, unsigned long* flags) {
    if (flags != nullptr) *flags = 0;
    return 0;
  }

  static haddr_t Allocate(H5FD_t* file, H5FD_mem_t type, hid_t, hsize_t size) {
    Hdf5Image& image = Image(file);
    if (image.superblock_.empty()) {
      image.superblock_.resize(size);  // the library asks for it first and wants it at 0
      return 0;
    }
    if (type == H5FD_MEM_DRAW && image.next_raw_) {
      const uint64_t address = *image.next_raw_;
      image.next_raw_.reset();
      return address;
    }
    const uint64_t address = image.next_;
    image.next_ += (size + 7) / 8 * 8;
    return address;
  }

  static herr_t Free(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, hsize_t) { return 0; }

  // Zero before the superblock is there: a new file.
  static haddr_t End(const H5FD_t* file, H5FD_mem_t) {
    const Hdf5Image& image = Image(file);
    return image.superblock_.empty() ? 0 : std::max(image.file_end_, image.next_);
  }
  static herr_t SetEnd(H5FD_t*, H5FD_mem_t, haddr_t) { return 0; }

  // The bytes at `address` that the image holds; nullptr for raw data.
  static std::byte* Find(Hdf5Image& image, haddr_t address, size_t size) {
    if (address + size <= image.superblock_.size()) return image.superblock_.data() + address;
    if (address < image.base_ || address + size > image.next_) return nullptr;
    const size_t end = address - image.base_ + size;
    if (image.metadata_.size() < end) image.metadata_.resize(end);
    return image.metadata_.data() + (address - image.base_);
  }

  static herr_t Read(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size, void* bytes) {
    const std::byte* found = Find(Image(file), address, size);
    if (found == nullptr) return -1;
    std::memcpy(bytes, found, size);
    return 0;
  }

  static herr_t Write(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, size_t size,
                      const void* bytes) {
    std::byte* found = Find(Image(file), address, size);
    if (found != nullptr) std::memcpy(found, bytes, size);
    return 0;
  }

  // Registered once for the process; HDF5 keeps a pointer to the struct.
  static hid_t Register() {
    static const H5FD_class_t functions = [] {
      H5FD_class_t made = {};
      made.name = "orrery image";
      made.maxaddr = HADDR_MAX / 2;
      made.fc_degree = H5F_CLOSE_STRONG;
      made.fapl_size = sizeof(Hdf5Image*);
      made.open = Open;
      made.close = Close;
      made.query = Query;
      made.alloc = Allocate;
      made.free = Free;
      made.get_eoa = End;
      made.set_eoa = SetEnd;
      made.get_eof = End;
      made.read = Read;
      made.write = Write;
      return made;  // fl_map stays all H5FD_MEM_DEFAULT: every kind of memory is one's own
    }();
    static const hid_t id = H5FDregister(&functions);
    return id;
  }
};

Hdf5Image::Hdf5Image(uint64_t base, uint64_t file_end)
    : base_(base), next_(base), file_end_(file_end) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  Hdf5Image* self = this;
  if (H5Pset_driver(access, Driver::Register(), &self) < 0 ||
      // The formats of 1.10: larger attributes, checksums, and an index of chunks that is an array.
      H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0 ||
      H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ||
      // Wall-clock times in the file would make equal runs unequal.
      H5Pset_obj_track_times(creation, false) < 0) {
    return;
  }
  file_ = H5Fcreate("orrery image", H5F_ACC_TRUNC, creation, access);
}

Hdf5Image::~Hdf5Image() {
  if (file_ >= 0) H5Fclose(file_);
}

bool Hdf5Image::Close() {
  const hid_t file = std::exchange(file_, -1);
  if (file < 0 || H5Fclose(file) < 0) return false;
  metadata_.resize(next_ - base_);
  return true;
}

}  // namespace orrery::results
