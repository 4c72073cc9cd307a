// SPDX-License-Identifier: Apache-2.0
#include "tcp_transfer.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace xesp::test {
namespace {

constexpr const char* kPort = "5001";
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

/// A TCP socket that belongs to a node and gives up after kPatience.
int open_socket(const std::string& name, int family) {
  int fd = -1;
  std::thread([&] {
    enter_namespace(name);
    fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  }).join();
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return fd;
}

std::vector<uint8_t> read_all(int listener) {
  std::vector<uint8_t> got;
  const int fd = accept(listener, nullptr, nullptr);
  if (fd < 0) return got;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  uint8_t buffer[16384];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) got.insert(got.end(), buffer, buffer + n);
  close(fd);
  return got;
}

bool write_all(int fd, const std::vector<uint8_t>& data) {
  for (size_t at = 0; at < data.size();) {
    const ssize_t n = send(fd, data.data() + at, data.size() - at, MSG_NOSIGNAL);
    if (n <= 0) return false;
    at += static_cast<size_t>(n);
  }
  return shutdown(fd, SHUT_WR) == 0;
}

}  // namespace

bool tcp_transfer(const Lab& lab, const std::string& from, const std::string& to, const std::string& address,
                  size_t bytes) {
  std::mt19937 random(1);
  std::vector<uint8_t> data(bytes);
  for (uint8_t& b : data) b = static_cast<uint8_t>(random());

  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* where = nullptr;
  if (getaddrinfo(address.c_str(), kPort, &hints, &where) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(where, freeaddrinfo);

  const int listener = open_socket(lab.name_of(to), where->ai_family);
  const int sender = open_socket(lab.name_of(from), where->ai_family);
  bool sent = false;
  std::vector<uint8_t> got;
  if (bind(listener, where->ai_addr, where->ai_addrlen) == 0 && listen(listener, 1) == 0) {
    auto receiving = std::async(std::launch::async, read_all, listener);
    sent = connect(sender, where->ai_addr, where->ai_addrlen) == 0 && write_all(sender, data);
    got = receiving.get();
  }
  close(sender);
  close(listener);
  return sent && got == data;
}

}  // namespace xesp::test
