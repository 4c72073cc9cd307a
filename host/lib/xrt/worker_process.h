// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_WORKER_PROCESS_H
#define XESP_XRT_WORKER_PROCESS_H

#include <sys/types.h>

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "worker_protocol.h"

namespace xesp::worker {

/// A folder of our own in /tmp, mode 0700, removed with all it holds. XRT puts hw_emu's sockets into /tmp/$USER and its
/// run directory where SDACCEL_EM_RUN_DIR says: both are pointed here, so nobody else can listen and nothing is left
/// over.
class PrivateFolder {
 public:
  PrivateFolder();  ///< @throws Error(kOs)
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::string& path() const { return path_; }
  std::map<std::string, std::string> environment() const;

 private:
  std::string path_;
};

/// xesp-card-worker in a session of its own, so that a signal to its group meets XRT and the simulator only.
class WorkerProcess {
 public:
  /// `fds` become kFdControl ... in the worker. @throws Error(kOs, kUnavailable)
  WorkerProcess(const std::string& program, const std::vector<std::string>& args,
                const std::map<std::string, std::string>& environment, const std::array<int, kFdEnd - kFdControl>& fds);
  /// Kills what still runs, simulator included.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// True once it has ended. The text of how() is then complete.
  bool wait_end(std::chrono::milliseconds timeout);
  void kill_all();
  /// "ended with status 1", "was ended by signal 11 (Segmentation fault)", "still runs".
  std::string how() const;

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

/// The worker to start: `wanted`, else $XESP_CARD_WORKER, else beside this program, else in ../libexec/xesp of it.
/// @throws Error(kUnavailable) naming the places when there is none.
std::string find_worker(const std::string& wanted);

}  // namespace xesp::worker
#endif
