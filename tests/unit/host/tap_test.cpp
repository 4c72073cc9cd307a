// SPDX-License-Identifier: Apache-2.0
//
// xesp tap: what is written, what is asked, and that a slow reader loses records and nothing else.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <numeric>

#include "control/tap.h"
#include "dataplane/tap.h"
#include "pcap/pcapng.h"
#include "pcap/private_file.h"
#include "pcap/tap_output.h"
#include "pcap/wireshark_keys.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"
#include "words/tap_words.h"
#include "xesp/error.h"

namespace xesp {
namespace {

using control::TapFilter;
using control::TapRecord;

template <typename T>
T at(const std::vector<uint8_t>& block, size_t offset) {
  T value;
  std::memcpy(&value, &block.at(offset), sizeof value);
  return value;
}

std::vector<uint8_t> counted(size_t bytes) {
  std::vector<uint8_t> b(bytes);
  std::iota(b.begin(), b.end(), uint8_t{1});
  return b;
}

// The values of the options of one code, from `offset` to the block's end.
std::vector<std::string> options(const std::vector<uint8_t>& block, size_t offset, uint16_t wanted) {
  std::vector<std::string> found;
  for (;;) {
    const auto code = at<uint16_t>(block, offset), length = at<uint16_t>(block, offset + 2);
    if (code == 0) {
      EXPECT_EQ(offset + 4 + 4, block.size()) << "the end of the options is not that of the block";
      return found;
    }
    if (code == wanted) found.emplace_back(reinterpret_cast<const char*>(&block.at(offset + 4)), length);
    offset += 4 + (length + 3) / 4 * 4;
  }
}

TEST(Pcapng, EveryBlockHasItsLengthAtBothEnds) {
  const auto bytes = counted(61);
  for (const auto& block :
       {cli::pcapng::section("me"), cli::pcapng::interface("in0", "clear", 100), cli::pcapng::statistics(0, 1, 2, 3),
        cli::pcapng::packet({.length = 99, .comment = "why", .bytes = bytes})}) {
    EXPECT_EQ(block.size() % 4, 0u);
    EXPECT_EQ(at<uint32_t>(block, 4), block.size());
    EXPECT_EQ(at<uint32_t>(block, block.size() - 4), block.size());
  }
}

TEST(Pcapng, APacketHasItsTimeLengthsCommentAndDirection) {
  const auto bytes = counted(61);
  const auto block = cli::pcapng::packet({.interface = 1,
                                          .time_ns = 0x1122334455667788,
                                          .length = 99,
                                          .outbound = true,
                                          .comment = "dropped, icv: no",
                                          .bytes = bytes});
  EXPECT_EQ(at<uint32_t>(block, 0), 6u);
  EXPECT_EQ(at<uint32_t>(block, 8), 1u);
  EXPECT_EQ(at<uint32_t>(block, 12), 0x11223344u);
  EXPECT_EQ(at<uint32_t>(block, 16), 0x55667788u);
  EXPECT_EQ(at<uint32_t>(block, 20), 16 + 61u);
  EXPECT_EQ(at<uint32_t>(block, 24), 16 + 99u);
  EXPECT_EQ(block[29], 4) << "sent by us";
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), block.begin() + 28 + 16));
  EXPECT_EQ(options(block, 28 + 80, 1), std::vector<std::string>{"dropped, icv: no"});
  EXPECT_EQ(options(block, 28 + 80, 2), std::vector<std::string>{std::string("\2\0\0\0", 4)});
}

TEST(Pcapng, LibpcapReadsTheFile) {
  const std::string path = testing::TempDir() + "xesp-tap-test-" + std::to_string(getpid()) + ".pcapng";
  const auto bytes = counted(40);
  {
    cli::TapOutput output(path, {"in0", "out0"}, 100);
    EXPECT_TRUE(output.write({.time_ns = 1'700'000'000'123'456'789, .length = 1500, .interface = 1, .bytes = bytes}));
    EXPECT_THROW(output.write({.interface = 2}), Error);
    output.finish();
  }
  char why[PCAP_ERRBUF_SIZE] = "";
  pcap_t* file = pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, why);
  ASSERT_NE(file, nullptr) << why;
  EXPECT_EQ(pcap_datalink(file), DLT_LINUX_SLL);
  pcap_pkthdr* head = nullptr;
  const u_char* data = nullptr;
  ASSERT_EQ(pcap_next_ex(file, &head, &data), 1) << pcap_geterr(file);
  EXPECT_EQ(head->ts.tv_sec, 1'700'000'000);
  EXPECT_EQ(head->ts.tv_usec, 123'456'789);
  EXPECT_EQ(head->len, 16 + 1500u);
  ASSERT_EQ(head->caplen, 16 + bytes.size());
  EXPECT_EQ(std::memcmp(data + 16, bytes.data(), bytes.size()), 0);
  EXPECT_EQ(pcap_next_ex(file, &head, &data), PCAP_ERROR_BREAK);
  pcap_close(file);
  std::remove(path.c_str());
}

