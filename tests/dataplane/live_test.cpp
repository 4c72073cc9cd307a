// SPDX-License-Identifier: Apache-2.0
// The packet side on veth: two gateways on the software engine, hosts behind them, a tap on the wire between.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <optional>
#include <thread>

#include "../ebpf/frame_builder.h"
#include "gateway_process.h"
#include "lab.h"
#include "tcp_transfer.h"
#include "wire_tap.h"

namespace xesp::test {
namespace {

constexpr size_t kTransferBytes = 1 << 20;
constexpr const char* kHostA = "10.81.1.2";
constexpr const char* kHostB = "10.81.2.2";
constexpr const char* kHostA6 = "2001:db8:81:1::2";
constexpr const char* kHostB6 = "2001:db8:81:2::2";
constexpr uint64_t kRestartSeq = 1'000'000;  // behind all that the life before can have sent

class DataplaneLive : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = Lab::missing(); !why.empty()) GTEST_SKIP() << why;
    lab = std::make_unique<Lab>();
  }
  void start_both(bool native = true, const TunnelForm& form = {}) {
    a.reset();
    b.reset();
    a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .native = native, .form = form});
    b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .native = native, .form = form});
    tap = std::make_unique<WireTap>(*lab);
  }
  bool ping(const std::string& options = "", const std::string& to = kHostB) const {
    return lab->run("hostA", "ping -c 3 -i 0.05 -W 1 " + options + " " + to);
  }
  /// Ping and TCP both ways; the wire holds ESP in this form and nothing else of it.
  void expect_all_crosses(const std::string& host_a, const std::string& host_b,
                          uint64_t WireTap::Seen::*as = &WireTap::Seen::esp) {
    EXPECT_TRUE(ping("", host_b));
    EXPECT_TRUE(tcp_transfer(*lab, "hostA", "hostB", host_b, kTransferBytes));
    EXPECT_TRUE(tcp_transfer(*lab, "hostB", "hostA", host_a, kTransferBytes));
    const auto seen = tap->seen();
    EXPECT_EQ(seen.clear, 0u);
    EXPECT_GT(seen.*as, 2 * kTransferBytes / 1400);
    EXPECT_EQ(seen.esp + seen.esp_in_udp + seen.ah, seen.*as);
    for (GatewayProcess* gateway : {a.get(), b.get()}) {
      const auto counters = gateway->counters();
      EXPECT_EQ(counters["fault"], "");
      for (const char* way : {"out", "in"}) {
        EXPECT_EQ(counters[way]["received"], counters[way]["engine"]["ok"]);
        EXPECT_EQ(counters[way]["sent"], counters[way]["engine"]["ok"]);
      }
    }
  }

  std::unique_ptr<Lab> lab;
  std::unique_ptr<GatewayProcess> a;
  std::unique_ptr<GatewayProcess> b;
  std::unique_ptr<WireTap> tap;
};

// Shows that the lab can see a leak: without steering the gateways route in clear.
TEST_F(DataplaneLive, WithoutSteeringTheWireShowsClearPackets) {
  tap = std::make_unique<WireTap>(*lab);
  EXPECT_TRUE(ping());
  EXPECT_GE(tap->seen().clear, 6u);
  EXPECT_EQ(tap->seen().esp, 0u);
}

TEST_F(DataplaneLive, PingAndTcpCrossTheWireAsEspOnly) {
  start_both();
  expect_all_crosses(kHostA, kHostB);
  EXPECT_EQ(a->counters()["inside"]["xdp"], "native");
}

TEST_F(DataplaneLive, Ipv6CrossesAsEspOnlyAndLeaksNothing) {
  lab->add("ipv6");
  tap = std::make_unique<WireTap>(*lab);
  ASSERT_TRUE(ping("", kHostB6));
  EXPECT_GE(tap->seen().clear, 6u) << "without steering it is seen in clear";
  start_both(true, {.inner_v6 = true, .outer_v6 = true});
  expect_all_crosses(kHostA6, kHostB6);
  EXPECT_TRUE(ping("-t 3", kHostB6));
  EXPECT_FALSE(ping("-t 2", kHostB6));
  EXPECT_EQ(b->counters()["in"]["drop_ttl"], 3);
  a->kill_at_once();
  EXPECT_FALSE(ping("", kHostB6));
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneLive, EspInUdpCrosses) {
  lab->add("ipv6");
  start_both(true, {.in_udp = true});
  expect_all_crosses(kHostA, kHostB, &WireTap::Seen::esp_in_udp);
  // A keepalive of the other gateway's NAT, had it one.
  EXPECT_TRUE(lab->run("gwB", "printf '\\377' | nc -u -w 1 -p 4500 192.0.2.1 4500"));
  EXPECT_EQ(a->counters()["steering"]["drop_keepalive"], 1);
  start_both(true, {.inner_v6 = true, .outer_v6 = true, .in_udp = true});
  expect_all_crosses(kHostA6, kHostB6, &WireTap::Seen::esp_in_udp);
}

