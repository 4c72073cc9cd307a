// SPDX-License-Identifier: Apache-2.0
#include "words/key_source.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "xesp/error.h"

namespace xesp::cli {

namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

// Up to the end or, if asked, the first newline.
std::string read_text(int fd, const std::string& name, bool one_line) {
  std::string text;
  text.reserve(4096);
  char c = 0;
  for (;;) {
    const ssize_t n = read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(ErrorCode::kNoInput, name + " can't be read: " + errno_text(errno));
    if (n == 0 || (one_line && c == '\n')) return text;
    text += c;
    if (text.size() > kMaxFileBytes)
      throw Error(ErrorCode::kData, name + " is longer than 1 MiB: is it the right file?");
  }
}

Secret from_text(std::string text) {
  const auto blank = [](unsigned char c) { return std::isspace(c) != 0; };
  size_t first = 0;
  size_t last = text.size();
  while (first < last && blank(static_cast<unsigned char>(text[first]))) ++first;
  while (last > first && blank(static_cast<unsigned char>(text[last - 1]))) --last;
  Secret key;
  try {
    key = Secret::from_hex(std::string_view(text).substr(first, last - first));
  } catch (...) {
    OPENSSL_cleanse(text.data(), text.size());
    throw;
  }
  OPENSSL_cleanse(text.data(), text.size());
  return key;
}

}  // namespace

std::string read_private_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw Error(ErrorCode::kNoInput, path + " can't be read: " + errno_text(errno));
  struct Close {
    int fd;
    ~Close() { close(fd); }
  } const closer{fd};
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    throw Error(ErrorCode::kNoInput, path + " is not a file: give a file, or - for standard input");
  if ((info.st_mode & 077) != 0 || (info.st_uid != geteuid() && info.st_uid != 0))
    throw Error(ErrorCode::kDenied, path + " holds keys, but other users may touch it: chmod 600 it and own it");
  return read_text(fd, path, false);
}

Secret read_key(const std::string& source) {
  if (source == "-") return from_text(read_text(STDIN_FILENO, "standard input", true));
  if (source.starts_with("@")) return from_text(read_private_file(source.substr(1)));
  return Secret::from_hex(source);
}

void hide_keys(int argc, char** argv) noexcept {
  constexpr int kLeastDigits = 24;  // longer than any number that is no key
  for (int i = 1; i < argc; ++i) {
    for (char* at = std::strstr(argv[i], "0x"); at != nullptr; at = std::strstr(at, "0x")) {
      at += 2;
      char* end = at;
      while (std::isxdigit(static_cast<unsigned char>(*end))) ++end;
      if (end - at >= kLeastDigits) std::memset(at, '*', static_cast<size_t>(end - at));
      at = end;
    }
  }
}

}  // namespace xesp::cli
