// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_HARDEN_H
#define XESP_DAEMON_HARDEN_H

namespace xesp {

/// Keeps keys in this process: no core dumps, no ptrace by other processes of the same user; files that it
/// makes are for its user alone. @throws Error(kOs)
void keep_memory_private();

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts, for signalfd; ignores SIGPIPE.
void prepare_signals();

}  // namespace xesp
#endif
