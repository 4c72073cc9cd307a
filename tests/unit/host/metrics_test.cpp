// SPDX-License-Identifier: Apache-2.0
// The metrics page: what is on it, that a tunnel which is down stays on it, and that it is served to this host only.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "leases/lease_journal.h"
#include "leases/leased_engine.h"
#include "metrics/exporter.h"
#include "metrics/page.h"
#include "support/packets.h"
#include "support/refusal.h"
#include "support/sas.h"
#include "support/temporary_folder.h"
#include "xesp/offload_engine.h"

namespace xesp::test {
namespace {

class Metrics : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<OffloadEngine> engine = make_offload_engine([] { return make_software_engine(); });
  LeaseJournal journal{folder.file("j")};
  LeaseKeeper leases{journal, *engine};
  LeasedEngine leased{*engine, leases};
  NoPacketPath path;
  Controller controller{*engine, leases, path};

  std::string page() {
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, metrics::collect(controller, *engine, path, leased.meter()));
    return text.str();
  }
  const Controller::Sa& add(Direction direction) {
    control::SaRequest r;
    r.sa = make_sa(direction, Mode::kTunnel, 0x1001, direction == Direction::kOut ? 1 : 2);
    r.sa.reqid = 7;
    r.direction = direction;
    return controller.add_sa(std::move(r));
  }
};

bool has(const std::string& page, const std::string& line) {
  return page.find(line + "\n") != std::string::npos;
}

TEST_F(Metrics, SasCountersAndCard) {
  const Controller::Sa& out = add(Direction::kOut);
  add(Direction::kIn);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(send(leased, out.handle, ipv4("10.1.0.1", "10.2.0.1", 17, counting(80))).status, abi::kOk);
  EXPECT_EQ(receive(*engine, ipv4("10.1.0.1", "10.2.0.1", 6, counting(80))).status, abi::kDropNotEsp);
  const std::string text = page();
  const std::string sa =
      "{dir=\"out\",src=\"192.0.2.1\",dst=\"198.51.100.1\",proto=\"esp\",spi=\"0x00001001\",reqid=\"7\"} ";
  EXPECT_TRUE(has(text, "xesp_sa_packets_total" + sa + "3")) << text;
  EXPECT_TRUE(has(text, "xesp_sa_bytes_total" + sa + "300"));
  EXPECT_TRUE(has(text, "xesp_sa_sequence_number" + sa + "3"));
  EXPECT_TRUE(has(text, "xesp_sa_on_card" + sa + "1"));
  EXPECT_TRUE(has(text, "xesp_engine_packets_total{dir=\"out\",result=\"ok\"} 3"));
  EXPECT_TRUE(has(text, "xesp_engine_packets_total{dir=\"in\",result=\"not_esp\"} 1"));
  EXPECT_TRUE(has(text, "xesp_card_present 1"));
  EXPECT_TRUE(has(text, "xesp_batch_packets_bucket{dir=\"out\",le=\"1\"} 3"));
  EXPECT_TRUE(has(text, "xesp_batch_packets_count{dir=\"out\"} 3"));
  EXPECT_TRUE(has(text, "xesp_batch_seconds_count{dir=\"in\"} 0"));
  EXPECT_TRUE(has(text, "xesp_entries{kind=\"sa\"} 2"));
  EXPECT_EQ(text.find("key"), std::string::npos) << "no label is about keys";
}

// Each name that the dashboard asks for is on the page.
TEST_F(Metrics, TheDashboardAsksForWhatIsThere) {
  std::ifstream file(XESP_DASHBOARD);
  const nlohmann::json dashboard = nlohmann::json::parse(file);
  const std::string text = page();
  size_t names = 0;
  const std::regex name("xesp_[a-z_]+");
  for (const auto& panel : dashboard.at("panels"))
    for (const auto& target : panel.at("targets")) {
      const std::string expression = target.at("expr");
      for (std::sregex_iterator m(expression.begin(), expression.end(), name), end; m != end; ++m, ++names) {
        std::string base = m->str();
        for (const char* suffix : {"_bucket", "_count", "_sum"})
          if (base.ends_with(suffix)) base.resize(base.size() - std::strlen(suffix));
        EXPECT_NE(text.find("# TYPE " + base + " "), std::string::npos) << base;
      }
    }
  EXPECT_GT(names, 10u);
}

TEST_F(Metrics, ATunnelThatIsDownStaysVisible) {
  Policy policy;
  policy.selector = {Prefix::parse("10.1.0.0/24"), Prefix::parse("10.2.0.0/24")};
  policy.reqid = 7;
  policy.tmpl_src = IpAddress::parse("192.0.2.1");
  policy.tmpl_dst = IpAddress::parse("198.51.100.1");
  controller.add_policy(policy);
  const std::string up =
      "xesp_policy_up{src=\"10.1.0.0/24\",dst=\"10.2.0.0/24\",proto=\"0\",reqid=\"7\",peer=\"198.51.100.1\"} ";
  EXPECT_TRUE(has(page(), up + "0")) << page();
  add(Direction::kOut);
  EXPECT_TRUE(has(page(), up + "1"));
  controller.flush_sas({});
  EXPECT_TRUE(has(page(), up + "0"));
}

// One request over TCP; the answer to its end.
std::string http_get(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    char buffer[4096];
    for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  return answer;
}

TEST_F(Metrics, AScrapeIsAnsweredByTheThreadThatOwnsTheState) {
  const auto owner = std::this_thread::get_id();
  std::atomic<bool> elsewhere = false;
  metrics::Exporter exporter("127.0.0.1:0", [&] {
    if (std::this_thread::get_id() != owner) elsewhere = true;
    return metrics::collect(controller, *engine, path, leased.meter());
  });
  add(Direction::kOut);
  std::string answer;
  std::thread scraper([&] { answer = http_get(exporter.port(), "/metrics"); });
  pollfd wake = {exporter.wake_fd(), POLLIN, 0};
  EXPECT_EQ(poll(&wake, 1, 5000), 1);
  exporter.refresh();
  scraper.join();
  EXPECT_FALSE(elsewhere);
  EXPECT_NE(answer.find("200 OK"), std::string::npos);
  EXPECT_NE(answer.find("xesp_entries{kind=\"sa\"} 1"), std::string::npos) << answer;
}

TEST_F(Metrics, OnlyLoopbackIsServed) {
  const auto collect = [] { return std::vector<prometheus::MetricFamily>(); };
  for (const char* address : {"0.0.0.0:9464", "192.0.2.1:9464", "9464", "[::]:9464", "127.0.0.1:"})
    EXPECT_NE(refusal([&] { metrics::Exporter(address, collect); }).find("for this host only"), std::string::npos)
        << address;
}

}  // namespace
}  // namespace xesp::test
