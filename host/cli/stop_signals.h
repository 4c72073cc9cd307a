// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_STOP_SIGNALS_H
#define XESP_CLI_STOP_SIGNALS_H

namespace xesp::cli {

/// SIGTERM and Ctrl-C, as something that can be waited for. They are blocked from then on.
class StopSignals {
 public:
  /// @throws Error(kOs)
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  /// Readable when one has come.
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

}  // namespace xesp::cli
#endif
