// SPDX-License-Identifier: Apache-2.0
// Sequence leases: no number is given out twice for a key, whatever happened to the journal.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "leases/lease_journal.h"
#include "leases/lease_keeper.h"
#include "leases/leased_engine.h"
#include "support/refusal.h"
#include "support/sas.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

KeyFingerprint key_of(uint8_t seed) {
  return fingerprint_of(make_sa(Direction::kOut, Mode::kTunnel, 0x1000, seed));
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Fingerprint, DependsOnKeyAndSaltOnly) {
  SaConfig a = make_sa(Direction::kOut, Mode::kTunnel, 1000, 1);
  SaConfig b = make_sa(Direction::kIn, Mode::kTransport, 2000, 1);
  EXPECT_EQ(fingerprint_of(a), fingerprint_of(b));
  b.salt = Secret(counting(4, 99));
  EXPECT_NE(fingerprint_of(a), fingerprint_of(b));
  EXPECT_NE(key_of(1), key_of(2));
}

TEST(LeaseJournal, RemembersTheHighestLimitOfEachKey) {
  const TemporaryFolder folder;
  const std::string path = folder.file("j");
  {
    LeaseJournal journal(path);
    EXPECT_EQ(journal.used_up_to(key_of(1)), 0u);
    journal.record(key_of(1), 100);
    journal.record(key_of(2), 70000);
    journal.record(key_of(1), 200);
    journal.record(key_of(1), 150);
  }
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  LeaseJournal journal(path);
  EXPECT_EQ(journal.used_up_to(key_of(1)), 200u);
  EXPECT_EQ(journal.used_up_to(key_of(2)), 70000u);
  EXPECT_EQ(journal.used_up_to(key_of(3)), 0u);
  EXPECT_TRUE(journal.finding().empty());
}

TEST(LeaseJournal, HoldsNoKeyMaterial) {
  const TemporaryFolder folder;
  const SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel, 1000, 5);
  LeaseJournal(folder.file("j")).record(fingerprint_of(sa), 1);
  const std::string text = read_file(folder.file("j"));
  const std::string piece(sa.key.bytes().begin(), sa.key.bytes().begin() + 4);
  EXPECT_EQ(text.find(piece), std::string::npos);
}

TEST(LeaseJournal, TornAtEveryByteNeverGoesBack) {
  const TemporaryFolder folder;
  {
    LeaseJournal journal(folder.file("whole"));
    journal.record(key_of(1), 1000);
    journal.record(key_of(2), 2000);
    journal.record(key_of(3), 3000);
  }
  const std::string whole = read_file(folder.file("whole"));
  ASSERT_EQ(whole.size(), 3 * LeaseRecord::kBytes);
  for (size_t cut = 0; cut <= whole.size(); ++cut) {
    const std::string path = folder.write("cut", whole.substr(0, cut));
    {
      LeaseJournal journal(path);
      const bool torn = cut % LeaseRecord::kBytes != 0;
      EXPECT_EQ(journal.finding().empty(), !torn) << cut;
      for (uint8_t k = 1; k <= 3; ++k) {
        const uint64_t noted = k * 1000u;
        if (cut >= k * LeaseRecord::kBytes) {
          ASSERT_EQ(journal.used_up_to(key_of(k)), noted + (torn ? LeaseJournal::kBlock : 0)) << cut;
        } else if (torn && cut >= (k - 1) * LeaseRecord::kBytes + 24) {
          ASSERT_NE(refusal([&] { (void)journal.used_up_to(key_of(k)); }).find("torn by a crash"), std::string::npos)
              << cut;
        } else {
          ASSERT_EQ(journal.used_up_to(key_of(k)), 0u) << cut;
        }
      }
      journal.record(key_of(9), 7);  // and it can be written on
    }
    LeaseJournal again(path);
    ASSERT_EQ(again.used_up_to(key_of(9)), 7u) << cut;
    ASSERT_TRUE(again.finding().empty()) << cut;
  }
}

