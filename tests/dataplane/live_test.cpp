// SPDX-License-Identifier: Apache-2.0
// The packet side on veth: two gateways on the software engine, hosts behind them, a tap on the wire between.
#include <gtest/gtest.h>

#include <memory>
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
    EXPECT_EQ(seen.esp + seen.esp_in_udp, seen.*as);
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
