// SPDX-License-Identifier: Apache-2.0
#include "worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

extern char** environ;

namespace xesp::worker {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void os_error(int error, const std::string& what) {
  throw Error(ErrorCode::kOs, what + ": " + errno_text(error));
}

// This process's environment with `changes` put over it, as "NAME=value".
std::vector<std::string> merged_environment(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!changes.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : changes) result.emplace_back(name).append("=").append(value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// posix_spawn's two attribute objects, and copies of the descriptors clear of the numbers that they are moved to.
class SpawnSetup {
 public:
  explicit SpawnSetup(const std::array<int, kFdEnd - kFdControl>& fds) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    for (size_t i = 0; i < fds.size(); ++i) {
      copies_[i] = ::fcntl(fds[i], F_DUPFD_CLOEXEC, kFdEnd);
      ::posix_spawn_file_actions_adddup2(&actions_, copies_[i], kFdControl + static_cast<int>(i));
    }
    // XRT prints on stdout, which may be a program's output. XESP_CARD_VERBOSE shows it on stderr.
    if (::getenv("XESP_CARD_VERBOSE") != nullptr) {
      ::posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    } else {
      ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kFdEnd);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    for (const int fd : copies_) ::close(fd);
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  int spawn(pid_t& pid, const std::string& program, char** argv, char** env) const {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv, env);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  std::array<int, kFdEnd - kFdControl> copies_{};
};

}  // namespace

PrivateFolder::PrivateFolder() : path_("/tmp/xesp-card.XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) os_error(errno, "mkdtemp " + path_);
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::map<std::string, std::string> PrivateFolder::environment() const {
  return {{"USER", fs::path(path_).filename()}, {"SDACCEL_EM_RUN_DIR", path_}};
}

WorkerProcess::WorkerProcess(const std::string& program, const std::vector<std::string>& args,
                             const std::map<std::string, std::string>& environment,
                             const std::array<int, kFdEnd - kFdControl>& fds) {
  std::vector<std::string> argv{program};
  argv.insert(argv.end(), args.begin(), args.end());
  std::vector<std::string> env = merged_environment(environment);
  const int error = SpawnSetup(fds).spawn(pid_, program, pointers(argv).data(), pointers(env).data());
  if (error != 0) os_error(error, "can't start " + program);
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));  // glibc 2.36 declares it without extern "C"
  if (pidfd_ < 0) {
    const int why = errno;
    kill_all();
    os_error(why, "pidfd_open");
  }
}

WorkerProcess::~WorkerProcess() {
  kill_all();
  wait_end(std::chrono::seconds(5));
  siginfo_t info{};
  ::waitid(P_PIDFD, static_cast<id_t>(pidfd_), &info, WEXITED | WNOHANG);
  ::close(pidfd_);
}

bool WorkerProcess::wait_end(std::chrono::milliseconds timeout) {
  if (ended_) return true;
  pollfd entry{pidfd_, POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(timeout.count())) <= 0) return false;
  siginfo_t info{};
  ended_ = true;
  // Left unreaped, so that its number, which names the group to kill, stays taken. Someone else in this process may
  // have reaped it; then its status is not known.
  status_ = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_), &info, WEXITED | WNOWAIT) == 0 ? info.si_status : -1;
  if (info.si_code == CLD_EXITED) status_ = W_EXITCODE(status_, 0);
  return true;
}

void WorkerProcess::kill_all() {
  // The group may outlive its leader: a simulator that doesn't see its host's end.
  ::kill(-pid_, SIGKILL);
}

std::string WorkerProcess::how() const {
  if (!ended_) return "still runs";
  if (status_ == -1) return "ended";
  if (WIFEXITED(status_)) return "ended with status " + std::to_string(WEXITSTATUS(status_));
  const int number = WTERMSIG(status_);
  const char* const name = ::sigdescr_np(number);  // strsignal() has one buffer for all threads
  return "was ended by signal " + std::to_string(number) + " (" + (name != nullptr ? name : "without a name") + ")";
}

std::string find_worker(const std::string& wanted) {
  constexpr const char* kName = "xesp-card-worker";
  if (!wanted.empty()) return wanted;
  if (const char* named = ::secure_getenv("XESP_CARD_WORKER")) return named;
  std::error_code ignored;
  const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& place :
       {here / kName, here.parent_path() / "libexec" / "xesp" / kName, fs::path(XESP_LIBEXEC_DIR) / kName}) {
    if (::access(place.c_str(), X_OK) == 0) return place;
  }
  throw Error(ErrorCode::kUnavailable, std::string(kName) + " is neither in " + here.string() + " nor in " +
                                           (here.parent_path() / "libexec/xesp").string() +
                                           " nor in " XESP_LIBEXEC_DIR
                                           "; install it or set XESP_CARD_WORKER to its path");
}

}  // namespace xesp::worker
