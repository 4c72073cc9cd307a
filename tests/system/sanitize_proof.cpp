// SPDX-License-Identifier: Apache-2.0
//
// Does what a sanitizer must tell of, as a process that is closed as xespd is: scripts/sanitize.sh runs it first, for a
// run without reports says nothing unless reports would be seen.
//   sanitize_proof race|overflow|leak
#include <cstdio>
#include <cstring>
#include <thread>

#include "harden.h"

namespace {

int shared;

void race() {
  std::thread other([] { ++shared; });
  ++shared;
  other.join();
}

void overflow() {
  char* bytes = new char[8];
  const volatile size_t at = 8;
  bytes[at] = 1;
  delete[] bytes;
}

}  // namespace

int main(int argc, char** argv) {
  const char* what = argc == 2 ? argv[1] : "";
  xesp::keep_memory_private();
  xesp::prepare_signals();
  if (std::strcmp(what, "race") == 0) {
    race();
  } else if (std::strcmp(what, "overflow") == 0) {
    overflow();
  } else if (std::strcmp(what, "leak") == 0) {
    for (int i = 0; i < 8; ++i)
      std::snprintf(new char[64], 64, "%d", i);  // more than one, for a register may hold the last
  } else {
    std::fputs("usage: sanitize_proof race|overflow|leak\n", stderr);
    return 64;
  }
  return 0;
}
