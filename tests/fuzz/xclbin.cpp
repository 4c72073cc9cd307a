// SPDX-License-Identifier: Apache-2.0
// An xclbin's sections, compute units and memories.
#include "input.h"
#include "xclbin_info.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const xesp::xclbin::Info info = xesp::xclbin::parse({data, size});
    for (const auto& s : info.sections) {
      xesp::fuzz::require(s.offset <= size && s.size <= size - s.offset, "a section lies in the file");
      xesp::xclbin::section_kind_name(s.kind);
    }
  } catch (const xesp::xclbin::BadXclbin& e) {
    xesp::fuzz::require(*e.what() != 0, "an error says something");
  }
  return 0;
}
