// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_PRIVATE_FILE_H
#define XESP_CLI_PRIVATE_FILE_H

#include <string>

namespace xesp::cli {

enum class Holds { kPackets, kKeys };

/// Makes, or replaces, a file with mode 0600 and opens it to be written; the caller closes it. What belongs to somebody
/// else, is a symbolic link or has another name is refused. Packets may go to a device or a FIFO of the caller's own,
/// keys to a regular file alone. @throws Error(kOs) with the reason
int open_private(const std::string& path, Holds holds);

}  // namespace xesp::cli
#endif
