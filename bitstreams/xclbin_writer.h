// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XCLBIN_WRITER_H
#define XESP_XCLBIN_WRITER_H

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace xesp::xclbin {

using Blob = std::vector<uint8_t>;

struct SectionData {
  uint32_t kind;     // axlf_section_kind
  std::string name;  // up to 15 characters
  Blob data;
};

/// An hw_emu xclbin of these sections. The uuid is made from the content: XRT takes equal uuids for equal files, and
/// the same input gives the same bytes.
Blob write_hw_emu(const std::string& platform, std::span<const SectionData> sections);

// Contents of the sections that describe the xesp card on its emulated platform (sim/hwemu/platform.h).
Blob mem_topology_section();
Blob ip_layout_section();
Blob connectivity_section();
/// The kernels' ports and arguments as XML, from the ABI header.
Blob metadata_section(const std::string& platform);

}  // namespace xesp::xclbin
#endif
