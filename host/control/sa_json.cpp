// SPDX-License-Identifier: Apache-2.0
#include "control/sa_json.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "control/fields.h"
#include "xesp/error.h"
#include "xesp_abi.h"

namespace xesp::control {

using nlohmann::json;

namespace {

constexpr size_t kSaltBytes = 4;  // the end of the key string (RFC 4106 8.1, RFC 4543 5.1)

std::string hex(std::initializer_list<std::span<const uint8_t>> parts) {
  static const char digits[] = "0123456789abcdef";
  std::string text = "0x";
  for (const auto part : parts)
    for (const uint8_t b : part) {
      text += digits[b >> 4];
      text += digits[b & 15];
    }
  return text;
}

Secret read_key(Fields& f) {
  std::string text = f.text("key");
  try {
    Secret key = Secret::from_hex(text);
    OPENSSL_cleanse(text.data(), text.size());
    return key;
  } catch (...) {
    OPENSSL_cleanse(text.data(), text.size());
    throw;
  }
}

void read_enc(const json& object, SaConfig& sa) {
  Fields f(object, "sa.enc");
  sa.cipher = f.choice("name", {kCbcName, kNullName}) == 0 ? Cipher::kAesCbc : Cipher::kNull;
  if (sa.cipher == Cipher::kAesCbc) sa.key = read_key(f);
  f.end();
}

void read_auth(const json& object, SaConfig& sa) {
  Fields f(object, "sa.auth");
  sa.integrity = kHmacNames[f.choice("name", {kHmacNames[0].name, kHmacNames[1].name, kHmacNames[2].name})].integrity;
  sa.auth_key = read_key(f);
  sa.icv_bits = static_cast<unsigned>(f.number("icv_bits", 512, digest_bits(sa.integrity) / 2));
  f.end();
}

// The algorithms with their keys, as `aead`, or as `enc` and `auth`; AH has the latter alone.
void add_suite(json& object, const SaConfig& sa, bool keys) {
  if (!sa.has_hmac()) {
    object["aead"] = {{"name", aead_name(sa)}, {"icv_bits", sa.icv_bits}};
    if (keys) object["aead"]["key"] = hex({sa.key.bytes(), sa.salt.bytes()});
    return;
  }
  if (sa.proto == kProtoEsp) object["enc"] = {{"name", sa.cipher == Cipher::kAesCbc ? kCbcName : kNullName}};
  object["auth"] = {{"name", std::ranges::find(kHmacNames, sa.integrity, &HmacName::integrity)->name},
                    {"icv_bits", sa.icv_bits}};
  if (!keys) return;
  if (sa.cipher == Cipher::kAesCbc) object["enc"]["key"] = hex({sa.key.bytes()});
  object["auth"]["key"] = hex({sa.auth_key.bytes()});
}

void read_aead(const json& object, SaConfig& sa) {
  Fields f(object, "sa.aead");
  const size_t name = f.choice("name", {kAeadName, kGmacName, kChaChaName});
  sa.auth_only = name == 1;
  if (name == 2) sa.cipher = Cipher::kChaCha20Poly1305;
  const Secret whole = read_key(f);
  if (whole.size() <= kSaltBytes) throw Error(ErrorCode::kData, "sa.aead.key: too short to hold a key and its salt");
  sa.key = Secret(whole.bytes().first(whole.size() - kSaltBytes));
  sa.salt = Secret(whole.bytes().last(kSaltBytes));
  sa.icv_bits = static_cast<unsigned>(f.number("icv_bits", 128, 128));
  f.end();
}

uint8_t read_proto(Fields& f) {
  return f.choice("proto", {"esp", "ah"}) == 0 ? kProtoEsp : kProtoAh;
}

Direction read_direction(Fields& f) {
  return f.choice("dir", {"out", "in"}) == 0 ? Direction::kOut : Direction::kIn;
}

}  // namespace

const char* aead_name(const SaConfig& sa) {
  return sa.cipher == Cipher::kChaCha20Poly1305 ? kChaChaName : sa.auth_only ? kGmacName : kAeadName;
}
const char* direction_name(Direction direction) {
  return direction == Direction::kOut ? "out" : "in";
}
const char* proto_name(uint8_t proto) {
  return proto == kProtoAh ? "ah" : "esp";
}
const char* offload_name(Offload offload) {
  return offload == Offload::kAuto ? "auto" : offload == Offload::kOff ? "off" : "require";
}
const char* mode_name(Mode mode) {
  return mode == Mode::kTunnel ? "tunnel" : "transport";
}

bool SaName::names(const SaConfig& sa) const {
  return sa.dst == dst && sa.spi == spi && (!src || *src == sa.src) && (!direction || *direction == sa.direction) &&
         (!proto || *proto == sa.proto);
}

namespace {

// A limit that is not there is none.
json to_json(const Lifetime& lifetime) {
  json object = json::object();
  for (const LimitName& f : kLimitNames)
    if (lifetime.*f.limit != abi::kNoLimit) object[f.json] = lifetime.*f.limit;
  return object;
}

Lifetime lifetime_from_json(const json& object) {
  Fields f(object, "sa.limits");
  Lifetime lifetime;
  for (const LimitName& name : kLimitNames)
    if (f.has(name.json)) lifetime.*name.limit = f.number(name.json, abi::kNoLimit);
  f.end();
  return lifetime;
}

const char* df_name(OuterDf df) {
  return df == OuterDf::kSet ? "set" : df == OuterDf::kCopy ? "copy" : "clear";
}
}  // namespace

json to_json(const Selector& selector) {
  json object = {{"src", selector.src.str()}, {"dst", selector.dst.str()}, {"proto", selector.protocol}};
  if (selector.src_port != 0) object["sport"] = selector.src_port;
  if (selector.dst_port != 0) object["dport"] = selector.dst_port;
  return object;
}

json to_json(const SaConfig& sa, Keys keys) {
  json object = {{"dir", direction_name(sa.direction)},
                 {"mode", mode_name(sa.mode)},
                 {"src", sa.src.str()},
                 {"dst", sa.dst.str()},
                 {"proto", proto_name(sa.proto)},
                 {"spi", sa.spi},
                 {"reqid", sa.reqid},
                 {"esn", sa.esn},
                 {"replay_window", sa.replay_window},
                 {"seq", sa.seq},
                 {"seq_limit", sa.send_limit()},
                 {"ecn", sa.ecn},
                 {"decap_dscp", sa.decap_dscp},
                 {"df", df_name(sa.df)},
                 {"ttl", sa.ttl}};
  add_suite(object, sa, keys == Keys::kShown);
  if (const json limits = to_json(sa.lifetime); !limits.empty()) object["limits"] = limits;
  if (sa.tos) object["tos"] = *sa.tos;
  if (sa.encap) object["encap"] = {{"src_port", sa.encap->src_port}, {"dst_port", sa.encap->dst_port}};
  if (sa.implicit_iv) object["implicit_iv"] = true;
  if (sa.tfc_pad != 0) object["tfc_pad"] = sa.tfc_pad;
  if (sa.selector) object["sel"] = to_json(*sa.selector);
  object["offload"] = offload_name(sa.offload);
  return object;
}

json to_json(const SaRequest& request) {
  json object = to_json(request.sa, Keys::kShown);
  if (request.direction)
    object["dir"] = direction_name(*request.direction);
  else
    object.erase("dir");
  return object;
}

json to_json(const SaName& name) {
  json object = {{"dst", name.dst.str()}, {"spi", name.spi}};
  if (name.proto) object["proto"] = proto_name(*name.proto);
  if (name.src) object["src"] = name.src->str();
  if (name.direction) object["dir"] = direction_name(*name.direction);
  return object;
}

Selector selector_from_json(const json& object, const std::string& where) {
  Fields f(object, where);
  Selector s;
  s.src = Prefix::parse(f.text("src"));
  s.dst = Prefix::parse(f.text("dst"));
  s.protocol = static_cast<uint8_t>(f.number("proto", 255, 0));
  s.src_port = static_cast<uint16_t>(f.number("sport", 65535, 0));
  s.dst_port = static_cast<uint16_t>(f.number("dport", 65535, 0));
  f.end();
  return s;
}

UdpEncap encap_from_json(const json& object) {
  Fields f(object, "sa.encap");
  UdpEncap encap;
  encap.src_port = static_cast<uint16_t>(f.number("src_port", 65535));
  encap.dst_port = static_cast<uint16_t>(f.number("dst_port", 65535));
  f.end();
  return encap;
}

SaRequest sa_request_from_json(const json& object) {
  Fields f(object, "sa");
  SaRequest request;
  SaConfig& sa = request.sa;
  if (f.has("dir")) sa.direction = *(request.direction = read_direction(f));
  sa.mode = f.choice("mode", {"transport", "tunnel"}) == 0 ? Mode::kTransport : Mode::kTunnel;
  sa.src = IpAddress::parse(f.text("src"));
  sa.dst = IpAddress::parse(f.text("dst"));
  sa.proto = read_proto(f);
  sa.spi = static_cast<uint32_t>(f.number("spi", 0xffffffffu));
  sa.reqid = static_cast<uint32_t>(f.number("reqid", 0xffffffffu, 0));
  if (f.has("auth")) {
    read_auth(f.object("auth"), sa);
    if (sa.proto == kProtoAh && !f.has("enc"))
      sa.cipher = Cipher::kNull;
    else
      read_enc(f.object("enc"), sa);
  } else {
    read_aead(f.object("aead"), sa);
  }
  sa.esn = f.flag("esn", false);
  sa.replay_window = static_cast<unsigned>(f.number("replay_window", abi::kMaxReplayWindow, abi::kReplayWindow));
  sa.seq = f.number("seq", sa.last_seq(), 0);
  if (f.has("seq_limit")) sa.seq_limit = f.number("seq_limit", sa.last_seq());
  if (f.has("limits")) sa.lifetime = lifetime_from_json(f.object("limits"));
  if (f.has("tos")) sa.tos = static_cast<uint8_t>(f.number("tos", 255));
  if (f.has("encap")) sa.encap = encap_from_json(f.object("encap"));
  sa.implicit_iv = f.flag("implicit_iv", false);
  sa.tfc_pad = static_cast<uint16_t>(f.number("tfc_pad", abi::kMaxPacketBytes, 0));
  sa.ecn = f.flag("ecn", true);
  sa.decap_dscp = f.flag("decap_dscp", false);
  if (f.has("df")) sa.df = static_cast<OuterDf>(f.choice("df", {"set", "copy", "clear"}));
  sa.ttl = static_cast<uint8_t>(f.number("ttl", 255, 64));
  if (f.has("sel")) sa.selector = selector_from_json(f.object("sel"), "sa.sel");
  if (f.has("offload")) sa.offload = static_cast<Offload>(f.choice("offload", {"auto", "off", "require"}));
  f.end();
  sa.check();
  return request;
}

SaName sa_name_from_json(const json& object) {
  Fields f(object, "sa");
  SaName name;
  name.dst = IpAddress::parse(f.text("dst"));
  name.spi = static_cast<uint32_t>(f.number("spi", 0xffffffffu));
  if (f.has("proto")) name.proto = read_proto(f);
  if (f.has("src")) name.src = IpAddress::parse(f.text("src"));
  if (f.has("dir")) name.direction = read_direction(f);
  f.end();
  return name;
}

}  // namespace xesp::control
