// SPDX-License-Identifier: Apache-2.0
#include "words/line_reader.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>

#include "xesp/error.h"

namespace xesp::cli {

namespace {

constexpr size_t kMaxLine = 1 << 20;
constexpr size_t kLeastKeyDigits = 32;

bool holds_key(const std::string& line) {
  for (size_t at = line.find("0x"); at != std::string::npos; at = line.find("0x", at)) {
    const size_t first = at += 2;
    while (at < line.size() && std::isxdigit(static_cast<unsigned char>(line[at])) != 0) ++at;
    if (at - first >= kLeastKeyDigits) return true;
  }
  return false;
}

}  // namespace

LineReader::LineReader(const std::string& path) : name_(path == "-" ? "standard input" : path) {
  if (path == "-") {
    fd_ = STDIN_FILENO;
    return;
  }
  fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0)
    throw Error(ErrorCode::kNoInput,
                path + " can't be read: " + errno_text(errno) + ", give a file or - for standard input");
  struct stat info {};
  if (fstat(fd_, &info) == 0 && S_ISREG(info.st_mode))
    shared_ = (info.st_mode & 077) != 0 || (info.st_uid != geteuid() && info.st_uid != 0);
}

LineReader::~LineReader() {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());
  if (fd_ != STDIN_FILENO) close(fd_);
}

std::optional<std::string> LineReader::line() {
  first_ = read_ + 1;
  for (;;) {
    const size_t stop = buffer_.find('\n', at_);
    if (stop != std::string::npos || (end_ && at_ < buffer_.size())) {
      const size_t length = (stop == std::string::npos ? buffer_.size() : stop) - at_;
      std::string found = buffer_.substr(at_, length);
      OPENSSL_cleanse(buffer_.data() + at_, length);
      at_ = stop == std::string::npos ? buffer_.size() : stop + 1;
      if (!found.empty() && found.back() == '\r') found.pop_back();
      ++read_;
      return found;
    }
    if (end_) return std::nullopt;
    if (buffer_.size() - at_ > kMaxLine)
      throw Error(ErrorCode::kData,
                  name_ + ", line " + std::to_string(first_) + ": longer than 1 MiB: is it the right file?");
    buffer_.erase(0, at_);
    at_ = 0;
    std::array<char, 65536> block{};
    const ssize_t n = read(fd_, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(ErrorCode::kNoInput, name_ + " can't be read: " + errno_text(errno));
    end_ = n == 0;
    buffer_.reserve(2 * kMaxLine);  // never moved, so no copy of a key is left behind
    buffer_.append(block.data(), static_cast<size_t>(n));
    OPENSSL_cleanse(block.data(), block.size());
  }
}

std::optional<std::string> LineReader::joined_line() {
  std::optional<std::string> whole = line();
  const int first = first_;
  while (whole && whole->ends_with('\\')) {
    whole->back() = ' ';
    const std::optional<std::string> more = line();
    if (!more) break;
    *whole += *more;
  }
  first_ = first;
  return whole;
}

void LineReader::refuse_open_key(const std::string& line) const {
  if (shared_ && holds_key(line))
    throw Error(ErrorCode::kDenied, name_ +
                                        " holds keys, but other users may touch it: chmod 600 it and own it, or name a "
                                        "key's file as @FILE");
}

}  // namespace xesp::cli
