// SPDX-License-Identifier: Apache-2.0
#include "packet_source.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>
#include <vector>

#include "dataplane/os_error.h"
#include "dataplane/unique_fd.h"

namespace xesp::measure {
namespace {

using dataplane::os_error;

constexpr size_t kFlows = 64, kLinkBytes = 14, kHeaderBytes = 20;

uint16_t checksum_of(const uint8_t* header) {
  uint32_t sum = 0;
  for (size_t i = 0; i < kHeaderBytes; i += 2) sum += static_cast<uint32_t>(header[i] << 8 | header[i + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

/// From 10.81.1.2 to 10.81.2.`flow`, to a link address that is nobody's.
std::vector<uint8_t> frame_of(size_t bytes, size_t flow) {
  std::vector<uint8_t> f(kLinkBytes + bytes);
  f[0] = f[6] = 2;
  f[5] = 0x77;
  f[12] = 8;
  uint8_t* ip = f.data() + kLinkBytes;
  const uint8_t header[kHeaderBytes] = {0x45,
                                        0,
                                        static_cast<uint8_t>(bytes >> 8),
                                        static_cast<uint8_t>(bytes),
                                        0,
                                        0,
                                        0,
                                        0,
                                        64,
                                        17,
                                        0,
                                        0,
                                        10,
                                        81,
                                        1,
                                        2,
                                        10,
                                        81,
                                        2,
                                        static_cast<uint8_t>(flow + 1)};
  std::memcpy(ip, header, kHeaderBytes);
  const uint16_t sum = checksum_of(ip);
  ip[10] = static_cast<uint8_t>(sum >> 8);
  ip[11] = static_cast<uint8_t>(sum);
  const size_t udp = bytes - kHeaderBytes;
  ip[20] = ip[22] = 0x40;
  ip[24] = static_cast<uint8_t>(udp >> 8);
  ip[25] = static_cast<uint8_t>(udp);
  return f;
}

dataplane::UniqueFd open_on(const std::string& interface) {
  dataplane::UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  const int on = 1;
  sockaddr_ll here{};
  here.sll_family = AF_PACKET;
  here.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
  if (fd.get() < 0 || bind(fd.get(), reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0 ||
      setsockopt(fd.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0)
    throw os_error(errno, interface + ": packet socket");
  return fd;
}

}  // namespace

PacketSource::PacketSource(const std::string& interface, int cpu, const std::function<void(int)>& connect) {
  std::promise<int> there;
  thread_ = std::thread([this, interface, cpu, &there] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(std::max(cpu, 0)), &one);
    if (cpu >= 0) sched_setaffinity(0, sizeof(one), &one);
    there.set_value(unshare(CLONE_NEWNET) == 0 ? gettid() : -1);
    while (!connected_ && !stop_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!stop_) run(interface);
  });
  try {
    const int thread = there.get_future().get();
    if (thread < 0) throw Error(ErrorCode::kOs, "no network namespace for the source of packets");
    connect(thread);
  } catch (...) {
    stop_ = true;
    thread_.join();
    throw;
  }
  connected_ = true;
}

PacketSource::~PacketSource() {
  stop_ = true;
  thread_.join();
}

void PacketSource::run(const std::string& interface) {
  const dataplane::UniqueFd fd = open_on(interface);
  size_t made_for = 0;
  std::vector<std::vector<uint8_t>> frames;
  std::vector<iovec> parts(kFlows);
  std::vector<mmsghdr> messages(kFlows);
  while (!stop_) {
    if (const size_t bytes = bytes_; bytes == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    } else if (bytes != made_for) {
      frames.clear();
      for (size_t i = 0; i < kFlows; ++i) {
        frames.push_back(frame_of(bytes, i));
        parts[i] = {.iov_base = frames[i].data(), .iov_len = frames[i].size()};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
      }
      made_for = bytes;
    }
    for (size_t at = 0; at < kFlows;) {  // one that the interface has no room for is lost
      const int sent = sendmmsg(fd.get(), &messages[at], static_cast<unsigned>(kFlows - at), 0);
      at += sent > 0 ? static_cast<size_t>(sent) : 1;
    }
    offered_ += kFlows;
  }
}

}  // namespace xesp::measure
