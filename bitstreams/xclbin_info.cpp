// SPDX-License-Identifier: Apache-2.0
#include "xclbin_info.h"

#include <xclbin.h>

#include <algorithm>
#include <cstring>

namespace xesp::xclbin {
namespace {

using Bytes = std::span<const uint8_t>;

// A copy of the struct at `offset`: the file's alignment is not to be relied on.
template <typename T>
T take(Bytes bytes, uint64_t offset, const char* what) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    throw BadXclbin(std::string("truncated in ") + what);
  }
  T value{};
  std::memcpy(static_cast<void*>(&value), bytes.data() + offset, sizeof(T));
  return value;
}

template <size_t N, typename Char>
std::string text(const Char (&field)[N]) {
  const auto* begin = reinterpret_cast<const char*>(field);
  return {begin, std::find(begin, begin + N, '\0')};
}

// Sections of the form { count, Entry[count] }, with the first entry at `first`.
template <typename Count, typename Entry>
std::vector<Entry> table(Bytes section, size_t first, const char* what) {
  const auto count = take<Count>(section, 0, what);
  if (count < 0 || first > section.size() || static_cast<uint64_t>(count) > (section.size() - first) / sizeof(Entry)) {
    throw BadXclbin(std::string(what) + " announces " + std::to_string(count) + " entries, more than it holds");
  }
  std::vector<Entry> entries;
  entries.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    entries.push_back(take<Entry>(section, first + static_cast<size_t>(i) * sizeof(Entry), what));
  }
  return entries;
}

std::string uuid_text(const xuid_t& uuid) {
  char out[UUID_STR_LEN];
  uuid_unparse_lower(uuid, out);
  return out;
}

void parse_section(Info& info, uint32_t kind, Bytes bytes) {
  switch (kind) {
    case MEM_TOPOLOGY:
      for (const auto& entry : table<int32_t, mem_data>(bytes, offsetof(mem_topology, m_mem_data), "MEM_TOPOLOGY")) {
        info.memories.push_back({text(entry.m_tag), entry.m_base_address, entry.m_size * 1024, entry.m_used != 0});
      }
      break;
    case IP_LAYOUT:
      for (const auto& entry : table<int32_t, ip_data>(bytes, offsetof(ip_layout, m_ip_data), "IP_LAYOUT")) {
        info.compute_units.push_back({text(entry.m_name), entry.m_base_address});
      }
      break;
    case CONNECTIVITY:
      for (const auto& entry :
           table<int32_t, connection>(bytes, offsetof(connectivity, m_connection), "CONNECTIVITY")) {
        info.connections.push_back({entry.arg_index, entry.m_ip_layout_index, entry.mem_data_index});
      }
      break;
    default:
      break;
  }
}

void check_connections(const Info& info) {
  for (const Connection& c : info.connections) {
    if (c.compute_unit < 0 || static_cast<size_t>(c.compute_unit) >= info.compute_units.size() || c.memory < 0 ||
        static_cast<size_t>(c.memory) >= info.memories.size()) {
      throw BadXclbin("CONNECTIVITY names a compute unit or memory that is not there");
    }
  }
}

}  // namespace

bool Info::has_compute_unit(const std::string& kernel) const {
  return std::ranges::any_of(compute_units,
                             [&](const ComputeUnit& unit) { return unit.name.starts_with(kernel + ":"); });
}

Info parse(Bytes file) {
  static constexpr char kMagic[8] = {'x', 'c', 'l', 'b', 'i', 'n', '2', '\0'};
  if (file.size() < sizeof(kMagic) || std::memcmp(file.data(), kMagic, sizeof(kMagic)) != 0) {
    throw BadXclbin("not an xclbin: it doesn't begin with \"xclbin2\"");
  }
  // The struct ends with the first of m_numSections section headers.
  constexpr size_t kHeadersAt = offsetof(axlf, m_sections);
  const auto header = take<axlf_header>(file, offsetof(axlf, m_header), "the header");
  if (header.m_length != file.size()) {
    throw BadXclbin("truncated or padded: the header says " + std::to_string(header.m_length) +
                    " bytes, the file has " + std::to_string(file.size()));
  }
  if (header.m_numSections > XCLBIN_MAX_NUM_SECTION) throw BadXclbin("more sections than the format allows");

  Info info;
  info.hw_emu = header.m_mode == XCLBIN_HW_EMU || header.m_mode == XCLBIN_HW_EMU_PR;
  info.uuid = uuid_text(header.uuid);
  info.platform = text(header.m_platformVBNV);
  for (uint32_t i = 0; i < header.m_numSections; ++i) {
    const auto section =
        take<axlf_section_header>(file, kHeadersAt + uint64_t{i} * sizeof(axlf_section_header), "the section headers");
    const std::string name = section_kind_name(section.m_sectionKind);
    if (section.m_sectionOffset > file.size() || section.m_sectionSize > file.size() - section.m_sectionOffset) {
      throw BadXclbin("section " + name + " lies outside the file");
    }
    info.sections.push_back(
        {section.m_sectionKind, text(section.m_sectionName), section.m_sectionOffset, section.m_sectionSize});
    parse_section(info, section.m_sectionKind, file.subspan(section.m_sectionOffset, section.m_sectionSize));
  }
  check_connections(info);
  return info;
}

std::string section_kind_name(uint32_t kind) {
  switch (kind) {
    case BITSTREAM:
      return "BITSTREAM";
    case EMBEDDED_METADATA:
      return "EMBEDDED_METADATA";
    case MEM_TOPOLOGY:
      return "MEM_TOPOLOGY";
    case CONNECTIVITY:
      return "CONNECTIVITY";
    case IP_LAYOUT:
      return "IP_LAYOUT";
    case BUILD_METADATA:
      return "BUILD_METADATA";
    case CLOCK_FREQ_TOPOLOGY:
      return "CLOCK_FREQ_TOPOLOGY";
    default:
      return "kind " + std::to_string(kind);
  }
}

}  // namespace xesp::xclbin