TEST(LeaseJournal, AFlippedByteBeforeTheEndRefusesEveryKey) {
  const TemporaryFolder folder;
  {
    LeaseJournal journal(folder.file("whole"));
    journal.record(key_of(1), 1000);
    journal.record(key_of(2), 2000);
  }
  const std::string whole = read_file(folder.file("whole"));
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    LeaseJournal journal(folder.write("bad", bad));
    EXPECT_FALSE(journal.finding().empty()) << at;
    if (at < LeaseRecord::kBytes) {
      const std::string why = refusal([&] { journal.record(key_of(3), 5); });
      ASSERT_NE(why.find("is damaged at byte 0"), std::string::npos) << why;
      ASSERT_NE(why.find("new key"), std::string::npos) << why;
    } else {
      ASSERT_EQ(journal.used_up_to(key_of(1)), 1000 + LeaseJournal::kBlock);
    }
  }
}

TEST(LeaseJournal, TheLastRecordAsZerosIsTorn) {
  const TemporaryFolder folder;
  LeaseJournal(folder.file("j")).record(key_of(1), 1000);
  std::ofstream(folder.file("j"), std::ios::app | std::ios::binary) << std::string(LeaseRecord::kBytes, '\0');
  LeaseJournal journal(folder.file("j"));
  EXPECT_EQ(journal.used_up_to(key_of(1)), 1000 + LeaseJournal::kBlock);
}

TEST(LeaseJournal, RefusesASecondDaemonAndAnOpenFile) {
  const TemporaryFolder folder;
  {
    const LeaseJournal first(folder.file("j"));
    EXPECT_NE(refusal([&] { LeaseJournal second(folder.file("j")); }).find("is in use"), std::string::npos);
  }
  const std::string open = folder.write("open", "", 0644);
  EXPECT_NE(refusal([&] { LeaseJournal j(open); }).find("chmod 600"), std::string::npos);
  EXPECT_NE(refusal([&] { LeaseJournal j("/nonexistent/j"); }).find("/nonexistent/j"), std::string::npos);
}

class Leases : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = make_software_engine();
  LeaseJournal journal{folder.file("j")};
};

TEST_F(Leases, StartAboveAllThatTheKeyMayHaveUsed) {
  LeaseKeeper keeper(journal, *engine);
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  const auto first = keeper.begin(sa);
  EXPECT_EQ(first.seq, 0u);
  EXPECT_EQ(first.limit, LeaseJournal::kBlock);
  EXPECT_EQ(keeper.begin(sa).seq, LeaseJournal::kBlock) << "as after a crash";
  sa.seq = 5'000'000;
  EXPECT_EQ(keeper.begin(sa).seq, 5'000'000u) << "asked for more";
  EXPECT_EQ(journal.used_up_to(fingerprint_of(sa)), 5'000'000 + LeaseJournal::kBlock);
}

TEST_F(Leases, EndWithTheNumbers) {
  LeaseKeeper keeper(journal, *engine);
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  sa.seq = 0xffffffff - 10;
  EXPECT_EQ(keeper.begin(sa).limit, 0xffffffffu);
  EXPECT_NE(refusal([&] { keeper.begin(sa); }).find("give a new key"), std::string::npos);
}

TEST_F(Leases, HaveAllOf64BitsWithEsn) {
  LeaseKeeper keeper(journal, *engine);
  SaConfig sa = make_sa(Direction::kOut, Mode::kTunnel);
  sa.esn = true;
  sa.seq = 0xffffffff - 10;
  EXPECT_EQ(keeper.begin(sa).limit, 0xffffffff - 10 + LeaseJournal::kBlock);
  sa.seq = uint64_t{1} << 40;
  const auto lease = keeper.begin(sa);
  EXPECT_EQ(lease.seq, uint64_t{1} << 40);
  EXPECT_EQ(lease.limit, (uint64_t{1} << 40) + LeaseJournal::kBlock);
  sa.esn = false;  // the same key without ESN: those numbers are IVs too
  sa.seq = 0;
  EXPECT_NE(refusal([&] { keeper.begin(sa); }).find("give a new key"), std::string::npos);
  sa.esn = true;
  sa.seq = ~uint64_t{0} - 5;
  EXPECT_EQ(keeper.begin(sa).limit, ~uint64_t{0});
  EXPECT_NE(refusal([&] { keeper.begin(sa); }).find("give a new key"), std::string::npos);
}

