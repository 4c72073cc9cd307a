// SPDX-License-Identifier: Apache-2.0
#include "tcp_transfer.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <future>
#include <random>
#include <thread>
#include <vector>

namespace xesp::test {
namespace {

constexpr uint16_t kPort = 5001;
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

/// A TCP socket that belongs to a node and gives up after kPatience.
int open_socket(const std::string& name) {
  int fd = -1;
  std::thread([&] {
    enter_namespace(name);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
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

  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(kPort);
  inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  const auto* name = reinterpret_cast<const sockaddr*>(&where);

  const int listener = open_socket(lab.name_of(to));
  const int sender = open_socket(lab.name_of(from));
  bool sent = false;
  std::vector<uint8_t> got;
  if (bind(listener, name, sizeof(where)) == 0 && listen(listener, 1) == 0) {
    auto receiving = std::async(std::launch::async, read_all, listener);
    sent = connect(sender, name, sizeof(where)) == 0 && write_all(sender, data);
    got = receiving.get();
  }
  close(sender);
  close(listener);
  return sent && got == data;
}

}  // namespace xesp::test
