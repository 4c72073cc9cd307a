// SPDX-License-Identifier: Apache-2.0
#include "lab.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace xesp::test {
namespace {

constexpr std::array kNodes{"hostA", "gwA", "wire", "gwB", "hostB"};

// $1 is the suffix. The hosts' checksum and segmentation offloads are off: a veth would hand on packets that have no
// checksum yet, which are as good as corrupt once they are in a tunnel.
constexpr const char* kSetUp = R"(set -e
for node in hostA gwA wire gwB hostB; do
  ip netns add $node$1
  ip -n $node$1 link set lo up
  ip netns exec $node$1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
done
cable() { ip -n $1 link add $2 address $3 type veth peer name $5 address $6 netns $4; }
cable hostA$1 eth0 02:00:00:00:0a:02 gwA$1 in0 02:00:00:00:0a:01
cable hostB$1 eth0 02:00:00:00:0b:02 gwB$1 in0 02:00:00:00:0b:01
cable gwA$1 out0 02:00:00:00:00:01 wire$1 toA 02:00:00:00:00:0a
cable gwB$1 out0 02:00:00:00:00:02 wire$1 toB 02:00:00:00:00:0b
ip -n wire$1 link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
for port in toA toB; do ip -n wire$1 link set $port master br0 up; done
ip -n wire$1 link set br0 up
address() { ip -n $1 addr add $3 dev $2; ip -n $1 link set $2 up; }
address hostA$1 eth0 10.81.1.2/24; address gwA$1 in0 10.81.1.1/24; address gwA$1 out0 192.0.2.1/24
address hostB$1 eth0 10.81.2.2/24; address gwB$1 in0 10.81.2.1/24; address gwB$1 out0 192.0.2.2/24
ip -n hostA$1 route add default via 10.81.1.1; ip -n gwA$1 route add 10.81.2.0/24 via 192.0.2.2
ip -n hostB$1 route add default via 10.81.2.1; ip -n gwB$1 route add 10.81.1.0/24 via 192.0.2.1
for host in hostA hostB; do
  ip -n $host$1 link set eth0 mtu 1400
  ip netns exec $host$1 ethtool -K eth0 tx off tso off gso off txvlan off >/dev/null
done
for gw in gwA gwB; do ip netns exec $gw$1 sysctl -qw net.ipv4.ip_forward=1; done
)";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string Lab::missing() {
  if (geteuid() != 0) return "not root: network namespaces need it";
  const std::string probe = "xesp-probe-" + std::to_string(getpid());
  if (std::system(("ip netns add " + probe + " 2>/dev/null && ip netns del " + probe).c_str()) != 0)
    return "no network namespaces here (`ip netns add` fails)";
  return {};
}

Lab::Lab() : suffix_("-" + std::to_string(getpid())), folder_("/tmp/xesp-lab" + suffix_) {
  if (mkdir(folder_.c_str(), 0700) != 0 || mkdir(bpffs().c_str(), 0700) != 0 ||
      mount("bpf", bpffs().c_str(), "bpf", 0, nullptr) != 0)
    throw std::runtime_error("can't mount a bpffs in " + folder_);
  if (std::system(("sh -c " + quoted(kSetUp) + " lab " + suffix_).c_str()) != 0) {
    tear_down();
    throw std::runtime_error("can't set up the namespaces");
  }
}

Lab::~Lab() {
  tear_down();
}

void Lab::tear_down() const {
  for (const char* node : kNodes) std::system(("ip netns del " + name_of(node) + " 2>/dev/null").c_str());
  umount2(bpffs().c_str(), MNT_DETACH);
  rmdir(bpffs().c_str());
  rmdir(folder_.c_str());
}

bool Lab::run(const std::string& node, const std::string& command) const {
  return std::system(("ip netns exec " + name_of(node) + " sh -c " + quoted(command) + " >/dev/null 2>&1").c_str()) ==
         0;
}

void enter_namespace(const std::string& name) {
  const int fd = open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  const bool entered = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
  if (fd >= 0) close(fd);
  if (!entered) throw std::runtime_error("can't enter the namespace " + name);
}

}  // namespace xesp::test
