// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XCLBIN_INFO_H
#define XESP_XCLBIN_INFO_H

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace xesp::xclbin {

/// What is wrong with an xclbin, in one line, without the file's name.
class BadXclbin : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Section {
  uint32_t kind = 0;
  std::string name;
  uint64_t offset = 0;
  uint64_t size = 0;
};

struct ComputeUnit {
  std::string name;  // kernel:instance
  uint64_t base = 0;
};

struct Memory {
  std::string tag;
  uint64_t base = 0;
  uint64_t bytes = 0;
  bool used = false;
};

struct Connection {
  int32_t argument = 0;
  int32_t compute_unit = 0;  // index into Info::compute_units
  int32_t memory = 0;        // index into Info::memories
};

struct Info {
  bool hw_emu = false;  // else for a card
  std::string uuid;
  std::string platform;
  std::vector<Section> sections;
  std::vector<ComputeUnit> compute_units;
  std::vector<Memory> memories;
  std::vector<Connection> connections;

  bool has_compute_unit(const std::string& kernel) const;
};

/// Reads what we need of an xclbin; every offset and count is checked against the bytes at hand.
/// @throws BadXclbin
Info parse(std::span<const uint8_t> file);

std::string section_kind_name(uint32_t kind);

}  // namespace xesp::xclbin
#endif
