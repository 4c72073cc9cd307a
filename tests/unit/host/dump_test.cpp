// SPDX-License-Identifier: Apache-2.0
// What `ip xfrm` prints, as iproute2 6.1 prints it, read back.
#include "words/dump.h"

#include <gtest/gtest.h>

#include <sstream>

#include "support/refusal.h"
#include "words/policy_words.h"
#include "words/state_words.h"

namespace xesp::cli {
namespace {

using test::refusal;

const std::string kKey = "0x000102030405060708090a0b0c0d0e0f10111213";

std::vector<DumpEntry> read(const std::string& text, size_t* skipped = nullptr) {
  DumpReader reader;
  std::vector<DumpEntry> entries;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number)
    if (auto entry = reader.line(number, line)) entries.push_back(std::move(*entry));
  if (auto entry = reader.end()) entries.push_back(std::move(*entry));
  if (skipped != nullptr) *skipped = reader.skipped();
  return entries;
}

control::SaRequest state(const std::string& text) {
  auto entries = read(text);
  EXPECT_EQ(entries.size(), 1u);
  Words words(entries.at(0).words);
  return parse_state(words);
}

const std::string kHead = "src 192.0.2.1 dst 198.51.100.1\n\tproto esp spi 0x00001001 reqid 7 mode tunnel\n";
const std::string kAead = "\taead rfc4106(gcm(aes)) " + kKey + " 128\n";

TEST(Dump, AStateOfIpXfrm) {
  const auto r = state(kHead + "\treplay-window 32 flag af-unspec\n" + kAead +
                       "\tlastused 2026-01-01 00:00:00\n"
                       "\tanti-replay context: seq 0x0, oseq 0x10, bitmap 0x00000000\n"
                       "\tsel src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp \n");
  EXPECT_EQ(r.sa.spi, 0x1001u);
  EXPECT_EQ(r.sa.reqid, 7u);
  EXPECT_EQ(r.sa.mode, Mode::kTunnel);
  EXPECT_EQ(r.sa.replay_window, 32u);
  EXPECT_EQ(r.sa.seq, 16u);
  EXPECT_EQ(r.direction, Direction::kOut) << "it has sent";
  EXPECT_EQ(r.sa.selector->protocol, 6);
}

TEST(Dump, AStateOfIpXfrmWithStatistics) {
  const auto r = state(
      "src 192.0.2.1 dst 198.51.100.1\n"
      "\tproto esp spi 0x00001001(4097) reqid 7(0x00000007) mode transport\n"
      "\treplay-window 0 seq 0x00000000 flag esn af-unspec (0x10100000)\n" +
      kAead +
      "\tencap type espinudp sport 4500 dport 4501 addr 0.0.0.0\n"
      "\tanti-replay esn context:\n"
      "\t seq-hi 0x1, seq 0x7, oseq-hi 0x0, oseq 0x0\n"
      "\t replay_window 128, bitmap-length 4\n"
      "\t 00000000 00000000 00000000 00000000 \n"
      "\tcrypto offload parameters: dev eth0 dir in mode packet\n"
      "\tsel src 0.0.0.0/0 dst 0.0.0.0/0 uid 0\n"
      "\tlifetime config:\n"
      "\t  limit: soft 1000(bytes), hard (INF)(bytes)\n"
      "\t  limit: soft (INF)(packets), hard 77(packets)\n"
      "\t  expire add: soft 0(sec), hard 3600(sec)\n"
      "\t  expire add: soft 0(sec), hard 0(sec)\n"
      "\t  expire use: soft 0(sec), hard 0(sec)\n"
      "\tlifetime current:\n"
      "\t  5(bytes), 1(packets)\n"
      "\t  add 2026-01-01 00:00:00 use -\n"
      "\tstats:\n"
      "\t  replay-window 0 replay 0 failed 0\n"
      "\tif_id 0\n");
  EXPECT_EQ(r.sa.mode, Mode::kTransport);
  EXPECT_TRUE(r.sa.esn);
  EXPECT_EQ(r.sa.replay_window, 128u);
  EXPECT_EQ(r.sa.seq, (uint64_t{1} << 32) + 7);
  EXPECT_EQ(r.direction, Direction::kIn);
  EXPECT_EQ(r.sa.encap->dst_port, 4501);
  EXPECT_EQ(r.sa.lifetime.soft_bytes, 1000u);
  EXPECT_EQ(r.sa.lifetime.hard_packets, 77u);
  EXPECT_EQ(r.sa.lifetime.soft_seconds, abi::kNoLimit);
  EXPECT_EQ(r.sa.lifetime.hard_seconds, 3600u);
  EXPECT_FALSE(r.sa.selector) << "any to any is none";
}

TEST(Dump, SuitesOfTwoAlgorithms) {
  const std::string hmac = "\tauth-trunc hmac(sha256) 0x" + std::string(64, 'a') + " 128\n";
  EXPECT_EQ(state(kHead + hmac + "\tenc cbc(aes) 0x" + std::string(32, 'b') + "\n").sa.key.size(), 16u);
  EXPECT_EQ(refusal([&] { state(kHead + hmac + "\tenc ecb(cipher_null) \n"); }), "(taken)");
}

TEST(Dump, WhatCannotBeTakenIsNamed) {
  const auto says = [](const std::string& more) { return refusal([&] { state(kHead + kAead + more); }); };
  EXPECT_NE(says("\tif_id 0x5\n").find("if_id"), std::string::npos);
  EXPECT_NE(says("\tmark 0x3/0xffffffff\n").find("mark"), std::string::npos);
  EXPECT_NE(says("\tsecurity context x\n").find("ctx"), std::string::npos);
  EXPECT_NE(says("\tlifetime config:\n\t  expire use: soft 0(sec), hard 3600(sec)\n").find("from the install"),
            std::string::npos);
  EXPECT_NE(says("\tsel src 0.0.0.0/0 dst 0.0.0.0/0 proto tcp sport 80 \n").find("sport"), std::string::npos);
  const std::string cbc = says("\tauth hmac(sha256) 0x" + std::string(64, 'a') + "\n");
  EXPECT_NE(cbc.find("say auth-trunc"), std::string::npos) << cbc;
  EXPECT_EQ(cbc.find("aaaa"), std::string::npos) << "a key is shown";
  EXPECT_NE(refusal([] { state(kHead + "\taead rfc4106(gcm(aes)) <<Keys hidden>> 128\n"); }).find("no keys"),
            std::string::npos);
  EXPECT_NE(refusal([] { read("xfrm state add\n"); }).find("xesp -b"), std::string::npos);
  EXPECT_NE(refusal([] { read("\tproto esp\n"); }).find("before the first"), std::string::npos);
  EXPECT_NE(refusal([] { read("src 1.1.1.1 dst 1.1.1.2\n"); }).find("no attributes"), std::string::npos);
  EXPECT_NE(
      refusal([] { state(kHead + "\tanti-replay context: seq 0xq, oseq 0x0, bitmap 0x0\n"); }).find("must be a number"),
      std::string::npos);
}

TEST(Dump, PoliciesOfIpXfrm) {
  size_t skipped = 0;
  const auto entries = read(
      "src 10.2.0.0/24 dst 10.1.0.0/24 \n\tdir fwd priority 0 ptype main \n\ttmpl src 192.0.2.1 dst 198.51.100.1\n"
      "\t\tproto esp reqid 1 mode tunnel\n\t\tlevel use \n"
      "src 0.0.0.0/0 dst 0.0.0.0/0 \n\tsocket in priority 0 ptype main \n"
      "src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp uid 0\n"
      "\tdir in action block index 8 priority 0 ptype main share any flag  (0x00000000)\n"
      "\tlifetime config:\n\t  limit: soft (INF)(bytes), hard (INF)(bytes)\n"
      "\tlifetime current:\n\t  0(bytes), 0(packets)\n\t  add 2026-11-24 02:01:02 use -\n"
      "src 10.3.0.0/24 dst 10.4.0.0/24 \n\tdir out priority 0 ptype main \n"
      "src 10.1.0.0/24 dst 10.2.0.0/24 uid 0\n"
      "\tdir out action allow index 1 priority 0 ptype main share any flag  (0x00000000)\n"
      "\ttmpl src 192.0.2.1 dst 198.51.100.1\n\t\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode tunnel\n"
      "\t\tlevel required share any \n\t\tenc-mask ffffffff auth-mask ffffffff comp-mask ffffffff\n",
      &skipped);
  EXPECT_EQ(skipped, 2u);
  ASSERT_EQ(entries.size(), 3u);
  const auto policy = [&](size_t i) {
    Words words(entries[i].words);
    return parse_policy(words);
  };
  EXPECT_EQ(policy(0).action, PolicyAction::kDiscard);
  EXPECT_EQ(policy(0).selector.protocol, 6);
  EXPECT_EQ(policy(1).action, PolicyAction::kBypass);
  EXPECT_EQ(policy(2).action, PolicyAction::kProtect);
  EXPECT_EQ(policy(2).reqid, 1u);
  EXPECT_EQ(policy(2).tmpl_dst.str(), "198.51.100.1");
  EXPECT_EQ(entries[1].line, 15);
}

}  // namespace
}  // namespace xesp::cli
