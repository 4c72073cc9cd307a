// SPDX-License-Identifier: Apache-2.0
//
// EMBEDDED_METADATA: the kernels as XRT's native API reads them, project/platform/device/core/kernel.
#include <sstream>

#include "kernel_args.h"
#include "platform.h"
#include "xclbin_writer.h"

namespace xesp::xclbin {
namespace {

void kernel(std::ostream& xml, const hwemu::CuWindow& window) {
  xml << "        <kernel name=\"" << window.kernel
      << "\" language=\"ip_c\" type=\"pl\" hwControlProtocol=\"ap_ctrl_hs\""
      << " workGroupSize=\"1\" interrupt=\"false\">\n"
      << "          <port name=\"S_AXI_CONTROL\" mode=\"slave\" portType=\"addressable\" base=\"0x0\" range=\"0x"
      << abi::kRegRange << "\" dataWidth=\"32\"/>\n";
  for (const char* master : {"M_AXI_DATA", "M_AXI_DESC"}) {
    xml << "          <port name=\"" << master << "\" mode=\"master\" portType=\"addressable\" base=\"0x0\""
        << " range=\"0xFFFFFFFFFFFFFFFF\" dataWidth=\"0x" << abi::kBeatBytes * 8 << "\"/>\n";
  }
  for (size_t id = 0; id < kKernelArgs.size(); ++id) {
    const KernelArg& arg = kKernelArgs[id];
    const unsigned size = arg.pointer ? 8 : 4;
    xml << "          <arg id=\"" << id << "\" name=\"" << arg.name << "\" addressQualifier=\"" << (arg.pointer ? 1 : 0)
        << "\" port=\"" << arg.port << "\" size=\"0x" << size << "\" offset=\"0x" << arg.offset
        << "\" hostOffset=\"0x0\""
        << " hostSize=\"0x" << size << "\" type=\"" << (arg.pointer ? "void*" : "uint") << "\"/>\n";
  }
  xml << "          <instance name=\"" << window.instance << "\">\n"
      << "            <addrRemap base=\"0x" << window.base << "\" port=\"S_AXI_CONTROL\"/>\n"
      << "          </instance>\n"
      << "        </kernel>\n";
}

}  // namespace

Blob metadata_section(const std::string& platform) {
  std::ostringstream xml;
  xml << std::hex  // every number here but arg ids (below 10) carries 0x
      << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << "<project name=\"xesp\">\n"
      << "  <platform vendor=\"xesp\" boardid=\"hw_emu\" name=\"" << platform << "\" featureRomTime=\"0\">\n"
      << "    <device name=\"fpga0\" fpgaDevice=\"xesp:emulated\">\n"
      << "      <core name=\"OCL_REGION_0\" target=\"hw_em\" type=\"clc_region\" numComputeUnits=\""
      << hwemu::kCuWindows.size() << "\">\n";
  for (const hwemu::CuWindow& window : hwemu::kCuWindows) kernel(xml, window);
  xml << "      </core>\n    </device>\n  </platform>\n</project>\n";
  const std::string text = xml.str();
  return {text.begin(), text.end()};
}

}  // namespace xesp::xclbin
