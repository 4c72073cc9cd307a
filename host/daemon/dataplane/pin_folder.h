// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_PIN_FOLDER_H
#define XESP_DAEMON_DATAPLANE_PIN_FOLDER_H

#include <string>

namespace xesp::dataplane {

/// Makes the folder if its parent is on a bpffs.
/// @throws Error(kUnavailable) if it isn't, with the command that mounts one, Error(kOs, kDenied)
void make_pin_folder(const std::string& path);

}  // namespace xesp::dataplane
#endif