TEST_F(DataplaneLive, AhCrossesAsAhOnly) {
  start_both(true, {.ah = true});
  expect_all_crosses(kHostA, kHostB, &WireTap::Seen::ah);
  b->delete_inbound_sa();
  EXPECT_FALSE(ping());
  EXPECT_EQ(b->counters()["steering"]["drop_no_sa_in"], 3);
}

TEST_F(DataplaneLive, EachReceiveQueueIsServed) {
  lab->add("queues");
  start_both();
  const auto received = [](const nlohmann::json& side) {
    std::vector<uint64_t> out;
    for (const auto& [number, queue] : side["queues"].items()) {
      EXPECT_EQ(number, std::to_string(out.size()));
      out.push_back(queue["received"]);
    }
    return out;
  };
  const auto used = [](const std::vector<uint64_t>& queues) {
    return std::count_if(queues.begin(), queues.end(), [](uint64_t n) { return n != 0; });
  };
  for (int flow = 0; flow < 12; ++flow) ASSERT_TRUE(tcp_transfer(*lab, "hostA", "hostB", kHostB, 20'000)) << flow;
  ASSERT_TRUE(ping());
  // What comes from the wire stays on one queue of gwB's until the wire's end is told to take another one.
  const auto before = b->counters();
  ASSERT_TRUE(lab->run("wire", "echo 3 >/sys/class/net/toB/queues/tx-3/xps_cpus"));
  ASSERT_TRUE(ping());
  for (GatewayProcess* gateway : {a.get(), b.get()}) {
    const auto counters = gateway->counters();
    EXPECT_EQ(counters["steering"]["drop_no_socket"], 0);
    for (const auto& [side, way] : {std::pair{"inside", "out"}, {"outside", "in"}}) {
      const auto queues = received(counters[side]);
      ASSERT_EQ(queues.size(), 4u) << side;
      EXPECT_EQ(std::accumulate(queues.begin(), queues.end(), uint64_t{0}), counters[way]["received"]) << side;
    }
    EXPECT_GE(used(received(counters["inside"])), 2) << counters["inside"];
  }
  const auto after = b->counters();
  EXPECT_EQ(used(received(before["outside"])), 1) << before["outside"];
  EXPECT_GE(received(after["outside"])[3], 3u) << after["outside"];
  EXPECT_EQ(used(received(after["outside"])), 2) << after["outside"];
  EXPECT_EQ(tap->seen().clear, 0u);
  b.reset();
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .first_seq = kRestartSeq, .queue = 0});
  EXPECT_FALSE(ping());
  EXPECT_EQ(b->counters()["steering"]["drop_no_socket"], 3) << "told to serve one queue";
  EXPECT_EQ(tap->seen().clear, 0u);
}

