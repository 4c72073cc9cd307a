// SPDX-License-Identifier: Apache-2.0
#ifndef XHLS_EMIT_H
#define XHLS_EMIT_H

#include <string>
#include <vector>

#include "module.h"

namespace xhls {

std::string emit_verilog(const Module& m);
std::string emit_ports_header(const Module& top);  // X-macro list of the streams, for C++ benches
std::string emit_report(const std::vector<const Module*>& modules, double budget);

}  // namespace xhls

#endif
