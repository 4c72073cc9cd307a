// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_PROCESS_TREE_H
#define XESP_TESTS_PROCESS_TREE_H

#include <sys/types.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace xesp::test {

/// True as soon as `condition()` is, within `patience`.
template <typename Condition>
bool eventually(std::chrono::milliseconds patience, Condition&& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

struct Process {
  pid_t pid;
  std::string name;
};

/// Live processes (no zombies) below `root`, from /proc.
std::vector<Process> descendants(pid_t root);
/// The one below `root` of this name; 0 when there is none.
pid_t descendant(pid_t root, const std::string& name);
bool alive(pid_t pid);
/// True when `pid` has ended (a zombie has) within `patience`.
bool ends_within(pid_t pid, std::chrono::milliseconds patience);

/// A program in a session of its own with its stdout in a file; killed with its group at the end of the scope.
class Child {
 public:
  Child(const std::vector<std::string>& argv, const std::string& output);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }
  /// Its exit status, or -signal; waits as long as it takes.
  int wait();
  /// Waits until `text` stands in its output.
  bool says(const std::string& text, std::chrono::milliseconds patience) const;
  std::string output() const;

 private:
  pid_t pid_;
  bool waited_ = false;
  std::string file_;
};

}  // namespace xesp::test
#endif
