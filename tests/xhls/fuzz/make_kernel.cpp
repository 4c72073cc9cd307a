// SPDX-License-Identifier: Apache-2.0
//
// xhls-make-kernel NAME SEED [ATTEMPT]: a random kernel within the subset, on standard output. The same seed and
// attempt give the same text.
#include <cstdlib>
#include <exception>
#include <iostream>

#include "kernel.h"

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::cerr << "Usage: xhls-make-kernel NAME SEED [ATTEMPT]\n";
    return 2;
  }
  try {
    std::cout << xhls_fuzz::Kernel(argv[1], std::strtoull(argv[2], nullptr, 0),
                                   argc == 4 ? std::strtoull(argv[3], nullptr, 0) : 0)
                     .text();
  } catch (const std::exception& e) {
    std::cerr << "xhls-make-kernel: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
