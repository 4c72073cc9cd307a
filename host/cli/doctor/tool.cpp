// SPDX-License-Identifier: Apache-2.0
#include "doctor/tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>

namespace xesp::cli::doctor {

namespace {

constexpr std::chrono::seconds kPatience(10);

// Up to the end; false if it takes too long.
bool read_all(int fd, std::string& text) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd p{fd, POLLIN, 0};
    if (left <= 0 || poll(&p, 1, static_cast<int>(left)) <= 0) return false;
    std::array<char, 4096> block{};
    const ssize_t n = read(fd, block.data(), block.size());
    if (n <= 0) return n == 0;
    text.append(block.data(), static_cast<size_t>(n));
  }
}

}  // namespace

std::optional<std::string> output_of(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0) {
      dup2(nothing, STDIN_FILENO);
      dup2(nothing, STDERR_FILENO);
    }
    dup2(ends[1], STDOUT_FILENO);
    // Where administrators' tools are, whatever the caller's PATH.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the child has this thread alone.
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  const bool whole = child > 0 && read_all(ends[0], text);
  close(ends[0]);
  if (child <= 0) return std::nullopt;
  if (!whole) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return text;
}

std::string text_of_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace xesp::cli::doctor
