// SPDX-License-Identifier: Apache-2.0
#include "lifeline.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <utility>

#include "worker_protocol.h"

namespace xesp::worker {
namespace {

std::atomic<int> g_wake{-1};  // for the signal handler
std::atomic<int> g_pipe{-1};
std::atomic<bool> g_terminated{false};
std::atomic<bool> g_closing{false};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void poke(int fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(fd, &one, sizeof(one));
}

void on_terminate(int) {
  const int saved = errno;
  g_terminated = true;
  poke(g_wake);
  errno = saved;
}

// XRT's assertions fail when it reads half a message of a dying simulator. The watching thread is about to say so and
// to end us; a death before it would only tell "signal 6".
void on_abort(int) {
  pollfd entry{g_pipe, 0, 0};
  if (::poll(&entry, 1, 1000) > 0) {
    for (;;) ::pause();
  }
  ::signal(SIGABRT, SIG_DFL);  // abort() raises it once more
}

// The simulator and XRT's other threads go on meanwhile: what one of them writes while this looks makes it fail.
void remove_folder(const std::string& folder) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries && !folder.empty(); ++i) {
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);
    if (!failed) return;
    ::poll(nullptr, 0, 10);
  }
}

[[noreturn]] void end_all() {
  ::kill(0, SIGKILL);  // our own session's group: this process, simulate.sh and the simulator
  ::_exit(1);
}

}  // namespace

Lifeline::Lifeline(PacketSocket& control, std::string folder) : control_(control), folder_(std::move(folder)) {
  int ends[2];
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0 || ::pipe(ends) != 0) {  // inherited: no close-on-exec
    throw Error(ErrorCode::kOs, std::string("pipe: ") + errno_text(errno));
  }
  pipe_read_ = ends[0];
  pipe_write_ = ends[1];
  ::fcntl(pipe_read_, F_SETFD, FD_CLOEXEC);
  g_wake = wake_;

  struct sigaction action {};
  action.sa_handler = on_terminate;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // XRT writes to a simulator that may have gone
  thread_ = std::thread([this] { watch(); });
}

Lifeline::~Lifeline() {
  closing();
  thread_.join();
  g_wake = -1;
  ::close(wake_);
  ::close(pipe_read_);
  if (pipe_write_ >= 0) ::close(pipe_write_);
}

void Lifeline::simulator_started() {
  ::close(pipe_write_);
  pipe_write_ = -1;
  g_pipe = pipe_read_;
  for (const int signal : {SIGSEGV, SIGFPE}) ::signal(signal, SIG_DFL);
  ::signal(SIGABRT, on_abort);
}

void Lifeline::closing() {
  g_closing = true;
  poke(wake_);
}

void Lifeline::watch() {
  while (!g_closing) {
    std::array<pollfd, 3> fds{{{control_.fd(), 0, 0}, {pipe_read_, 0, 0}, {wake_, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    if ((fds[0].revents & POLLHUP) != 0) {
      remove_folder(folder_);
      end_all();
    }
    if (g_closing) break;
    if ((fds[1].revents & POLLHUP) != 0 || g_terminated) {
      control_.send(Reply::failure(ErrorCode::kIo, "the simulator ended; its messages are on stderr"));
      end_all();
    }
  }
}

}  // namespace xesp::worker
