// SPDX-License-Identifier: Apache-2.0
// The words of `ip xfrm`: what is taken, and that each refusal names the word and the fix and shows no key.
#include <gtest/gtest.h>

#include "control/policy_json.h"
#include "support/packets.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"
#include "words/key_source.h"
#include "words/policy_words.h"
#include "words/state_words.h"

namespace xesp::cli {
namespace {

using test::Bytes;
using test::refusal;
using test::TemporaryFolder;

const std::string kKey = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3";
const std::string kAead = " aead 'rfc4106(gcm(aes))' " + kKey + " 128";
const std::string kBase = "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001" + kAead;

const std::string kAh = "src 192.0.2.1 dst 198.51.100.1 proto ah spi 0x1001 aead 'rfc4543(gcm(aes))' " + kKey + " 128";

const std::string kCbc = "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 enc cbc(aes) " + kKey.substr(0, 66) +
                         " auth-trunc hmac(sha256) 0x" + std::string(64, 'a') + " 128";

control::SaRequest state(const std::string& line) {
  Words words(split_words(line));
  return parse_state(words);
}

std::string state_refusal(const std::string& line) {
  return refusal([&] { state(line); });
}

Policy policy(const std::string& line) {
  Words words(split_words(line));
  return parse_policy(words);
}

std::string policy_refusal(const std::string& line) {
  return refusal([&] { policy(line); });
}

TEST(SplitWords, QuotesBlanksAndComments) {
  EXPECT_EQ(split_words("  a 'b c' \"d'e\" f\"g\"h '' # i"), (std::vector<std::string>{"a", "b c", "d'e", "fgh", ""}));
  EXPECT_TRUE(split_words("# only a comment").empty());
  EXPECT_THROW(split_words("a 'b"), Error);
}

TEST(StateWords, TheLineOfTheManual) {
  const auto r = state(kBase +
                       " reqid 7 mode tunnel replay-window 64 replay-oseq 0x10 flag af-unspec noecn"
                       " sel src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp dir out tos 0xb8 ttl 32");
  EXPECT_EQ(r.direction, Direction::kOut);
  EXPECT_EQ(r.sa.mode, Mode::kTunnel);
  EXPECT_EQ(r.sa.src.str(), "192.0.2.1");
  EXPECT_EQ(r.sa.dst.str(), "198.51.100.1");
  EXPECT_EQ(r.sa.spi, 0x1001u);
  EXPECT_EQ(r.sa.reqid, 7u);
  EXPECT_EQ(r.sa.seq, 16u);
  EXPECT_EQ(r.sa.tos, 0xb8);
  EXPECT_EQ(r.sa.ttl, 32);
  EXPECT_EQ(r.sa.replay_window, 64u);
  EXPECT_EQ(Bytes(r.sa.key.bytes().begin(), r.sa.key.bytes().end()), test::counting(32));
  EXPECT_EQ(Bytes(r.sa.salt.bytes().begin(), r.sa.salt.bytes().end()), test::counting(4, 0xa0));
  ASSERT_TRUE(r.sa.selector);
  EXPECT_EQ(r.sa.selector->dst.str(), "10.2.0.0/24");
  EXPECT_EQ(r.sa.selector->protocol, 6);
}

TEST(StateWords, WhatIsNotSaidIsAsInIpXfrm) {
  const auto r = state(kBase);
  EXPECT_FALSE(r.direction);
  EXPECT_EQ(r.sa.mode, Mode::kTransport);
  EXPECT_EQ(r.sa.reqid, 0u);
  EXPECT_FALSE(r.sa.selector);
  EXPECT_EQ(r.sa.replay_window, abi::kReplayWindow);
  EXPECT_FALSE(r.sa.esn);
  EXPECT_EQ(r.sa.lifetime, Lifetime());
}

TEST(StateWords, AnyOrderAndDecimalSpi) {
  const auto r =
      state("dir in" + kAead + " spi 4097 mode tunnel proto 50 dst 198.51.100.1 replay-window 0 src 192.0.2.1");
  EXPECT_EQ(r.sa.spi, 4097u);
  EXPECT_EQ(r.sa.replay_window, 0u);
  EXPECT_EQ(r.direction, Direction::kIn);
}

TEST(StateWords, ExtendedNumbersAndLimits) {
  const auto r = state(kBase +
                       " flag esn af-unspec replay-window 4096 replay-oseq-hi 2 limit byte-soft 1000 replay-oseq 7"
                       " limit byte-hard 0x1000 limit packet-soft 10 limit packet-hard 12 dir out"
                       " limit time-soft 60 limit time-hard 90");
  EXPECT_TRUE(r.sa.esn);
  EXPECT_EQ(r.sa.replay_window, 4096u);
  EXPECT_EQ(r.sa.seq, (uint64_t{2} << 32) + 7);
  EXPECT_EQ(r.sa.send_limit(), ~uint64_t{0});
  EXPECT_EQ(r.sa.lifetime, (Lifetime{.soft_packets = 10,
                                     .hard_packets = 12,
                                     .soft_bytes = 1000,
                                     .hard_bytes = 4096,
                                     .soft_seconds = 60,
                                     .hard_seconds = 90}));
}

TEST(StateWords, WhatGoesAroundThePayload) {
  const auto r = state("src 2001:db8::1 dst 2001:db8::2 proto esp spi 300 mode tunnel" + kAead +
                       " encap espinudp 4500 4501 0.0.0.0 tfcpad 1400 flag implicit-iv");
  EXPECT_TRUE(r.sa.dst.v6);
  EXPECT_EQ(r.sa.encap, (UdpEncap{4500, 4501}));
  EXPECT_EQ(r.sa.tfc_pad, 1400);
  EXPECT_TRUE(r.sa.implicit_iv);
  const auto again = control::sa_request_from_json(control::to_json(r)).sa;
  EXPECT_EQ(again.encap, r.sa.encap);
  EXPECT_EQ(again.tfc_pad, 1400);
  EXPECT_TRUE(again.implicit_iv);
}

TEST(StateWords, AhTakesAesGmac) {
  for (const std::string& line : {kAh, kAh + " mode tunnel flag esn dir in tos 3"}) {
    const SaConfig sa = state(line).sa;
    EXPECT_EQ(sa.proto, kProtoAh);
    EXPECT_TRUE(sa.auth_only);
  }
  EXPECT_EQ(state("proto 51 src ::1 dst ::2 spi 300 aead rfc4543(gcm(aes)) " + kKey + " 128").sa.proto, kProtoAh);
  EXPECT_EQ(state(kBase).sa.proto, kProtoEsp);
}

TEST(StateWords, SuitesOfSoftware) {
  const auto cbc = state(kCbc);
  EXPECT_EQ(cbc.sa.cipher, Cipher::kAesCbc);
  EXPECT_EQ(cbc.sa.integrity, Integrity::kHmacSha256);
  EXPECT_EQ(cbc.sa.key.size(), 32u);
  EXPECT_EQ(cbc.sa.auth_key.size(), 32u);
  EXPECT_EQ(cbc.sa.icv_bits, 128u);
  const auto null = state(kCbc.substr(0, kCbc.find(" enc")) + " enc 'ecb(cipher_null)' '' auth-trunc hmac(sha512) 0x" +
                          std::string(128, 'b') + " 256");
  EXPECT_EQ(null.sa.cipher, Cipher::kNull);
  EXPECT_EQ(null.sa.icv_bits, 256u);
  std::string chacha = kBase;
  chacha.replace(chacha.find("rfc4106(gcm(aes))"), 17, "rfc7539esp(chacha20,poly1305)");
  EXPECT_EQ(state(chacha).sa.cipher, Cipher::kChaCha20Poly1305);
  for (const std::string& line : {kCbc, chacha}) {  // through the protocol and back
    control::SaRequest r = state(line);
    r.direction = Direction::kOut;
    const SaConfig back = control::sa_request_from_json(control::to_json(r)).sa;
    EXPECT_EQ(back.cipher, r.sa.cipher);
    EXPECT_EQ(back.integrity, r.sa.integrity);
    EXPECT_TRUE(std::ranges::equal(back.key.bytes(), r.sa.key.bytes()));
    EXPECT_TRUE(std::ranges::equal(back.auth_key.bytes(), r.sa.auth_key.bytes()));
    EXPECT_EQ(control::to_json(r.sa, control::Keys::kHidden).dump().find("aaaa"), std::string::npos);
  }
}

TEST(StateWords, OffloadInOurWordsAndInTheKernels) {
  EXPECT_EQ(state(kBase).sa.offload, Offload::kAuto);
  EXPECT_EQ(state(kBase + " offload off").sa.offload, Offload::kOff);
  EXPECT_EQ(state(kBase + " offload require").sa.offload, Offload::kRequire);
  const auto r = state(kBase + " offload packet dev eth0 dir out");
  EXPECT_EQ(r.sa.offload, Offload::kAuto);
  EXPECT_EQ(r.direction, Direction::kOut);
  EXPECT_NE(state_refusal(kBase + " offload hard").find("auto"), std::string::npos);
  EXPECT_NE(state_refusal(kBase + " offload crypto eth0").find("dev NAME"), std::string::npos);
}

TEST(StateWords, ASelectorEndsWhereAnotherWordBegins) {
  const auto r =
      state("sel src 10.0.0.0/8 dst 0.0.0.0/0 spi 300 proto esp" + kAead + " src 192.0.2.1 dst 198.51.100.1");
  EXPECT_EQ(r.sa.src.str(), "192.0.2.1");
  EXPECT_EQ(r.sa.selector->src.str(), "10.0.0.0/8");
}

TEST(StateWords, EachRefusalNamesWordAndFix) {
  const struct {
    std::string line;
    const char* says[2];
  } cases[] = {
      {"", {"no src", "add 'src ADDRESS'"}},
      {"src", {"'src'", "needs src: an address"}},
      {"src 1.2.3", {"'1.2.3'", "like 192.0.2.1"}},
      {"src 192.0.2.1 proto esp spi 300" + kAead, {"no dst", "add 'dst ADDRESS'"}},
      {"src 192.0.2.1 dst 198.51.100.1 spi 300" + kAead, {"no proto", "add 'proto esp'"}},
      {"src 192.0.2.1 dst 198.51.100.1 proto esp" + kAead, {"no spi", "add 'spi 0x...'"}},
      {"src 192.0.2.1 dst 198.51.100.1 proto esp spi 300", {"no key", "aead"}},
      {"src ::1 dst 192.0.2.1 proto esp spi 300" + kAead, {"src, dst:", "IPv6"}},
      {"proto comp", {"'comp'", "esp or ah"}},
      {"src 192.0.2.1 dst 198.51.100.1 proto ah spi 300" + kAead, {"aead:", "'rfc4543(gcm(aes))'"}},
      {kAh + " encap espinudp 4500 4500 0.0.0.0", {"encap:", "remove it"}},
      {kAh + " flag implicit-iv", {"implicit IV:", "remove the flag"}},
      {kAh + " mode tunnel tfcpad 100", {"tfcpad:", "remove it"}},
      {kAh + " auth hmac(sha256) 0x00", {"'auth'", "auth-trunc"}},
      {kAh.substr(0, kAh.find(" aead")), {"no key", "auth-trunc"}},
      {kAh.substr(0, kAh.find(" aead")) + kCbc.substr(kCbc.find(" enc")), {"enc:", "AH does not encrypt"}},
      {kAh + kCbc.substr(kCbc.find(" auth")), {"aead encrypts and authenticates"}},
      {"spi 0x", {"'0x'", "a number from 256"}},
      {"spi 255", {"'255'", "256 to 4294967295"}},
      {"spi 0x100000000", {"'0x100000000'", "4294967295"}},
      {"spi -1", {"'-1'", "a number"}},
      {"spi 12k", {"'12k'", "a number"}},
      {"spi 300 spi 301", {"'spi'", "given twice"}},
      {"mode beet", {"'beet'", "tunnel or transport"}},
      {"mode", {"'mode'", "tunnel or transport"}},
      {"dir fwd", {"'fwd'", "'dir in' covers"}},
      {"dir both", {"'both'", "in or out"}},
      {"reqid x", {"'x'", "reqid must be a number"}},
      {"replay-window 4097", {"'4097'", "0 to 4096"}},
      {"flag", {"'flag'", "af-unspec"}},
      {"flag icmp", {"'icmp'", "remove the flag"}},
      {"df maybe", {"'maybe'", "copy"}},
      {"flag bogus", {"'bogus'", "af-unspec, noecn"}},
      {"sel src 10.0.0.0/8", {"sel", "both 'src PREFIX' and 'dst PREFIX'"}},
      {"sel src 10.0.0.1/8 dst 0.0.0.0/0", {"'10.0.0.1/8'", "bits set after its length"}},
      {"aead", {"'aead'", "'rfc4106(gcm(aes))'"}},
      {"aead gcm 0x00 128", {"'rfc4106(gcm(aes))'", "rfc4543(gcm(aes))"}},
      {"aead 'rfc4543(gcm(aes))' " + kKey + " 96", {"rfc4543", "128 bits"}},
      {"aead 'rfc4106(gcm(aes))'", {"the line ends", "72 hexadecimal digits"}},
      {"aead 'rfc4106(gcm(aes))' deadbeef 128", {"key", "start with 0x"}},
      {"aead 'rfc4106(gcm(aes))' 0xabc 128", {"key", "even number"}},
      {"aead 'rfc4106(gcm(aes))' 0x00zz 128", {"character 3", "hexadecimal"}},
      {"aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff0011223344 128", {"21 bytes", "72 digits"}},
      {"aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff001122 128", {"19 bytes", "40, 56 or 72 digits"}},
      {"aead 'rfc4543(gcm(aes))' 0x00112233445566778899aabbccddeeff 128", {"16 bytes", "salt"}},
      {"aead 'rfc4106(gcm(aes))' " + kKey, {"the line ends", "ICV length"}},
      {"aead 'rfc4106(gcm(aes))' " + kKey + " 32", {"'32'", "128, 96 or 64"}},
      {kBase + " replay-seq 1 replay-oseq 1", {"replay-seq", "give one"}},
      {kBase + " replay-seq 1 dir out", {"replay-seq", "replay-oseq"}},
      {kBase + " replay-oseq 1 dir in", {"replay-oseq", "replay-seq"}},
      {kBase + " tos 256", {"'256'", "0 to 255"}},
      {kBase + " ttl 0", {"'0'", "1 to 255"}},
      {kBase + " encap espintcp 4500 4500 0.0.0.0", {"'espintcp'", "espinudp"}},
      {kBase + " encap espinudp 4500 0 0.0.0.0", {"'0'", "1 to 65535"}},
      {kBase + " encap espinudp 4500 4500", {"original address", "address"}},
      {kBase + " tfcpad 100", {"tfcpad", "tunnel"}},
      {kBase + " mode tunnel tfcpad 9217", {"'9217'", "9216"}},
      {kBase + " enc aes 0x00", {"'aes'", "cbc(aes)"}},
      {kBase + " enc cbc(aes) " + kKey.substr(0, 66), {"aead encrypts and authenticates"}},
      {kCbc.substr(0, kCbc.find(" auth")), {"no authentication", "auth-trunc"}},
      {kCbc.substr(0, kCbc.find(" enc")) + kCbc.substr(kCbc.find(" auth")), {"no encryption", "enc 'cbc(aes)'"}},
      {kCbc.substr(0, kCbc.rfind(" 128")) + " 96", {"'96'", "128 bits"}},
      {kCbc.substr(0, kCbc.find(" auth")) + " auth-trunc hmac(md5) 0x00 96", {"'hmac(md5)'", "hmac(sha256)"}},
      {kCbc.substr(0, kCbc.find(" auth")) + " auth-trunc hmac(sha256) 0xdeadbeef 128", {"4 bytes", "32"}},
      {kCbc + " flag implicit-iv", {"for AEADs"}},
      {kBase.substr(0, kBase.find(" aead")) + " enc ecb(cipher_null) 0xdeadbeef", {"no key"}},
      {kBase + " limit", {"'limit'", "byte-soft"}},
      {kBase + " limit byte-soft", {"'byte-soft'", "a number"}},
      {kBase + " limit byte-soft 0", {"'0'", "a number from 1"}},
      {kBase + " limit packet-hard 5 limit packet-hard 6", {"'packet-hard'", "given twice"}},
      {kBase + " limit time-use-soft 60", {"'time-use-soft'", "from the install"}},
      {kBase + " limit time-hard 0", {"'0'", "a number from 1"}},
      {kBase + " limit colour 5", {"'colour'", "packet-hard"}},
      {kBase + " dir in replay-window 0 flag esn", {"replay-window", "1 or more"}},
      {kBase + " replay-seq-hi 1", {"seq", "flag esn"}},
      {kBase + " replay-seq-hi 0x100000000", {"'0x100000000'", "4294967295"}},
      {kBase + " replay-seq-hi 1 dir out", {"replay-seq", "replay-oseq"}},
      {kBase + " colour blue", {"'colour'", "known are src"}},
      {kBase.substr(0, kBase.find("aead")) + kKey, {"may be a key", "known are"}},
  };
  for (const auto& c : cases) {
    const std::string text = state_refusal(c.line);
    for (const char* say : c.says)
      if (say) EXPECT_NE(text.find(say), std::string::npos) << c.line << "\n -> " << text;
    EXPECT_EQ(text.find("0a0b0c0d"), std::string::npos) << "a key is shown: " << text;
    EXPECT_EQ(text.find("deadbeef"), std::string::npos) << "a key is shown: " << text;
  }
}

// As `ip xfrm state` prints them and takes them.
TEST(StateWords, EveryKeyLengthAndAlgorithm) {
  const std::string head =
      "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x00001001 reqid 1 mode tunnel replay-window 0 aead ";
  for (const size_t bytes : {16, 24, 32})
    for (const bool gmac : {false, true}) {
      std::string key = "0x";
      for (size_t i = 0; i < bytes; ++i) key += "5a";
      Words words(split_words(head + (gmac ? "rfc4543(gcm(aes)) " : "'rfc4106(gcm(aes))' ") + key + "01020304 128"));
      const control::SaRequest r = parse_state(words);
      EXPECT_EQ(r.sa.key.size(), bytes);
      EXPECT_EQ(r.sa.salt.bytes()[0], 1);
      EXPECT_EQ(r.sa.auth_only, gmac);
      EXPECT_EQ(r.sa.icv_bits, 128u);
    }
}

TEST(StateWords, AhTakesAnHmacAlone) {
  for (const unsigned bits : {256u, 384u, 512u}) {
    std::string key = "0x";
    for (unsigned i = 0; i < bits / 8; ++i) key += "5a";
    Words words(split_words("src 192.0.2.1 dst 198.51.100.1 proto ah spi 0x1001 auth-trunc 'hmac(sha" +
                            std::to_string(bits) + ")' " + key + " " + std::to_string(bits / 2) + " flag align4"));
    const control::SaRequest r = parse_state(words);
    EXPECT_EQ(r.sa.proto, kProtoAh);
    EXPECT_EQ(r.sa.cipher, Cipher::kNull);
    EXPECT_EQ(digest_bits(r.sa.integrity), bits);
    EXPECT_EQ(r.sa.icv_bits, bits / 2);
    EXPECT_EQ(r.sa.auth_key.size(), bits / 8);
    EXPECT_TRUE(r.sa.key.empty());
  }
}

TEST(StateWords, EveryShortenedLineIsTakenOrRefusedInOneLine) {
  const std::vector<std::string> words =
      split_words(kBase + " reqid 7 mode tunnel flag af-unspec sel src 10.0.0.0/8 dst 0.0.0.0/0 dir out");
  for (size_t n = 0; n <= words.size(); ++n) {
    for (size_t skip = 0; skip < n; ++skip) {
      std::vector<std::string> some(words.begin(), words.begin() + static_cast<long>(n));
      some.erase(some.begin() + static_cast<long>(skip));
      Words w(some);
      try {
        parse_state(w);
      } catch (const Error& e) {
        EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
        EXPECT_GT(std::string(e.what()).size(), 10u);
      }
    }
  }
}

TEST(StateWords, NamesAnSa) {
  Words words(split_words("src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 dir in"));
  const auto name = parse_state_name(words);
  EXPECT_EQ(name.spi, 0x1001u);
  EXPECT_EQ(name.direction, Direction::kIn);
  EXPECT_EQ(name.proto, kProtoEsp);
  Words ah(split_words("dst 198.51.100.1 proto ah spi 0x1001"));
  EXPECT_EQ(parse_state_name(ah).proto, kProtoAh);
  Words missing(split_words("dst 198.51.100.1"));
  EXPECT_THROW(parse_state_name(missing), Error);
  Words more(split_words("dst 198.51.100.1 spi 300 mode tunnel"));
  EXPECT_THROW(parse_state_name(more), Error);
}

TEST(KeySource, FileOfOneOwner) {
  const TemporaryFolder folder;
  const Secret key = read_key("@" + folder.write("k", kKey + "\n"));
  EXPECT_EQ(key.size(), 36u);
  for (const int mode : {0640, 0604, 0620}) {
    try {
      read_key("@" + folder.write("open", kKey, mode));
      ADD_FAILURE() << std::oct << mode;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kDenied);
      EXPECT_NE(std::string(e.what()).find("chmod 600"), std::string::npos);
    }
  }
  EXPECT_THROW(read_key("@/nonexistent"), Error);
  EXPECT_THROW(read_key("@/tmp"), Error);
  EXPECT_THROW(read_key("@" + folder.write("text", "not a key")), Error);
}

TEST(KeySource, HidesKeysInArguments) {
  std::string command = "xesp";
  std::string spi = "0x00001001";
  std::string inside = "aead x " + kKey + " 128";
  char* argv[] = {command.data(), spi.data(), inside.data()};
  hide_keys(3, argv);
  EXPECT_EQ(spi, "0x00001001");
  EXPECT_EQ(inside, "aead x 0x" + std::string(72, '*') + " 128");
}

TEST(PolicyWords, ProtectBypassDiscard) {
  const Policy p = policy(
      "src 10.1.0.0/24 dst 10.2.0.0/24 proto udp dir out tmpl src 192.0.2.1 dst 198.51.100.1 proto esp reqid 3 mode "
      "tunnel "
      "level required");
  EXPECT_EQ(p.action, PolicyAction::kProtect);
  EXPECT_EQ(p.direction, Direction::kOut);
  EXPECT_EQ(p.selector.protocol, 17);
  EXPECT_EQ(p.reqid, 3u);
  EXPECT_EQ(p.mode, Mode::kTunnel);
  EXPECT_EQ(p.tmpl_dst.str(), "198.51.100.1");
  EXPECT_EQ(policy("src 10.1.0.5 dst 0.0.0.0/0 dir in action allow").action, PolicyAction::kBypass);
  EXPECT_EQ(policy("src 10.1.0.5 dst 0.0.0.0/0 dir in action block ptype main").action, PolicyAction::kDiscard);
  EXPECT_EQ(policy("src 10.1.0.5 dst 10.2.0.5 dir out tmpl proto esp mode transport").mode, Mode::kTransport);
}

TEST(PolicyWords, TheTemplatesProtocol) {
  const std::string line =
      "src 10.1.0.0/24 dst 10.2.0.0/24 dir out tmpl src 192.0.2.1 dst 198.51.100.1 mode tunnel proto ";
  const Policy ah = policy(line + "ah");
  EXPECT_EQ(ah.proto, kProtoAh);
  EXPECT_EQ(control::to_json(ah)["tmpl"]["proto"], "ah");
  EXPECT_EQ(control::policy_from_json(control::to_json(ah)), ah);
  EXPECT_EQ(policy(line + "esp").proto, kProtoEsp);
}

TEST(PolicyWords, Ports) {
  const Policy p = policy("src ::/0 dst 2001:db8::/32 proto tcp sport 0x400 dport 443 dir in action block");
  EXPECT_EQ(p.selector.src_port, 1024);
  EXPECT_EQ(p.selector.dst_port, 443);
  EXPECT_EQ(control::policy_from_json(control::to_json(p)), p);
  Words name(split_words("dir in dst 2001:db8::/32 dport 443 sport 1024 proto tcp src ::/0"));
  EXPECT_TRUE(parse_policy_name(name).same_entry(p));
  const Policy other = policy("src ::/0 dst 2001:db8::/32 proto tcp dport 443 dir in action block");
  EXPECT_FALSE(other.same_entry(p));
  EXPECT_FALSE(control::to_json(other)["sel"].contains("sport"));
}

TEST(PolicyWords, EachRefusalNamesWordAndFix) {
  const std::string base = "src 10.1.0.0/24 dst 10.2.0.0/24 dir out";
  const struct {
    std::string line;
    const char* says[2];
  } cases[] = {
      {"", {"'src PREFIX'", "add the missing one"}},
      {"src 10.1.0.0/24 dir out action block", {"'dst PREFIX'", "add the missing one"}},
      {"src 10.1.0.0/24 dst 10.2.0.0/24 action block", {"direction", "'dir out'"}},
      {base, {"not said", "tmpl"}},
      {base + " action drop", {"'drop'", "allow or block"}},
      {base + " tmpl src 192.0.2.1 dst 198.51.100.1 mode tunnel", {"tmpl", "'proto esp'"}},
      {base + " tmpl src 192.0.2.1 dst 198.51.100.1 proto esp", {"tmpl", "'mode tunnel'"}},
      {base + " tmpl src 192.0.2.1 dst 198.51.100.1 proto comp mode tunnel", {"'comp'", "esp or ah"}},
      {base + " tmpl proto esp mode tunnel", {"outer addresses", "src A dst B"}},
      {base + " tmpl src 192.0.2.1 dst 198.51.100.1 proto esp mode tunnel level use", {"'use'", "in clear"}},
      {base + " tmpl src 192.0.2.1 dst 198.51.100.1 proto esp mode tunnel action block",
       {"action block", "remove one"}},
      {base + " priority 10", {"'priority'", "remove it"}},
      {base + " proto tcp dport 0 action block", {"'0'", "1 to 65535"}},
      {base + " dport 80 action block", {"only tcp, udp and sctp have ports", "proto"}},
      {base + " proto 50 sport 80 action block", {"only tcp, udp and sctp have ports", "proto"}},
      {base + " shape round", {"'shape'", "known are src"}},
      {"src 10.1.0.0/33 dst 10.2.0.0/24", {"'10.1.0.0/33'", "0 to 32"}},
      {"dir fwd", {"'fwd'", "'dir in' covers"}},
  };
  for (const auto& c : cases) {
    const std::string text = policy_refusal(c.line);
    for (const char* say : c.says) EXPECT_NE(text.find(say), std::string::npos) << c.line << "\n -> " << text;
  }
}

}  // namespace
}  // namespace xesp::cli