// Without VLAN interfaces: a trunk on each side.
TEST_F(DataplaneLive, VlanTagsAreCarriedThroughBothGateways) {
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .carry_vlans = true});
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .carry_vlans = true});
  tap = std::make_unique<WireTap>(*lab);
  const LinkSocket host_a(*lab, "hostA", "eth0"), host_b(*lab, "hostB", "eth0");
  const auto is_tagged = [](const Bytes& frame) {
    return frame.size() > 13 && (frame[12] == 0x81 || frame[12] == 0x88);
  };
  for (const std::vector<uint16_t>& tags : {std::vector<uint16_t>{0x8100}, {0x88a8, 0x8100}}) {
    const Bytes sent = Ipv4Frame{.vlan_types = tags, .src = kHostA, .dst = kHostB, .protocol = 253}.build();
    ASSERT_TRUE(host_a.send(sent));
    Bytes came;
    do came = host_b.receive(std::chrono::seconds(1));
    while (!came.empty() && !is_tagged(came));  // the gateway's ARP
    ASSERT_EQ(came.size(), sent.size()) << tags.size() << " tags";
    const auto headers = static_cast<std::ptrdiff_t>(14 + 4 * tags.size());
    EXPECT_TRUE(std::equal(sent.begin() + 12, sent.begin() + headers, came.begin() + 12)) << "the tags";
    EXPECT_EQ(came[static_cast<size_t>(headers) + 8], 64 - 2) << "two gateways";
  }
  a->delete_outbound_sa();
  ASSERT_TRUE(host_a.send(Ipv4Frame{.vlan_types = {0x8100}, .src = kHostA, .dst = kHostB}.build()));
  ASSERT_TRUE(host_a.send(Ipv4Frame{.vlan_types = {0x8100, 0x8100, 0x8100}, .src = kHostA, .dst = kHostB}.build()));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(a->counters()["steering"]["drop_no_sa_out"], 1);
  EXPECT_EQ(a->counters()["steering"]["drop_vlan_depth"], 1);
  EXPECT_EQ(tap->seen().clear, 0u);
  EXPECT_EQ(tap->seen().tagged, 2u);
}

// With VLAN interfaces: each frame leaves in the VLAN that the kernel's route leads to; hosts hear none but theirs.
TEST_F(DataplaneLive, VlanInterfacesOfTheRouteGiveTheTags) {
  if (!lab->run("wire", "ip link add link br0 name probe type vlan id 9 && ip link del probe"))
    GTEST_SKIP() << "this kernel has no VLAN interfaces (CONFIG_VLAN_8021Q)";
  lab->add("vlan");
  tap = std::make_unique<WireTap>(*lab);
  ASSERT_TRUE(ping());
  EXPECT_GE(tap->seen().clear, 6u) << "without steering it is seen in clear";
  start_both();
  expect_all_crosses(kHostA, kHostB);
  const auto seen = tap->seen();
  EXPECT_EQ(seen.tagged, seen.esp + seen.link);
  a->delete_outbound_sa();
  EXPECT_FALSE(ping());
  EXPECT_EQ(a->counters()["steering"]["drop_no_sa_out"], 3);
  a->kill_at_once();
  EXPECT_FALSE(ping());
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneLive, MixedFamiliesCross) {
  lab->add("ipv6");
  start_both(true, {.inner_v6 = true, .outer_v6 = false});
  expect_all_crosses(kHostA6, kHostB6);
  start_both(true, {.inner_v6 = false, .outer_v6 = true});
  expect_all_crosses(kHostA, kHostB);
}

TEST_F(DataplaneLive, WorksInGenericMode) {
  start_both(false);
  EXPECT_TRUE(ping());
  EXPECT_TRUE(tcp_transfer(*lab, "hostA", "hostB", "10.81.2.2", kTransferBytes));
  EXPECT_EQ(tap->seen().clear, 0u);
  EXPECT_EQ(a->counters()["inside"]["xdp"], "generic");
}

TEST_F(DataplaneLive, EachGatewayCountsTheTtlDown) {
  start_both();
  EXPECT_TRUE(ping("-t 3"));   // 2 behind gwA, 1 behind gwB
  EXPECT_FALSE(ping("-t 2"));  // gwB must not forward it
  EXPECT_EQ(b->counters()["in"]["drop_ttl"], 3);
  EXPECT_FALSE(ping("-t 1"));  // nor gwA protect it
  EXPECT_EQ(a->counters()["out"]["drop_ttl"], 3);
}

TEST_F(DataplaneLive, SendersAreToldWhereTheTtlEnds) {
  lab->add("ipv6");
  start_both();
  EXPECT_TRUE(lab->run("hostA", "ping -c 1 -W 1 -t 1 10.81.2.2 | grep 'From 10.81.1.1 .*Time to live exceeded'"));
  EXPECT_TRUE(lab->run("hostA", "ping -c 1 -W 1 -t 2 10.81.2.2 | grep 'From 10.81.2.1 .*Time to live exceeded'"));
  EXPECT_EQ(a->counters()["out"]["icmp_time_exceeded"], 1);
  EXPECT_EQ(b->counters()["in"]["icmp_time_exceeded"], 1);
  EXPECT_EQ(tap->seen().clear, 0u) << "what quotes a recovered packet goes through the tunnel";
  start_both(true, {.inner_v6 = true, .outer_v6 = true});
  const std::string hop_limit = "Time exceeded: Hop limit";
  EXPECT_TRUE(
      lab->run("hostA", "ping -c 1 -W 1 -t 1 2001:db8:81:2::2 | grep 'From 2001:db8:81:1::1 .*" + hop_limit + "'"));
  EXPECT_TRUE(
      lab->run("hostA", "ping -c 1 -W 1 -t 2 2001:db8:81:2::2 | grep 'From 2001:db8:81:2::1 .*" + hop_limit + "'"));
  EXPECT_EQ(tap->seen().clear, 0u);
}

