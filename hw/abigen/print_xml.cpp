// SPDX-License-Identifier: Apache-2.0
#include "names.h"
#include "printers.h"
#include "tables.h"
#include "xesp_abi.h"

namespace xesp::abigen {
namespace {

std::string attribute_hex(uint64_t value) { return "\"0x" + hex(value, 1) + "\""; }

void ports(std::ostream& out, const std::string& indent) {
  for (const char* master : {"m_axi_desc", "m_axi_data"})
    out << indent << "<port name=\"" << master << "\" portType=\"addressable\" mode=\"master\" base=\"0x0\" "
        << "range=\"0xFFFFFFFFFFFFFFFF\" dataWidth=\"512\"/>\n";
  out << indent << "<port name=\"s_axi_control\" portType=\"addressable\" mode=\"slave\" base=\"0x0\" range="
      << attribute_hex(abi::kRegRange) << " dataWidth=\"32\"/>\n";
}

void args(std::ostream& out, const std::string& indent) {
  int id = 0;
  for (const Argument& a : arguments()) {
    const char* size = a.pointer ? "\"0x8\"" : "\"0x4\"";
    out << indent << "<arg name=\"" << a.name << "\" addressQualifier=\"" << (a.pointer ? 1 : 0) << "\" id=\"" << id++
        << "\" port=\"" << a.port << "\" size=" << size << " offset=" << attribute_hex(a.offset)
        << " hostOffset=\"0x0\" hostSize=" << size << " type=\"" << a.type << "\"/>\n";
  }
}

}  // namespace

void print_kernel_xml(std::ostream& out, const std::string& kernel) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << "<root versionMajor=\"1\" versionMinor=\"6\">\n"
      << "  <kernel name=\"" << kernel << "\" language=\"ip_c\" vlnv=\"xesp:kernel:" << kernel
      << ":1.0\" attributes=\"\" preferredWorkGroupSizeMultiple=\"0\" workGroupSize=\"1\" interrupt=\"false\" "
      << "hwControlProtocol=\"ap_ctrl_hs\">\n"
      << "    <ports>\n";
  ports(out, "      ");
  out << "    </ports>\n"
      << "    <args>\n";
  args(out, "      ");
  out << "    </args>\n"
      << "  </kernel>\n"
      << "</root>\n";
}

}  // namespace xesp::abigen
