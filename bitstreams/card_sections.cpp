// SPDX-License-Identifier: Apache-2.0
//
// The binary sections that tell XRT of the card: one memory bank, two compute units, every pointer argument in that
// bank.
#include <xclbin.h>

#include <cstring>

#include "kernel_args.h"
#include "platform.h"
#include "xclbin_writer.h"

namespace xesp::xclbin {
namespace {

using hwemu::kCuWindows;

// { count, Entry[] } with the first entry where the public struct has it.
template <typename Entry>
Blob table(const std::vector<Entry>& entries, size_t first) {
  Blob blob(first + entries.size() * sizeof(Entry));
  const auto count = static_cast<int32_t>(entries.size());
  std::memcpy(blob.data(), &count, sizeof(count));
  std::memcpy(blob.data() + first, entries.data(), entries.size() * sizeof(Entry));
  return blob;
}

}  // namespace

Blob mem_topology_section() {
  mem_data bank{};
  bank.m_type = MEM_DDR4;
  bank.m_used = 1;
  bank.m_size = hwemu::kMemoryBytes / 1024;
  bank.m_base_address = hwemu::kMemoryBase;
  std::strncpy(reinterpret_cast<char*>(bank.m_tag), hwemu::kMemoryTag, sizeof(bank.m_tag) - 1);
  return table<mem_data>({bank}, offsetof(mem_topology, m_mem_data));
}

Blob ip_layout_section() {
  std::vector<ip_data> units;
  for (const hwemu::CuWindow& window : kCuWindows) {
    ip_data unit{};
    unit.m_type = IP_KERNEL;
    unit.properties = AP_CTRL_HS << IP_CONTROL_SHIFT;  // no interrupt
    unit.m_base_address = window.base;
    const std::string name = std::string(window.kernel) + ":" + window.instance;
    std::strncpy(reinterpret_cast<char*>(unit.m_name), name.c_str(), sizeof(unit.m_name) - 1);
    units.push_back(unit);
  }
  return table(units, offsetof(ip_layout, m_ip_data));
}

Blob connectivity_section() {
  std::vector<connection> connections;
  for (int32_t unit = 0; unit < static_cast<int32_t>(kCuWindows.size()); ++unit) {
    for (int32_t id = 0; id < static_cast<int32_t>(kKernelArgs.size()); ++id) {
      if (kKernelArgs[id].pointer) connections.push_back({id, unit, 0});
    }
  }
  return table(connections, offsetof(connectivity, m_connection));
}

}  // namespace xesp::xclbin
