// SPDX-License-Identifier: Apache-2.0
#include "words/state_words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

#include "words/suite_words.h"
#include "xesp_abi.h"

namespace xesp::cli {

namespace {

constexpr uint64_t kMax32 = 0xffffffffu;

// What `ip xfrm state` knows and xesp does not do, with what to do instead.
const std::map<std::string_view, const char*> kUnsupported = {
    {"auth", "Linux cuts this one's ICV to 96 bits: say auth-trunc 'hmac(sha256)' KEY 128 (RFC 4868)"},
    {"comp", "not supported: IPComp is not done here, remove it"},
    {"mark", "not supported: remove it"},
    {"if_id", "not supported: remove it"},
    {"output-mark", "not supported: remove it"},
    {"extra-flag", "not supported: remove it"},
    {"coa", "not supported: remove it"},
    {"ctx", "not supported: remove it"},
    {"replay-window-size", "not known: say replay-window"},
};

const std::map<std::string_view, const char*> kBadFlags = {
    {"wildrecv", "not supported: remove the flag"},
    {"icmp", "not supported: remove the flag"},
};

void parse_flags(Words& words, SaConfig& sa) {
  bool any = false;
  while (!words.end()) {
    if (words.take("noecn")) {
      sa.ecn = false;
    } else if (words.take("esn")) {
      sa.esn = true;
    } else if (words.take("implicit-iv")) {
      sa.implicit_iv = true;
    } else if (words.take("decap-dscp")) {
      sa.decap_dscp = true;
    } else if (words.take("nopmtudisc")) {
      sa.df = OuterDf::kClear;
    } else if (!words.take("af-unspec") && !words.take("align4")) {
      // Those two change nothing: we never look at the selector's family, and our alignment is 4 always.
      const auto bad = kBadFlags.find(words.peek());
      if (bad == kBadFlags.end()) break;
      (void)words.next("");
      words.refuse(bad->second);
    }
    any = true;
  }
  if (!any) {
    (void)words.next("flag: a flag such as af-unspec");
    words.refuse("not a flag that is known: esn, implicit-iv, af-unspec, noecn, decap-dscp, nopmtudisc, align4");
  }
}

// As often as there are limits; each of its kinds once.
void parse_limit(Words& words, Lifetime& lifetime) {
  const std::string kind = words.next("limit: byte-soft, byte-hard, packet-soft, packet-hard, time-soft or time-hard");
  const auto known = std::ranges::find(control::kLimitNames, kind, &control::LimitName::word);
  if (known == std::end(control::kLimitNames))
    words.refuse(kind.starts_with("time-use-")
                     ? "time from the first packet is not kept: give time-soft or time-hard, from the install"
                     : "limit must be byte-soft, byte-hard, packet-soft, packet-hard, time-soft or time-hard");
  uint64_t& limit = lifetime.*known->limit;
  if (limit != abi::kNoLimit) words.refuse("given twice: a limit of each kind is enough");
  limit = words.number("limit " + kind, 1, abi::kNoLimit - 1);
}

Selector parse_selector(Words& words) {
  Selector selector;
  bool src = false;
  bool dst = false;
  for (;;) {
    if (words.take("src")) {
      selector.src = parse_prefix(words, "sel src");
      src = true;
    } else if (words.take("dst")) {
      selector.dst = parse_prefix(words, "sel dst");
      dst = true;
    } else if (words.take("proto")) {
      selector.protocol = parse_protocol(words);
    } else {
      break;
    }
  }
  if (!src || !dst)
    throw Error(ErrorCode::kUsage, "sel: needs both 'src PREFIX' and 'dst PREFIX', add the missing one");
  return selector;
}

// encap espinudp SPORT DPORT ADDRESS: the address, of a NAT that is before the peer, is not looked at, as in Linux.
UdpEncap parse_encap(Words& words) {
  if (words.next("encap: espinudp") != "espinudp") words.refuse("encap must be espinudp (RFC 3948)");
  UdpEncap encap;
  encap.src_port = static_cast<uint16_t>(words.number("encap source port", 1, 65535));
  encap.dst_port = static_cast<uint16_t>(words.number("encap destination port", 1, 65535));
  (void)parse_address(words, "encap original address (0.0.0.0 if in doubt)");
  return encap;
}

struct Given {
  bool src = false, dst = false, proto = false, spi = false, aead = false, enc = false, auth = false;
  bool in_seq = false, out_seq = false;
  uint64_t seq_low = 0, seq_high = 0;

