// SPDX-License-Identifier: Apache-2.0
#include "support/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace xesp::test {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void redirect(int to, const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags, 0600);
  dup2(fd, to);
  close(fd);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::string& input) {
  std::string name = "/tmp/xesp-child-XXXXXX";
  folder_ = mkdtemp(name.data());
  std::ofstream(folder_ + "/in") << input;
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  redirect(STDIN_FILENO, folder_ + "/in", O_RDONLY);
  redirect(STDOUT_FILENO, folder_ + "/out", O_WRONLY | O_CREAT);
  redirect(STDERR_FILENO, folder_ + "/err", O_WRONLY | O_CREAT);
  execv(argv[0], argv.data());
  _exit(127);
}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Child::signal(int number) {
  kill(pid_, number);
}

bool Child::finished() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

Finished Child::wait() {
  int status = 0;
  for (int i = 0; waitpid(pid_, &status, WNOHANG) == 0; ++i) {
    if (i == 4000) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder_ + "/out"),
          read_file(folder_ + "/err")};
}

Finished run(const std::vector<std::string>& command, const std::string& input) {
  return Child(command, input).wait();
}

}  // namespace xesp::test
