// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ABIGEN_PRINTERS_H
#define XESP_ABIGEN_PRINTERS_H

#include <ostream>
#include <string>

namespace xesp::abigen {

/// xesp_abi_pkg: the header's constants for SystemVerilog.
void print_abi_package(std::ostream& out);
/// xesp_streams_pkg: widths of the streams between the kernels.
void print_streams_package(std::ostream& out);
/// kernel.xml of one kernel, as packaging for a card takes it.
void print_kernel_xml(std::ostream& out, const std::string& kernel);
/// The programmer's reference.
void print_markdown(std::ostream& out);

}  // namespace xesp::abigen
#endif