TEST(TapRecord, ComesBackAsItWas) {
  const auto bytes = counted(20);
  std::vector<uint8_t> message;
  control::encode({.time_ns = 5,
                   .lost = 7,
                   .length = 60,
                   .interface = 2,
                   .leaves = true,
                   .dropped = true,
                   .comment = "text",
                   .bytes = bytes},
                  message);
  const TapRecord r = control::decode_tap_record(message);
  EXPECT_EQ(r.time_ns, 5u);
  EXPECT_EQ(r.lost, 7u);
  EXPECT_EQ(r.length, 60u);
  EXPECT_EQ(r.interface, 2);
  EXPECT_TRUE(r.leaves);
  EXPECT_TRUE(r.dropped);
  EXPECT_EQ(r.comment, "text");
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), r.bytes.begin(), r.bytes.end()));
  for (size_t cut = 0; cut < message.size() - bytes.size(); ++cut)
    EXPECT_THROW(control::decode_tap_record(std::span(message).first(cut)), Error) << cut;
}

TEST(TapFilter, WordsGoThroughJsonUnchanged) {
  cli::Words words({"src", "10.1.0.0/16", "dst", "2001:db8::/32", "proto", "esp", "spi", "0x1001", "dir", "in"});
  TapFilter filter = cli::parse_tap_filter(words);
  filter.drops = true;
  filter.snap_length = 96;
  const TapFilter back = control::tap_filter_from_json(control::to_json(filter));
  EXPECT_EQ(back.src, Prefix::parse("10.1.0.0/16"));
  EXPECT_EQ(back.dst, Prefix::parse("2001:db8::/32"));
  EXPECT_EQ(back.protocol, 50);
  EXPECT_EQ(back.spi, 0x1001u);
  EXPECT_EQ(back.direction, Direction::kIn);
  EXPECT_TRUE(back.drops);
  EXPECT_EQ(back.snap_length, 96u);
  cli::Words wrong({"sport", "5"});
  EXPECT_THROW(cli::parse_tap_filter(wrong), Error);
}

// An IPv4 packet of protocol 17 between these two.
std::vector<uint8_t> clear_packet(uint8_t src, uint8_t dst) {
  std::vector<uint8_t> p = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 0, src, 10, 2, 0, dst};
  p.resize(28);
  return p;
}

std::vector<std::vector<uint8_t>> received(int fd) {
  std::vector<std::vector<uint8_t>> all;
  std::vector<uint8_t> message(70000);
  for (ssize_t n; (n = recv(fd, message.data(), message.size(), MSG_DONTWAIT)) > 0;)
    all.emplace_back(message.begin(), message.begin() + n);
  return all;
}

TEST(Tap, IsOffUnlessSomebodyReads) {
  dataplane::Tap tap;
  EXPECT_FALSE(tap.on());
  auto opened = tap.open({});
  EXPECT_TRUE(tap.on());
  opened.reader.reset();
  EXPECT_FALSE(tap.on());
}

TEST(Tap, ShowsWhatTheFilterIsFor) {
  dataplane::Tap tap;
  auto one = tap.open({.src = Prefix::parse("10.1.0.5/32")});
  auto drops = tap.open({.drops = true, .snap_length = 20});
  const auto five = clear_packet(5, 1), six = clear_packet(6, 1);
  tap.passed(Direction::kOut, five, six, 1);
  tap.passed(Direction::kOut, six, six, 2);
  tap.dropped(Direction::kOut, dataplane::Tap::kInside, six, "drop_ttl", "too old", 0x1001);

  const auto seen = received(one.fd.get());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(control::decode_tap_record(seen[0]).interface, dataplane::Tap::kInside);
  EXPECT_FALSE(control::decode_tap_record(seen[0]).leaves);
  EXPECT_EQ(control::decode_tap_record(seen[1]).interface, dataplane::Tap::kOutside);
  EXPECT_TRUE(control::decode_tap_record(seen[1]).leaves);

  const auto dropped = received(drops.fd.get());
  ASSERT_EQ(dropped.size(), 1u);
  const TapRecord r = control::decode_tap_record(dropped[0]);
  EXPECT_TRUE(r.dropped);
  EXPECT_EQ(r.comment, "dropped, drop_ttl: too old (spi 0x00001001)");
  EXPECT_EQ(r.length, 28u);
  EXPECT_EQ(r.bytes.size(), 20u);
}

