// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_TAP_STREAM_H
#define XESP_DAEMON_TAP_STREAM_H

#include <memory>
#include <string>
#include <vector>

#include "control/tap.h"
#include "dataplane/unique_fd.h"

namespace xesp {

/// A tap that is open: what goes to its reader, and what keeps it.
struct TapStream {
  dataplane::UniqueFd fd;               ///< the reader's end of a socket of records (control/tap.h)
  std::shared_ptr<void> keeper;         ///< gone, the tap ends
  std::vector<std::string> interfaces;  ///< names, in the order of TapRecord::interface
};

}  // namespace xesp
#endif
