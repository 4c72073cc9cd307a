// SPDX-License-Identifier: Apache-2.0
#include "names.h"
#include "printers.h"
#include "tables.h"

namespace xesp::abigen {
namespace {

void constants(std::ostream& out, const std::vector<Constant>& rows, const char* title) {
  out << "\n## " << title << "\n| name | value | meaning |\n|---|---|---|\n";
  for (const Constant& c : rows) out << "| `" << c.name << "` | " << c.value << " | " << c.text << " |\n";
}

}  // namespace

void print_markdown(std::ostream& out) {
  out << "# The card's reference\n"
      << "Printed by `xesp-abigen` from `hls/abi/xesp_abi.h`: change that, not this. Integers are little-endian; "
         "fields that end in `_be` hold the bytes as on the wire.\n"
      << "\n## Registers\n"
      << "AXI4-Lite, 32-bit, 4 KiB for each compute unit. Other offsets read 0 and ignore writes; every access is "
         "answered OKAY.\n\n"
      << "| offset | name | access | meaning |\n|---|---|---|---|\n";
  for (const Register& r : registers())
    out << "| 0x" << hex(r.offset, 3) << (r.bits == 64 ? " (64-bit)" : "") << " | `" << r.name << "` | " << r.access
        << " | " << r.text << " |\n";
  constants(out, run_errors(), "Run errors (`kRegError`)");
  constants(out, ops(), "Operations (`Desc::op`)");
  constants(out, desc_flags(), "Descriptor flags (`Desc::flags`)");
  constants(out, cpl_flags(), "Completion flags (`Completion::flags`)");
  for (const Layout& layout : layouts()) {
    out << "\n## `" << layout.name << "`: " << layout.bytes << " bytes\n"
        << "| offset | bytes | field | meaning |\n|---|---|---|---|\n";
    for (const Field& f : layout.fields)
      out << "| " << f.offset << " | " << f.bytes << " | `" << f.name << "` | " << f.text << " |\n";
  }
  constants(out, sa_flags(), "SA flags (`SaEntry::flags`)");
  out << "\n## Drop reasons (`Completion::status`, counters at `kRegCounters` + 4 * id)\n"
      << "| id | name | counter | meaning |\n|---|---|---|---|\n";
  for (const DropReasonRow& r : drop_reasons())
    out << "| " << r.id << " | `" << r.name << "` | `" << r.counter << "` | " << r.text << " |\n";
  constants(out, geometry(), "Geometry");
}

}  // namespace xesp::abigen