TEST(Tap, ASlowReaderLosesRecordsAndIsToldHowMany) {
  dataplane::Tap tap;
  auto opened = tap.open({});
  const auto packet = clear_packet(1, 1);
  uint64_t given = 0;
  for (; tap.json()["lost"] == 0 && given < 1'000'000; ++given)
    tap.dropped(Direction::kIn, dataplane::Tap::kOutside, packet, "n", "t", std::nullopt);
  ASSERT_EQ(tap.json()["lost"], 1);
  EXPECT_EQ(received(opened.fd.get()).size(), given - 1);
  tap.dropped(Direction::kIn, dataplane::Tap::kOutside, packet, "n", "t", std::nullopt);
  const auto after = received(opened.fd.get());
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(control::decode_tap_record(after[0]).lost, 1u);
}

TEST(Tap, TakesSoManyReadersAndNoMore) {
  dataplane::Tap tap;
  std::vector<dataplane::Tap::Opened> readers;
  for (size_t i = 0; i < dataplane::Tap::kMostReaders; ++i) readers.push_back(tap.open({}));
  EXPECT_THROW((void)tap.open({}), Error);
  readers.pop_back();
  EXPECT_NO_THROW((void)tap.open({}));
}

TEST(WiresharkKeys, NamesWhatItLeavesOut) {
  const nlohmann::json sas = {{{"src", "192.0.2.1"},
                               {"dst", "192.0.2.2"},
                               {"proto", "esp"},
                               {"spi", 0x1001},
                               {"esn", true},
                               {"aead", {{"name", "rfc4106(gcm(aes))"}, {"icv_bits", 128}, {"key", "0xab"}}}},
                              {{"src", "2001:db8::1"},
                               {"dst", "2001:db8::2"},
                               {"proto", "ah"},
                               {"spi", 0x1002},
                               {"aead", {{"name", "rfc4543(gcm(aes))"}, {"icv_bits", 128}, {"key", "0xcd"}}}}};
  const std::string text = cli::wireshark_esp_sa(sas);
  EXPECT_NE(text.find(R"("IPv4","192.0.2.1","192.0.2.2","0x00001001","AES-GCM with 16 octet ICV [RFC4106]","0xab",)"
                      R"("NULL","","64-bit")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# left out"), std::string::npos);
  EXPECT_EQ(text.find("0xcd"), std::string::npos);
}

// A file of its own, with what there is to say against it.
TEST(PrivateFile, IsNobodyElses) {
  using cli::Holds;
  const test::TemporaryFolder folder;
  const auto mode = [](const std::string& path) { return std::filesystem::status(path).permissions(); };
  const auto take = [](const std::string& path, Holds holds) { close(cli::open_private(path, holds)); };

  const std::string there = folder.write("there", "old", 0644);
  take(there, Holds::kKeys);
  EXPECT_EQ(std::filesystem::file_size(there), 0u);
  EXPECT_EQ(mode(there), static_cast<std::filesystem::perms>(0600));
  take(folder.file("made"), Holds::kKeys);
  EXPECT_EQ(mode(folder.file("made")), static_cast<std::filesystem::perms>(0600));

  const auto refusal = [&](const std::string& path, Holds holds) { return test::refusal([&] { take(path, holds); }); };
  std::filesystem::create_symlink(there, folder.file("link"));
  EXPECT_NE(refusal(folder.file("link"), Holds::kPackets), "(taken)");
  std::filesystem::create_hard_link(there, folder.file("other"));
  EXPECT_NE(refusal(there, Holds::kPackets).find("another name"), std::string::npos);
  ASSERT_EQ(mkfifo(folder.file("fifo").c_str(), 0600), 0);
  EXPECT_NE(refusal(folder.file("fifo"), Holds::kKeys), "(taken)") << "nobody reads it: an error, not a wait";
  const int reader = open(folder.file("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_NE(refusal(folder.file("fifo"), Holds::kKeys).find("no regular file"), std::string::npos);
  EXPECT_EQ(refusal(folder.file("fifo"), Holds::kPackets), "(taken)");
  close(reader);
  if (geteuid() != 0) {
    EXPECT_NE(refusal("/dev/null", Holds::kPackets).find("another user"), std::string::npos);
  } else {
    EXPECT_NE(refusal("/dev/null", Holds::kKeys).find("no regular file"), std::string::npos);
    ASSERT_EQ(chown(folder.file("made").c_str(), 65534, 65534), 0);
    EXPECT_NE(refusal(folder.file("made"), Holds::kKeys).find("another user"), std::string::npos);
  }
}

}  // namespace
}  // namespace xesp
