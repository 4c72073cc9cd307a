// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_NOTIFY_H
#define XESP_DAEMON_NOTIFY_H

#include <string>

namespace xesp {

/// Tells a service manager ("READY=1", sd_notify(3)); nothing without one.
void notify_manager(const std::string& state) noexcept;

}  // namespace xesp
#endif
