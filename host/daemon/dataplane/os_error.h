// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_OS_ERROR_H
#define XESP_DAEMON_DATAPLANE_OS_ERROR_H

#include <cerrno>
#include <string>
#include <system_error>

#include "xesp/error.h"

namespace xesp::dataplane {

/// Error with the system's text; kDenied where the cause is a missing right. `error` is an errno value, either sign.
inline Error os_error(int error, const std::string& what) {
  const int code = error < 0 ? -error : error;
  const std::string text = what + ": " + std::generic_category().message(code);
  if (code == EPERM || code == EACCES)
    return Error(ErrorCode::kDenied, text + "; xespd needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF (run it as root)");
  return Error(ErrorCode::kOs, text);
}

}  // namespace xesp::dataplane
#endif
