// SPDX-License-Identifier: Apache-2.0
#include "tun.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr size_t kLongest = 65535;

/// Recovered packets are for this host; should one not be any more, it must not be routed on.
void forbid_forwarding(const std::string& name) {
  const std::string path = "/proc/sys/net/ipv4/conf/" + name + "/forwarding";
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0 || write(fd.get(), "0", 1) != 1) throw os_error(errno, path);
}

}  // namespace

Tun::Tun(const std::string& name, size_t mtu, bool stays)
    : fd_(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)), name_(name), buffer_(kLongest) {
  if (fd_.get() < 0) throw os_error(errno, "/dev/net/tun");
  ifreq request{};
  if (name.size() >= sizeof(request.ifr_name) || name.find_first_of("/%") != std::string::npos)
    throw Error(ErrorCode::kData, "tun: '" + name + "' can't be an interface's name: give up to 15 letters and digits");
  std::copy(name.begin(), name.end(), request.ifr_name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(fd_.get(), TUNSETIFF, &request) != 0) throw os_error(errno, "can't make the interface " + name);
  if (ioctl(fd_.get(), TUNSETPERSIST, stays ? 1 : 0) != 0) throw os_error(errno, name + ": can't make it stay");
  forbid_forwarding(name);
  index_ = if_nametoindex(name.c_str());
  if (!set_mtu(mtu)) throw os_error(errno, name + ": can't set the MTU");
  const UniqueFd control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (control.get() < 0 || ioctl(control.get(), SIOCSIFFLAGS, &request) != 0)
    throw os_error(errno, name + ": can't set it up");
}

bool Tun::set_mtu(size_t mtu) const {
  const UniqueFd control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::copy(name_.begin(), name_.end(), request.ifr_name);
  request.ifr_mtu = static_cast<int>(mtu);
  return control.get() >= 0 && ioctl(control.get(), SIOCSIFMTU, &request) == 0;
}

std::vector<uint8_t> Tun::read() {
  const ssize_t got = ::read(fd_.get(), buffer_.data(), buffer_.size());
  // What the kernel says of a file whose interface was removed; poll() would say so without end.
  if (got < 0 && errno == EBADFD) gone_.store(true, std::memory_order_relaxed);
  if (got <= 0) return {};
  return {buffer_.begin(), buffer_.begin() + got};
}

bool Tun::write(std::span<const uint8_t> packet) {
  return ::write(fd_.get(), packet.data(), packet.size()) == static_cast<ssize_t>(packet.size());
}

}  // namespace xesp::dataplane