// A message about a recovered packet that no SA would protect does not leave.
TEST_F(DataplaneLive, NothingIsToldInClear) {
  start_both();
  ASSERT_TRUE(ping());
  b->delete_outbound_sa();
  EXPECT_FALSE(ping("-t 2"));
  EXPECT_EQ(b->counters()["out"]["drop_own"], 3);
  EXPECT_EQ(tap->seen().clear, 0u);
}

// The gateways' own applications, by TUN devices.
TEST_F(DataplaneLive, GatewaysReachEachOthersInsideAddresses) {
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .tun = "xesp0"});
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .tun = "xesp0"});
  tap = std::make_unique<WireTap>(*lab);
  ASSERT_TRUE(lab->run("gwA", "ip link show xesp0 | grep 'mtu 1379'"));
  ASSERT_TRUE(lab->run("gwA", "ip route replace 10.81.2.0/24 dev xesp0 src 10.81.1.1"));
  ASSERT_TRUE(lab->run("gwB", "ip route replace 10.81.1.0/24 dev xesp0 src 10.81.2.1"));
  EXPECT_TRUE(lab->run("gwA", "ping -c 3 -i 0.05 -W 1 10.81.2.1"));
  EXPECT_TRUE(lab->run("gwA", "ping -c 3 -i 0.05 -W 1 -s 5000 10.81.2.1")) << "the kernel cuts for the TUN device";
  EXPECT_TRUE(lab->run("gwA", "ping -c 3 -i 0.05 -W 1 10.81.2.2")) << "a host behind the other gateway";
  EXPECT_TRUE(lab->run("hostA", "ping -c 3 -i 0.05 -W 1 10.81.2.1")) << "the other gateway, from a host";
  EXPECT_TRUE(ping()) << "and hosts each other, as before";
  EXPECT_EQ(tap->seen().clear, 0u);
  EXPECT_GE(a->counters()["out"]["from_tun"], 6);
  EXPECT_GE(b->counters()["in"]["to_tun"], 6);
  // An answer would leave in clear, so there is nothing to answer.
  ASSERT_TRUE(lab->run("gwB", "ip route replace 10.81.1.0/24 via 192.0.2.1 && sleep 1.1"));
  EXPECT_FALSE(lab->run("gwA", "ping -c 2 -i 0.05 -W 1 10.81.2.1"));
  EXPECT_EQ(b->counters()["in"]["drop_tun_route"], 2);
  EXPECT_EQ(tap->seen().clear, 0u);
  ASSERT_TRUE(lab->run("gwB", "ip route replace 10.81.1.0/24 dev xesp0 src 10.81.2.1"));
  // What no policy protects does not leave, and without an SA nothing does.
  ASSERT_TRUE(lab->run("gwA", "ip route add 10.99.0.0/24 dev xesp0"));
  EXPECT_FALSE(lab->run("gwA", "ping -c 2 -i 0.05 -W 1 10.99.0.1"));
  EXPECT_EQ(a->counters()["out"]["drop_own"], 2);
  EXPECT_FALSE(lab->run("hostA", "ping -c 2 -i 0.05 -W 1 10.99.0.1"));
  EXPECT_EQ(a->counters()["out"]["drop_tun_source"], 2) << "the kernel forwarded it";
  a->delete_outbound_sa();
  EXPECT_FALSE(lab->run("gwA", "ping -c 2 -i 0.05 -W 1 10.81.2.1"));
  EXPECT_EQ(a->counters()["out"]["drop_own"], 4);
  b->kill_at_once();
  EXPECT_FALSE(lab->run("gwB", "ping -c 2 -i 0.05 -W 1 10.81.1.1")) << "the device stays, and nobody reads it";
  EXPECT_EQ(tap->seen().clear, 0u);
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .first_seq = kRestartSeq, .tun = "xesp0"});
  a = nullptr;
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .first_seq = kRestartSeq, .tun = "xesp0"});
  EXPECT_TRUE(lab->run("gwA", "ping -c 3 -i 0.05 -W 1 10.81.2.1")) << "taken over";
  EXPECT_EQ(tap->seen().clear, 0u);
}