  // replay-seq, replay-oseq and the same with -hi: the halves of a number.
  void parse_seq(const std::string& word, Words& words) {
    (word.starts_with("replay-o") ? out_seq : in_seq) = true;
    (word.ends_with("-hi") ? seq_high : seq_low) = words.number(word, 0, kMax32);
  }
};

void need(bool given, const char* what) {
  if (!given) throw Error(ErrorCode::kUsage, std::string("the SA has no ") + what);
}

void check_sequence(const Given& given, const control::SaRequest& r) {
  if (given.in_seq && given.out_seq)
    throw Error(ErrorCode::kUsage, "replay-seq is for 'dir in' and replay-oseq for 'dir out': give one of them");
  if (r.direction == Direction::kOut && given.in_seq)
    throw Error(ErrorCode::kUsage, "replay-seq is for an inbound SA: say replay-oseq, or dir in");
  if (r.direction == Direction::kIn && given.out_seq)
    throw Error(ErrorCode::kUsage, "replay-oseq is for an outbound SA: say replay-seq, or dir out");
}

}  // namespace

IpAddress parse_address(Words& words, const std::string& name) {
  const std::string word = words.next(name + ": an address");
  try {
    return IpAddress::parse(word);
  } catch (const Error&) {
    words.refuse(name + " must be an address like 192.0.2.1");
  }
}

Prefix parse_prefix(Words& words, const std::string& name) {
  const std::string word = words.next(name + ": a prefix");
  try {
    return Prefix::parse(word);
  } catch (const Error& e) {
    words.refuse(name + " must be a prefix like 10.1.0.0/24: " + e.what());
  }
}

uint8_t parse_protocol(Words& words) {
  static const std::map<std::string_view, uint8_t> kNames = {{"any", 0},  {"icmp", 1}, {"tcp", 6},
                                                             {"udp", 17}, {"gre", 47}, {"sctp", 132}};
  if (!words.end()) {
    const auto known = kNames.find(words.peek());
    if (known != kNames.end()) {
      (void)words.next("");
      return known->second;
    }
  }
  return static_cast<uint8_t>(words.number("proto", 0, 255));
}

Mode parse_mode(Words& words) {
  const std::string word = words.next("mode: tunnel or transport");
  if (word == "tunnel") return Mode::kTunnel;
  if (word == "transport") return Mode::kTransport;
  words.refuse("mode must be tunnel or transport");
}

Direction parse_direction(Words& words) {
  const std::string word = words.next("dir: in or out");
  if (word == "out") return Direction::kOut;
  if (word == "in") return Direction::kIn;
  if (word == "fwd") words.refuse("dir fwd is not needed: 'dir in' covers packets that are forwarded, remove the line");
  words.refuse("dir must be in or out");
}

uint8_t parse_proto(Words& words) {
  const std::string word = words.next("proto: esp or ah");
  if (word == "esp" || word == "50") return kProtoEsp;
  if (word == "ah" || word == "51") return kProtoAh;
  words.refuse("proto must be esp or ah");
}

Offload offload_of(Words& words, const std::string& word) {
  if (word == "auto") return Offload::kAuto;
  if (word == "off") return Offload::kOff;
  if (word == "require") return Offload::kRequire;
  words.refuse("offload is auto (the card, and software without it), off (software) or require (the card or nothing)");
}

// Our words, or the kernel's (`offload packet dev eth0 dir out`), which ask a NIC for what the card does.
void parse_offload(Words& words, control::SaRequest& r) {
  const std::string word = words.next("offload: auto, off or require");
  if (word == "crypto" || word == "packet") {
    if (!words.take("dev")) words.refuse("offload " + word + ": 'dev NAME dir in|out' follows");
    (void)words.next("dev: an interface");
    return;  // `dir` is a word of its own
  }
  r.sa.offload = offload_of(words, word);
}

control::SaRequest parse_state(Words& words) {
  control::SaRequest r;
  r.sa.mode = Mode::kTransport;
  Given given;
  while (!words.end()) {
    if (words.take("limit")) {
      parse_limit(words, r.sa.lifetime);
      continue;
    }
    const std::string word = words.keyword();
    if (word == "src") {
      r.sa.src = parse_address(words, "src");
      given.src = true;
    } else if (word == "dst") {
      r.sa.dst = parse_address(words, "dst");
      given.dst = true;
    } else if (word == "proto") {
      r.sa.proto = parse_proto(words);
      given.proto = true;
    } else if (word == "spi") {
      r.sa.spi = static_cast<uint32_t>(words.number("spi", 256, kMax32));
      given.spi = true;
    } else if (word == "reqid") {
      r.sa.reqid = static_cast<uint32_t>(words.number("reqid", 0, kMax32));
    } else if (word == "mode") {
      r.sa.mode = parse_mode(words);
    } else if (word == "aead") {
      parse_aead(words, r.sa);
      given.aead = true;
    } else if (word == "enc") {
      parse_enc(words, r.sa);
      given.enc = true;
    } else if (word == "auth-trunc") {
      parse_auth(words, r.sa);
      given.auth = true;
    } else if (word == "replay-window") {
      r.sa.replay_window = static_cast<unsigned>(words.number("replay-window (0: no check)", 0, abi::kMaxReplayWindow));
    } else if (word == "replay-seq" || word == "replay-seq-hi" || word == "replay-oseq" || word == "replay-oseq-hi") {
      given.parse_seq(word, words);
    } else if (word == "flag") {
      parse_flags(words, r.sa);
    } else if (word == "sel") {
      r.sa.selector = parse_selector(words);
    } else if (word == "dir") {
      r.direction = parse_direction(words);
      r.sa.direction = *r.direction;
    } else if (word == "tos") {
      r.sa.tos = static_cast<uint8_t>(words.number("tos", 0, 255));
    } else if (word == "encap") {
      r.sa.encap = parse_encap(words);
    } else if (word == "tfcpad") {
      r.sa.tfc_pad = static_cast<uint16_t>(words.number("tfcpad", 0, abi::kMaxPacketBytes));
    } else if (word == "df") {
      const std::string df = words.next("df: set, copy or clear");
      if (df != "set" && df != "copy" && df != "clear")
        words.refuse("df of the outer header is set, copy (as the inner one) or clear");
      r.sa.df = df == "set" ? OuterDf::kSet : df == "copy" ? OuterDf::kCopy : OuterDf::kClear;
    } else if (word == "offload") {
      parse_offload(words, r);
    } else if (word == "ttl") {
      r.sa.ttl = static_cast<uint8_t>(words.number("ttl", 1, 255));
    } else if (const auto known = kUnsupported.find(word); known != kUnsupported.end()) {
      words.refuse(known->second);
    } else {
      words.refuse(
          "not known here; known are src, dst, proto, spi, reqid, mode, aead, enc, auth-trunc, replay-window, "
          "replay-seq, "
          "replay-seq-hi, replay-oseq, replay-oseq-hi, limit, flag, sel, dir, tos, ttl, df, encap, tfcpad, offload");
    }
  }
  need(given.src, "src: add 'src ADDRESS'");
  need(given.dst, "dst: add 'dst ADDRESS'");
  need(given.proto, "proto: add 'proto esp', or 'proto ah'");
  need(given.spi, "spi: add 'spi 0x...'");
  const bool ah = r.sa.proto == kProtoAh;
  need(given.aead || given.enc || given.auth,
       ah ? "key: add \"auth-trunc 'hmac(sha256)' KEY 128\"" : "key: add \"aead 'rfc4106(gcm(aes))' KEY 128\"");
  if (ah && given.enc) throw Error(ErrorCode::kUsage, "enc: AH does not encrypt, remove it or say proto esp");
  if (given.aead && (given.enc || given.auth))
    throw Error(ErrorCode::kUsage, "aead encrypts and authenticates: remove enc and auth-trunc, or aead");
  if (ah && given.auth) r.sa.cipher = Cipher::kNull;
  need(given.aead || given.enc || ah,
       "encryption: add \"enc 'cbc(aes)' KEY\", or \"enc 'ecb(cipher_null)' ''\" for none");
  need(given.aead || given.auth, "authentication: add \"auth-trunc 'hmac(sha256)' KEY 128\"");
  check_sequence(given, r);
  r.sa.seq = given.seq_high << 32 | given.seq_low;
  r.sa.check();
  return r;
}

control::SaName parse_state_name(Words& words) {
  control::SaName name;
  bool dst = false;
  bool spi = false;
  while (!words.end()) {
    const std::string word = words.keyword();
    if (word == "src") {
      name.src = parse_address(words, "src");
    } else if (word == "dst") {
      name.dst = parse_address(words, "dst");
      dst = true;
    } else if (word == "proto") {
      name.proto = parse_proto(words);
    } else if (word == "spi") {
      name.spi = static_cast<uint32_t>(words.number("spi", 256, kMax32));
      spi = true;
    } else if (word == "dir") {
      name.direction = parse_direction(words);
    } else {
      words.refuse("does not name an SA; known are src, dst, proto, spi, dir");
    }
  }
  if (!dst || !spi)
    throw Error(ErrorCode::kUsage, "an SA is named by 'dst ADDRESS' and 'spi 0x...': add the missing one");
  return name;
}

}  // namespace xesp::cli
