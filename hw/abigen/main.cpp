// SPDX-License-Identifier: Apache-2.0
//
// xesp-abigen: prints what other languages need of the card's ABI.
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "printers.h"
#include "tables.h"
#include "xesp_abi.h"

int main(int argc, char** argv) {
  using namespace xesp;
  const std::map<std::string, std::function<void(std::ostream&)>> printers = {
      {"abi-sv", abigen::print_abi_package},
      {"streams-sv", abigen::print_streams_package},
      {"kernel-xml-out", [](std::ostream& out) { abigen::print_kernel_xml(out, abi::kKernelOut); }},
      {"kernel-xml-in", [](std::ostream& out) { abigen::print_kernel_xml(out, abi::kKernelIn); }},
      {"markdown", abigen::print_markdown},
  };
  const auto chosen = argc == 2 || argc == 3 ? printers.find(argv[1]) : printers.end();
  if (chosen == printers.end()) {
    std::cerr << "usage: xesp-abigen WHAT [FILE]\nWHAT is one of:";
    for (const auto& [name, printer] : printers) std::cerr << ' ' << name;
    std::cerr << '\n';
    return 64;
  }
  if (const std::string where = abigen::incomplete(abigen::layouts()); !where.empty()) {
    std::cerr << "xesp-abigen: hw/abigen/tables.cpp does not match xesp_abi.h at " << where << '\n';
    return 1;
  }
  if (argc == 2) {
    chosen->second(std::cout);
    return 0;
  }
  std::ofstream file(argv[2]);
  chosen->second(file);
  file.flush();
  if (!file) {
    std::cerr << "xesp-abigen: cannot write " << argv[2] << '\n';
    return 1;
  }
  return 0;
}