class DataplaneMtu : public DataplaneLive {
 protected:
  void SetUp() override {
    DataplaneLive::SetUp();
    if (lab)
      for (const char* host : {"hostA", "hostB"}) ASSERT_TRUE(lab->run(host, "ip link set eth0 mtu 1500"));
  }
  /// A ping of hostA's that may not be cut, of `bytes` in all, is answered with `mtu`.
  bool told(size_t bytes, size_t mtu, const std::string& to = kHostB) const {
    const bool v6 = to.find(':') != std::string::npos;
    const std::string says = v6 ? "Packet too big: mtu=" : "(DF set|Frag needed).*mtu ?= ?";
    return lab->run("hostA", "ping -c 1 -W 1 -M do -s " + std::to_string(bytes - (v6 ? 48 : 28)) + " " + to +
                                 " | grep -E '" + says + std::to_string(mtu) + "'") &&
           lab->run("hostA", "ip route get " + to + " | grep 'mtu " + std::to_string(mtu) + "'");
  }
  bool passes(size_t bytes, const std::string& how, const std::string& to = kHostB) const {
    const size_t headers = to.find(':') != std::string::npos ? 48 : 28;
    return ping("-M " + how + " -s " + std::to_string(bytes - headers), to);
  }
};

TEST_F(DataplaneMtu, AnInterfaceWithLongerFramesThanAfXdpTakesIsRefused) {
  for (const char* interface : {"in0", "out0"}) {
    ASSERT_TRUE(lab->run("gwA", std::string("ip link set ") + interface + " mtu 3819"));
    try {
      const GatewayProcess refused(*lab, GatewaySetup{.side_a = true});
      ADD_FAILURE() << "started with " << interface;
    } catch (const std::runtime_error& e) {
      const std::string text = e.what();
      EXPECT_NE(text.find(std::string("ip link set ") + interface + " mtu 3818"), std::string::npos) << text;
    }
    ASSERT_TRUE(lab->run("gwA", std::string("ip link set ") + interface + " mtu 1500"));
  }
}

// The longest MTU that isn't refused: a packet of 3762 bytes is one of 3816 on the wire, and one of 3818 is cut.
TEST_F(DataplaneMtu, TheLongestFramesThatAreNotRefusedPass) {
  for (const char* link :
       {"hostA eth0", "gwA in0", "gwA out0", "wire toA", "wire toB", "wire br0", "gwB out0", "gwB in0", "hostB eth0"}) {
    const std::string node(link, std::strchr(link, ' '));
    ASSERT_TRUE(lab->run(node, "ip link set " + std::string(std::strchr(link, ' ') + 1) + " mtu 3818")) << link;
  }
  start_both();
  EXPECT_TRUE(passes(3762, "do"));
  EXPECT_TRUE(passes(3818, "dont"));
  EXPECT_EQ(tap->seen().clear, 0u);
}

// ESP with AES-GCM in a tunnel over 1500: 20 + 8 + 8 + 16 bytes and two of trailer around it, 1446 left.
TEST_F(DataplaneMtu, TheSenderIsToldAndThenTcpPasses) {
  start_both();
  EXPECT_TRUE(tcp_transfer(*lab, "hostB", "hostA", kHostA, kTransferBytes)) << "told while it runs";
  EXPECT_GE(b->counters()["out"]["icmp_too_big"], 1);
  EXPECT_TRUE(passes(1446, "do"));
  EXPECT_TRUE(told(1447, 1446));
  EXPECT_GE(a->counters()["out"]["icmp_too_big"], 1);
  EXPECT_GE(a->counters()["out"]["drop_too_big"], 1);
  EXPECT_TRUE(tcp_transfer(*lab, "hostA", "hostB", kHostB, kTransferBytes));
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneMtu, Ipv6SendersAreTold) {
  lab->add("ipv6");
  start_both(true, {.inner_v6 = true, .outer_v6 = true});
  EXPECT_TRUE(passes(1426, "do", kHostB6));
  EXPECT_TRUE(told(1427, 1426, kHostB6));
  EXPECT_TRUE(tcp_transfer(*lab, "hostB", "hostA", kHostA6, kTransferBytes));
  EXPECT_EQ(tap->seen().clear, 0u);
  start_both(true, {.inner_v6 = true, .outer_v6 = false});
  EXPECT_TRUE(told(1500, 1446, kHostB6) || passes(1426, "do", kHostB6)) << "hostA remembers the lower one";
}

