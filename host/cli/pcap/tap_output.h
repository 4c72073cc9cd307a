// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_TAP_OUTPUT_H
#define XESP_CLI_TAP_OUTPUT_H

#include <cstdint>
#include <string>
#include <vector>

#include "control/tap.h"

namespace xesp::cli {

/// A pcapng file, or stream, of tap records.
class TapOutput {
 public:
  /// `path`: a file, made or replaced with mode 0600, or - for standard output. @throws Error(kOs)
  TapOutput(const std::string& path, const std::vector<std::string>& interfaces, uint32_t snap_length);
  ~TapOutput();
  TapOutput(const TapOutput&) = delete;
  TapOutput& operator=(const TapOutput&) = delete;

  /// Whoever reads has each record at once. False when nobody reads any more. @throws Error(kOs)
  bool write(const control::TapRecord& record);
  /// Writes what was captured and lost. @throws Error(kOs)
  void finish();

 private:
  bool put(const std::vector<uint8_t>& bytes);

  std::string path_;
  int fd_ = -1;
  std::vector<uint64_t> captured_;  ///< by interface
  uint64_t lost_ = 0;
  uint64_t last_time_ns_ = 0;
};

}  // namespace xesp::cli
#endif
