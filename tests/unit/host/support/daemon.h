// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_DAEMON_H
#define XESP_TESTS_SUPPORT_DAEMON_H

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "core/requests.h"
#include "server/server.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace xesp::test {

/// xespd without interfaces, its socket `s` in the folder. For who links xespd_control.
struct Daemon {
  explicit Daemon(const TemporaryFolder& folder) : journal(folder.file("j")), server(folder.file("s"), requests) {
    server.watch(events.wake_fd(), [this] { server.tell(events); });
    running = std::async(std::launch::async, [this] {
      try {
        server.run([this] { return std::string(end ? "the test ends" : ""); });
      } catch (const Error&) {
      }
    });
  }
  ~Daemon() {
    end = true;
    running.wait();
  }
  std::unique_ptr<Engine> engine = make_software_engine();
  LeaseJournal journal;
  LeaseKeeper leases{journal, *engine};
  NoPacketPath path;
  Controller controller{*engine, leases, path};
  Events events;
  Requests requests{controller, *engine, path, &events};
  Server server;
  std::atomic<bool> end = false;
  std::future<void> running;
};

}  // namespace xesp::test
#endif