TEST_F(DataplaneMtu, WhatMayBeCutArrivesWhole) {
  start_both();
  for (const size_t bytes : {1446, 1447, 1500, 1501, 4000, 20000}) EXPECT_TRUE(passes(bytes, "dont")) << bytes;
  // UDP without DF, which its sender has cut already.
  bool whole = false;
  std::thread receiver([&] {
    whole = lab->run("hostB",
                     "python3 -c \"import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 5555)); "
                     "s.settimeout(3); exit(s.recv(65535) != bytes(i % 251 for i in range(9000)))\"");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_TRUE(lab->run("hostA",
                       "python3 -c \"import socket; s = socket.socket(type=socket.SOCK_DGRAM); "
                       "s.setsockopt(socket.IPPROTO_IP, 10, 0); "  // IP_MTU_DISCOVER, IP_PMTUDISC_DONT
                       "s.sendto(bytes(i % 251 for i in range(9000)), ('10.81.2.2', 5555))\""));
  receiver.join();
  EXPECT_TRUE(whole);
  const auto out = a->counters()["out"];
  EXPECT_GT(out["fragmented"], 0);
  EXPECT_GE(out["fragments"], 2 * out["fragmented"].get<int>());
  EXPECT_EQ(out["drop_too_big"], 0);
  EXPECT_EQ(out["engine"]["ok"], out["sent"]);
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneMtu, TheRoutesMtuCounts) {
  ASSERT_TRUE(lab->run("gwA", "ip route add 192.0.2.2/32 dev out0 mtu 1000"));
  start_both();
  EXPECT_TRUE(passes(946, "do"));
  EXPECT_TRUE(told(947, 946));
  EXPECT_TRUE(passes(1500, "dont"));
}

// The kernel believes an ICMP error about its answer to a ping, whoever sent it: then it counts, but not below 576.
TEST_F(DataplaneMtu, WhatTheKernelLearnedCountsDownToAFloor) {
  start_both();
  const auto forge = [&](const char* mtu) {
    return lab->run(
        "gwB",
        std::string("python3 -c \"import socket, struct; q = struct.pack('!BBHHHBBH4s4sBBHHH', 0x45, 0, 84, 1, 0, "
                    "64, 1, 0, socket.inet_aton('192.0.2.1'), socket.inet_aton('192.0.2.2'), 0, 0, 0, 1, 1); "
                    "m = struct.pack('!BBHHH', 3, 4, 0, 0, ") +
            mtu +
            ") + q; s = sum(struct.unpack('!%dH' % (len(m) // 2), m)); s = (s & 65535) + (s >> 16); "
            "s = (s & 65535) + (s >> 16); m = m[:2] + struct.pack('!H', ~s & 65535) + m[4:]; "
            "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(m, ('192.0.2.1', 0))\"");
  };
  ASSERT_TRUE(forge("700"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_TRUE(lab->run("gwA", "ip route get 192.0.2.2 | grep 'mtu 700'"));
  EXPECT_TRUE(told(1400, 646));
  ASSERT_TRUE(forge("556"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_TRUE(lab->run("gwA", "ip route get 192.0.2.2 | grep 'mtu 556'"));
  EXPECT_TRUE(passes(522, "do"));
  EXPECT_FALSE(passes(523, "do"));
  EXPECT_TRUE(passes(1500, "dont"));
}

// A link behind the second gateway that takes less: it cuts what it recovered, or tells the sender through the tunnel.
TEST_F(DataplaneMtu, OfTheInsideCountsForWhatWasRecovered) {
  ASSERT_TRUE(lab->run("gwB", "ip link set in0 mtu 1300"));
  ASSERT_TRUE(lab->run("hostB", "ip link set eth0 mtu 1300"));
  start_both();
  EXPECT_TRUE(passes(1400, "dont"));
  EXPECT_TRUE(passes(1446, "dont"));
  EXPECT_TRUE(told(1400, 1300));
  const auto in = b->counters()["in"];
  EXPECT_EQ(in["icmp_too_big"], 1);
  EXPECT_EQ(in["fragmented"], 6);
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneMtu, ChangesOfTheInterfacesAreFollowed) {
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .tun = "xesp0"});
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false});
  tap = std::make_unique<WireTap>(*lab);
  const auto told_to_a = [&](const char* side, unsigned mtu) {
    for (int i = 0; i < 100; ++i) {
      if (a->counters()[side]["mtu"] == mtu) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  };
  EXPECT_TRUE(passes(1446, "do"));
  ASSERT_TRUE(lab->run("gwA", "ip link set out0 mtu 1450"));
  ASSERT_TRUE(told_to_a("outside", 1450));
  EXPECT_TRUE(told(1446, 1394));
  EXPECT_TRUE(lab->run("gwA", "ip link show xesp0 | grep 'mtu 1329'")) << "the TUN device's follows";
  ASSERT_TRUE(lab->run("gwA", "ip link set out0 mtu 1500"));
  ASSERT_TRUE(told_to_a("outside", 1500));
  ASSERT_TRUE(lab->run("hostA", "ip route flush cache"));
  EXPECT_TRUE(passes(1446, "do"));
  EXPECT_TRUE(lab->run("gwA", "ip link show xesp0 | grep 'mtu 1379'"));
  ASSERT_TRUE(lab->run("gwA", "ip link set in0 mtu 1400"));
  ASSERT_TRUE(told_to_a("inside", 1400));
  EXPECT_TRUE(lab->run("hostB", "ping -c 1 -W 1 -M do -s 1400 10.81.1.2 | grep -E 'mtu ?= ?1400'"));
  // The link-layer address is the source of what leaves.
  const LinkSocket host_a(*lab, "hostA", "eth0");
  const Bytes mac = {0x02, 0, 0, 0, 0x0a, 0x77};
  ASSERT_TRUE(lab->run("gwA", "ip link set in0 address 02:00:00:00:0a:77"));
  const auto comes_from = [&] {
    lab->run("hostB", "ping -c 1 -W 1 10.81.1.2");
    for (Bytes frame; !(frame = host_a.receive(std::chrono::milliseconds(100))).empty();)
      if (frame.size() > 13 && frame[12] == 8 && frame[13] == 0 && std::equal(mac.begin(), mac.end(), &frame[6]))
        return true;
    return false;
  };
  EXPECT_TRUE(comes_from() || comes_from());
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneMtu, AClampedMssNeedsNoMessages) {
  lab->add("ipv6");
  const TunnelForm form{.inner_v6 = true, .outer_v6 = true};
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .form = form, .mss_clamp = true});
  b = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = false, .form = form});
  EXPECT_TRUE(tcp_transfer(*lab, "hostA", "hostB", kHostB6, kTransferBytes));
  EXPECT_TRUE(tcp_transfer(*lab, "hostB", "hostA", kHostA6, kTransferBytes));
  EXPECT_GE(a->counters()["out"]["mss_clamped"], 2);
  EXPECT_GE(a->counters()["in"]["mss_clamped"], 2);
  for (GatewayProcess* gateway : {a.get(), b.get()}) EXPECT_EQ(gateway->counters()["out"]["drop_too_big"], 0);
}

