// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_ATTACHMENT_H
#define XESP_DAEMON_DATAPLANE_ATTACHMENT_H

#include <string>

#include "interface.h"
#include "unique_fd.h"

namespace xesp::dataplane {

enum class AttachMode { kNative, kGeneric, kTakenOver };
const char* attach_mode_name(AttachMode mode);

/// An XDP program on an interface by bpf_link. Pinned, it outlives the process and the next xespd swaps its program in
/// one step; not pinned, it goes with this object.
class Attachment {
 public:
  /// Takes over the link at `pin` if there is one, else attaches: natively if `native`, and generically where the
  /// driver can't (mode() tells). `pin` empty: no pin.
  /// @throws Error(kOs, kDenied, kUnavailable) with the cause and the fix.
  Attachment(int program, const Interface& interface, bool native, const std::string& pin);

  AttachMode mode() const { return mode_; }
  /// Why native mode was not to be had, or empty.
  const std::string& fallback_cause() const { return fallback_cause_; }

 private:
  bool take_over(int program, const Interface& interface, const std::string& pin);
  void attach(int program, const Interface& interface, bool native);

  UniqueFd link_;
  AttachMode mode_ = AttachMode::kNative;
  std::string fallback_cause_;
};

}  // namespace xesp::dataplane
#endif