TEST_F(Leases, AreExtendedBeyond32Bits) {
  LeaseKeeper keeper(journal, *engine);
  LeasedEngine leased(*engine, keeper);
  SaConfig sa = make_sa(Direction::kOut, Mode::kTransport);
  sa.esn = true;
  sa.seq = 0xffffffff - LeaseJournal::kBlock;
  const uint64_t first = sa.seq;
  const auto lease = keeper.begin(sa);
  EXPECT_EQ(lease.limit, 0xffffffffu);
  const uint64_t ceiling = sa.send_limit();
  sa.seq_limit = lease.limit;
  const SaHandle handle = leased.install(sa);
  keeper.watch(handle, fingerprint_of(sa), lease.limit, ceiling);
  const Bytes packet = ipv4("192.0.2.1", "198.51.100.1", 17, counting(8));
  const std::vector<PacketIn> batch(1024, PacketIn{packet, handle});
  std::vector<PacketOut> out;
  while (leased.stats(Direction::kOut, handle).seq < first + 2 * LeaseJournal::kBlock) {
    leased.process(Direction::kOut, batch, out);
    if (out.back().status != abi::kOk) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  keeper.forget(handle);
  EXPECT_GE(journal.used_up_to(fingerprint_of(sa)), first + 2 * LeaseJournal::kBlock);
}

TEST_F(Leases, TheLogTellsOfLimitsOnce) {
  std::ostringstream lines;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  Events events;
  {
    LeaseKeeper keeper(journal, *engine);
    LeasedEngine leased(*engine, keeper, &events);
    SaConfig sa = make_sa(Direction::kOut, Mode::kTransport);
    sa.lifetime = {.soft_packets = 2, .hard_packets = 4};
    const SaHandle handle = leased.install(sa);
    const Bytes packet = ipv4("192.0.2.1", "198.51.100.1", 17, counting(8));
    const std::vector<PacketIn> batch(10, PacketIn{packet, handle});
    std::vector<PacketOut> out;
    leased.process(Direction::kOut, batch, out);
    leased.process(Direction::kOut, batch, out);
    EXPECT_EQ(out.back().status, abi::kDropExpired);
  }
  spdlog::set_default_logger(before);
  const std::string text = lines.str();
  EXPECT_NE(text.find("reached a soft limit at number 2"), std::string::npos) << text;
  EXPECT_NE(text.find("reached a hard limit at number 4"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
  const auto told = events.take();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0]["limit"], "soft");
  EXPECT_EQ(told[1]["limit"], "hard");
}

TEST_F(Leases, AreExtendedWhilePacketsGoOut) {
  LeaseKeeper keeper(journal, *engine);
  LeasedEngine leased(*engine, keeper);
  SaConfig sa = make_sa(Direction::kOut, Mode::kTransport);
  const uint64_t ceiling = sa.send_limit();
  const auto lease = keeper.begin(sa);
  sa.seq_limit = lease.limit;
  const SaHandle handle = leased.install(sa);
  const KeyFingerprint key = fingerprint_of(sa);
  keeper.watch(handle, key, lease.limit, ceiling);

  const Bytes packet = ipv4("192.0.2.1", "198.51.100.1", 17, counting(8));
  const std::vector<PacketIn> batch(1024, PacketIn{packet, handle});
  std::vector<PacketOut> out;
  uint64_t last = 0;
  for (int i = 0; i < 200; ++i) {  // three blocks and more
    for (;;) {
      leased.process(Direction::kOut, batch, out);
      if (out.back().status == abi::kOk) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // faster than the disk: dropped, not repeated
    }
    for (const PacketOut& p : out) {
      if (p.status != abi::kOk) continue;
      ASSERT_EQ(p.seq, last + 1);
      last = p.seq;
    }
  }
  EXPECT_GT(last, 3 * LeaseJournal::kBlock);
  keeper.forget(handle);
  EXPECT_GE(LeaseJournal::kBlock + journal.used_up_to(key), last);
  EXPECT_GE(journal.used_up_to(key), last) << "sent above what the disk knows";
}

}  // namespace
}  // namespace xesp::test