// Transport mode between the hosts: fragments come from them, and what is protected is too long for the wire again.
class DataplaneFragments : public DataplaneMtu {
 protected:
  void expect_crosses_in_fragments(const TunnelForm& form, uint64_t WireTap::Seen::*as) {
    const std::string to = form.inner_v6 ? kHostB6 : kHostB, back = form.inner_v6 ? kHostA6 : kHostA;
    start_both(true, form);
    for (const size_t bytes : {1501, 4000, 9000}) EXPECT_TRUE(passes(bytes, "dont", to)) << bytes;
    EXPECT_TRUE(tcp_transfer(*lab, "hostB", "hostA", back, kTransferBytes)) << "whole packets, as before";
    const auto seen = tap->seen();
    EXPECT_EQ(seen.clear, 0u);
    EXPECT_EQ(seen.esp + seen.esp_in_udp + seen.ah, seen.*as);
    EXPECT_GE(seen.pieces, 2u * 3 * (2 + 3 + 7)) << "there and back, three times";
    for (GatewayProcess* gateway : {a.get(), b.get()}) {
      const auto counters = gateway->counters();
      EXPECT_EQ(counters["fault"], "");
      EXPECT_GT(counters["steering"]["recover_fragment"], 0);
      for (const char* way : {"out", "in"}) {
        EXPECT_EQ(counters[way]["reassembled"], 9) << way;
        EXPECT_GE(counters[way]["fragmented"], 9) << way;
        EXPECT_EQ(counters[way]["engine"]["fragment"], 0) << way;
        for (const char* reason : {"bad", "copy", "overlap", "long", "full", "timeout"})
          EXPECT_EQ(counters[way][std::string("drop_fragment_") + reason], 0) << way << ' ' << reason;
      }
    }
    EXPECT_FALSE(passes(9600, "dont", to)) << "longer than the engine takes";
    EXPECT_GT(a->counters()["out"]["drop_fragment_long"], 0);
    a->delete_outbound_sa();
    EXPECT_FALSE(passes(4000, "dont", to));
    EXPECT_EQ(tap->seen().clear, 0u);
  }
};

