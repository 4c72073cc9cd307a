// SPDX-License-Identifier: Apache-2.0
#include "process_tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

namespace xesp::test {
namespace {

struct Stat {
  Process process;
  pid_t parent;
  char state;
};

std::optional<Stat> read_stat(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  Stat stat{{pid, text.substr(open + 1, close - open - 1)}, 0, 0};
  std::istringstream rest(text.substr(close + 1));
  rest >> stat.state >> stat.parent;
  return stat;
}

}  // namespace

std::vector<Process> descendants(pid_t root) {
  std::vector<Stat> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    if (const auto stat = read_stat(pid); stat && stat->state != 'Z') all.push_back(*stat);
  }
  std::set<pid_t> known{root};
  std::vector<Process> found;
  for (bool grew = true; grew;) {
    grew = false;
    for (const Stat& stat : all) {
      if (!known.contains(stat.parent) || !known.insert(stat.process.pid).second) continue;
      found.push_back(stat.process);
      grew = true;
    }
  }
  return found;
}

pid_t descendant(pid_t root, const std::string& name) {
  for (const Process& process : descendants(root)) {
    if (process.name == name.substr(0, 15)) return process.pid;  // the kernel keeps 15 characters
  }
  return 0;
}

bool alive(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat && stat->state != 'Z' && stat->state != 'X';
}

bool ends_within(pid_t pid, std::chrono::milliseconds patience) {
  return eventually(patience, [&] { return !alive(pid); });
}

Child::Child(const std::vector<std::string>& argv, const std::string& output) : file_(output) {
  std::vector<char*> pointers;
  for (const std::string& text : argv) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setsid();
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
}

Child::~Child() {
  ::kill(-pid_, SIGKILL);
  if (!waited_) wait();
  std::filesystem::remove(file_);
}

int Child::wait() {
  int status = 0;
  waited_ = true;
  ::waitpid(pid_, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string Child::output() const {
  std::ifstream file(file_);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Child::says(const std::string& text, std::chrono::milliseconds patience) const {
  return eventually(patience, [&] { return output().find(text) != std::string::npos; });
}

}  // namespace xesp::test
