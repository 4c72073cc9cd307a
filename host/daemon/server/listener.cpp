// SPDX-License-Identifier: Apache-2.0
#include "server/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "xesp/error.h"

namespace xesp {

namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    throw Error(ErrorCode::kUsage, "socket path '" + path + "' must have 1 to 107 bytes");
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool somebody_answers(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool answers = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return answers;
}

[[noreturn]] void os_error(const std::string& what, const std::string& path) {
  throw Error(ErrorCode::kOs, what + " " + path + ": " + errno_text(errno));
}

// The group before the mode, so that no other group ever has it.
void give(const std::string& path, gid_t group, mode_t mode) {
  if (lchown(path.c_str(), static_cast<uid_t>(-1), group) != 0 || chmod(path.c_str(), mode) != 0)
    os_error("--read-group: can't give it", path);
}

}  // namespace

Listener::Listener(const std::string& path, std::optional<gid_t> readers) : path_(path) {
  const sockaddr_un address = address_of(path);
  std::error_code ignored;  // bind() below says what is wrong
  const std::string folder = std::filesystem::path(path).parent_path();
  if (std::filesystem::create_directories(folder, ignored) && readers) give(folder, *readers, 0750);
  if (somebody_answers(address))
    throw Error(ErrorCode::kUnavailable,
                "an xespd answers at " + path + " already: stop it, or choose another --socket");
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) unlink(path.c_str());

  fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) os_error("socket", path);
  const mode_t before = umask(0177);  // the file has mode 0600 from its first moment
  const int bound = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  umask(before);
  if (bound != 0 || listen(fd_, 16) != 0) {
    if (bound != 0) errno = error;
    close(fd_);
    os_error("socket", path);
  }
  try {
    if (readers) give(path, *readers, 0660);
  } catch (...) {
    close(fd_);
    unlink(path.c_str());
    throw;
  }
}

Listener::~Listener() {
  close(fd_);
  unlink(path_.c_str());
}

int Listener::accept() {
  return accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

}  // namespace xesp