TEST_F(DataplaneFragments, EspInTransportMode) {
  tap = std::make_unique<WireTap>(*lab);
  ASSERT_TRUE(passes(4000, "dont"));
  EXPECT_GE(tap->seen().clear, 18u) << "without steering each fragment is seen in clear";
  expect_crosses_in_fragments({.transport = true}, &WireTap::Seen::esp);
}

TEST_F(DataplaneFragments, EspInUdpInTransportMode) {
  expect_crosses_in_fragments({.in_udp = true, .transport = true}, &WireTap::Seen::esp_in_udp);
}

TEST_F(DataplaneFragments, AhInTransportMode) {
  expect_crosses_in_fragments({.ah = true, .transport = true}, &WireTap::Seen::ah);
}

TEST_F(DataplaneFragments, Ipv6InTransportMode) {
  lab->add("ipv6");
  expect_crosses_in_fragments({.inner_v6 = true, .transport = true}, &WireTap::Seen::esp);
}

TEST_F(DataplaneLive, DropsWhenTheOutboundSaIsDeleted) {
  start_both();
  ASSERT_TRUE(ping());
  a->delete_outbound_sa();
  EXPECT_FALSE(ping());
  EXPECT_EQ(a->counters()["steering"]["drop_no_sa_out"], 3);
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneLive, DropsEspOfADeletedInboundSa) {
  start_both();
  ASSERT_TRUE(ping());
  b->delete_inbound_sa();
  EXPECT_FALSE(ping());
  EXPECT_EQ(b->counters()["steering"]["drop_no_sa_in"], 3);
}

TEST_F(DataplaneLive, DropsClearPacketsThatMustComeProtected) {
  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true});  // gwB routes in clear
  EXPECT_FALSE(lab->run("hostB", "ping -c 3 -i 0.05 -W 1 10.81.1.2"));
  EXPECT_EQ(a->counters()["steering"]["drop_clear_in"], 3);
}

TEST_F(DataplaneLive, LeaksNothingWhenKilledAndGoesOnAfterRestart) {
  start_both();
  ASSERT_TRUE(ping());
  a->kill_at_once();
  EXPECT_FALSE(ping());
  EXPECT_EQ(tap->seen().clear, 0u);

  a = std::make_unique<GatewayProcess>(*lab, GatewaySetup{.side_a = true, .first_seq = kRestartSeq});
  const auto counters = a->counters();
  EXPECT_EQ(counters["inside"]["xdp"], "taken over");
  EXPECT_EQ(counters["policies_inherited"], 2);
  EXPECT_TRUE(lab->run("hostA", "ping -c 3 -i 0.05 -W 1 10.81.2.2"));
  EXPECT_EQ(tap->seen().clear, 0u);
}

TEST_F(DataplaneLive, LeaksNothingWhenTheCardIsLost) {
  start_both();
  ASSERT_TRUE(ping());
  a->lose_engine();
  EXPECT_FALSE(ping());
  EXPECT_NE(a->counters()["fault"], "");
  EXPECT_EQ(tap->seen().clear, 0u);
}

}  // namespace
}  // namespace xesp::test
