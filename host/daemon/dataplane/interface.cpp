// SPDX-License-Identifier: Apache-2.0
#include "interface.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

#include "os_error.h"
#include "unique_fd.h"

namespace xesp::dataplane {
namespace {

ifreq ask(int fd, const std::string& name, unsigned long request, const char* what) {
  ifreq r{};
  std::copy(name.begin(), name.end(), r.ifr_name);
  if (ioctl(fd, request, &r) != 0) throw os_error(errno, name + ": can't read the interface's " + what);
  return r;
}

/// As `ethtool -l` tells; 1 where the driver can't say, as a TUN device's.
unsigned queues_of(int fd, const std::string& name) {
  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  ifreq r{};
  std::copy(name.begin(), name.end(), r.ifr_name);
  r.ifr_data = reinterpret_cast<char*>(&channels);
  if (ioctl(fd, SIOCETHTOOL, &r) != 0) return 1;
  return std::max(channels.rx_count + channels.combined_count, 1u);
}

}  // namespace

Interface Interface::find(const std::string& name) {
  Interface out{.name = name, .index = name.size() < IFNAMSIZ ? if_nametoindex(name.c_str()) : 0};
  if (out.index == 0)
    throw Error(ErrorCode::kData, "no interface '" + name + "' in this network namespace; `ip link` lists them");
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) throw os_error(errno, "can't open a socket");
  out.mtu = static_cast<unsigned>(ask(fd.get(), name, SIOCGIFMTU, "MTU").ifr_mtu);
  const ifreq hw = ask(fd.get(), name, SIOCGIFHWADDR, "address");
  std::copy_n(reinterpret_cast<const uint8_t*>(hw.ifr_hwaddr.sa_data), out.mac.size(), out.mac.begin());
  out.receive_queues = queues_of(fd.get(), name);
  return out;
}

}  // namespace xesp::dataplane
