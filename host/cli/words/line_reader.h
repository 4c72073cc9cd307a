// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_LINE_READER_H
#define XESP_CLI_LINE_READER_H

#include <optional>
#include <string>

namespace xesp::cli {

/// Lines of a file, or of standard input for "-", as they come. They may hold keys: the buffer is wiped, and shared()
/// tells whether other users may touch the file.
class LineReader {
 public:
  /// @throws Error(kNoInput)
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// One line without its newline. @throws Error(kNoInput); Error(kData) for one beyond 1 MiB
  std::optional<std::string> line();
  /// The same with the lines that a backslash at the end joins.
  std::optional<std::string> joined_line();
  /// The number of the first line of what was read last, from 1.
  int number() const { return first_; }
  /// @throws Error(kDenied) with the fix if `line` holds a key and other users may touch the file
  void refuse_open_key(const std::string& line) const;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int fd_ = -1;
  bool shared_ = false;
  bool end_ = false;
  std::string buffer_;
  size_t at_ = 0;
  int read_ = 0;
  int first_ = 0;
};

}  // namespace xesp::cli
#endif
