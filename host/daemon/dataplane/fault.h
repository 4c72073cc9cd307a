// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_FAULT_H
#define XESP_DAEMON_DATAPLANE_FAULT_H

#include <atomic>
#include <mutex>
#include <string>

#include "xesp/error.h"

namespace xesp::dataplane {

/// The first error that ended the packet side, for all threads.
class Fault {
 public:
  void set(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (text_.empty()) text_ = text;
    raised_ = true;
  }
  bool raised() const { return raised_; }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  /// @throws Error(kIo) once it is set.
  void check() const {
    if (raised()) throw Error(ErrorCode::kIo, text());
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::atomic<bool> raised_ = false;
};

}  // namespace xesp::dataplane
#endif
