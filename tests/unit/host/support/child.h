// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_CHILD_H
#define XESP_TESTS_SUPPORT_CHILD_H

#include <sys/types.h>

#include <string>
#include <vector>

namespace xesp::test {

/// What a finished program left.
struct Finished {
  int code;  ///< exit code, or 128 + signal
  std::string out;
  std::string err;
};

/// A program that runs beside the test, its output in files. Killed with the object.
class Child {
 public:
  /// `input` is its standard input.
  explicit Child(const std::vector<std::string>& command, const std::string& input = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void signal(int number);
  /// True once it has ended, without waiting.
  bool finished() const;
  /// Waits for the end; after 20 s the program is killed and counts as ended by SIGKILL.
  Finished wait();

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

/// Runs a program to its end.
Finished run(const std::vector<std::string>& command, const std::string& input = {});

}  // namespace xesp::test
#endif
