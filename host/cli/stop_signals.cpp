// SPDX-License-Identifier: Apache-2.0
#include "stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "xesp/error.h"

namespace xesp::cli {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = signalfd(-1, &set, SFD_CLOEXEC);
  if (fd_ < 0) throw Error(ErrorCode::kOs, std::string("signalfd: ") + errno_text(errno));
}

StopSignals::~StopSignals() {
  close(fd_);
}

}  // namespace xesp::cli
