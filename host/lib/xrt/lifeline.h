// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_LIFELINE_H
#define XESP_XRT_LIFELINE_H

#include <string>
#include <thread>

#include "packet_socket.h"

namespace xesp::worker {

/// Ends this process, and the simulator that it started, when it has lost its purpose, whatever XRT's threads are in:
///  - the program that owns the card has gone (its end of the control socket closed), and then nobody else can remove
///    its private folder;
///  - the simulator has gone (a pipe, whose write end only the simulator's processes hold, ends; or simulate.sh sent
///    SIGTERM): XRT would read a closed socket for ever. The owner is told why first.
class Lifeline {
 public:
  /// Make it before XRT starts the simulator, which must inherit the pipe. @throws Error(kOs)
  /// `folder`: the owner's private folder, or empty.
  Lifeline(PacketSocket& control, std::string folder);
  ~Lifeline();
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  /// The card is open: from now on the pipe's end means that the simulator has gone. Takes the signals back for which
  /// XRT has set handlers that signal the whole group. Not for a real card.
  void simulator_started();
  /// The simulator is about to end because it is told to.
  void closing();

 private:
  void watch();

  PacketSocket& control_;
  std::string folder_;
  int pipe_read_ = -1;
  int pipe_write_ = -1;
  int wake_ = -1;  // eventfd: look at what has changed
  std::thread thread_;
};

}  // namespace xesp::worker
#endif
