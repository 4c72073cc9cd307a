// SPDX-License-Identifier: Apache-2.0
// xespd's configuration file: settings or errors that say where, never anything else.
#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int fd = memfd_create("config", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) return 0;
  std::vector<xesp::Error> errors;
  for (const xesp::Setting& s : xesp::read_settings(path, errors)) {
    xesp::fuzz::require(!s.where.empty(), "a setting has a place");
  }
  return 0;
}
