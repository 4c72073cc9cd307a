// SPDX-License-Identifier: Apache-2.0
#include "names.h"
#include "printers.h"
#include "tables.h"

namespace xesp::abigen {
namespace {

void head(std::ostream& out, const char* package, const char* source) {
  out << "// SPDX-License-Identifier: Apache-2.0\n"
      << "// Printed by xesp-abigen from " << source << ": change that, not this.\n"
      << "/* verilator lint_off UNUSEDPARAM */\n"
      << "package " << package << ";\n";
}

void tail(std::ostream& out) {
  out << "endpackage\n"
      << "/* verilator lint_on UNUSEDPARAM */\n";
}

void constant(std::ostream& out, const std::string& name, uint64_t value, int bits, const std::string& text) {
  out << "  localparam logic [" << bits - 1 << ":0] " << name << " = " << bits << "'h" << hex(value, (bits + 3) / 4)
      << ";  // " << text << "\n";
}

}  // namespace

void print_abi_package(std::ostream& out) {
  head(out, "xesp_abi_pkg", "hls/abi/xesp_abi.h");
  out << "  // Geometry\n";
  for (const Constant& c : geometry()) {
    if (c.name == "kMagic" || c.name == "kVersion")
      constant(out, sv_name(c.name), c.value, c.bits, c.text);
    else
      out << "  localparam int unsigned " << sv_name(c.name) << " = " << c.value << ";  // " << c.text << "\n";
  }
  out << "\n  // Registers: offsets in the 4 KiB of s_axi_control\n";
  for (const Register& r : registers()) constant(out, sv_name(r.name), r.offset, 12, r.access);
  out << "\n  // RunError bits of REG_ERROR\n";
  for (const Constant& c : run_errors()) constant(out, sv_name(c.name), c.value, c.bits, c.text);
  out << "\n  // Desc.op\n";
  for (const Constant& c : ops()) constant(out, sv_name(c.name), c.value, c.bits, c.text);
  out << "\n  // Desc.flags, Completion.flags\n";
  for (const Constant& c : desc_flags()) constant(out, sv_name(c.name), c.value, c.bits, c.text);
  for (const Constant& c : cpl_flags()) constant(out, sv_name(c.name), c.value, c.bits, c.text);
  out << "\n  // Completion.status\n";
  for (const DropReasonRow& r : drop_reasons())
    constant(out, sv_name(r.name), static_cast<uint64_t>(r.id), 8, r.text);
  out << "\n  // SaEntry.flags\n";
  for (const Constant& c : sa_flags()) constant(out, sv_name(c.name), c.value, c.bits, c.text);
  for (const Layout& layout : layouts()) {
    out << "\n  // " << layout.name << ": lowest bit and width of each field, byte 0 in bits 7:0\n";
    for (const Field& f : layout.fields) {
      const std::string name = upper(layout.name) + "_" + upper(f.name);
      out << "  localparam int unsigned " << name << "_LSB = " << 8 * f.offset << ";\n"
          << "  localparam int unsigned " << name << "_W = " << 8 * f.bytes << ";\n";
    }
  }
  tail(out);
}

void print_streams_package(std::ostream& out) {
  head(out, "xesp_streams_pkg", "hls/kernels/streams.h");
  for (const StreamWidth& s : stream_widths())
    out << "  localparam int unsigned " << sv_name(s.name) << " = " << s.bits << ";\n";
  tail(out);
}

}  // namespace xesp::abigen
