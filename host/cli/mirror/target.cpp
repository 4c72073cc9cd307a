// SPDX-License-Identifier: Apache-2.0
#include "mirror/target.h"

#include <openssl/evp.h>

#include "control/policy_json.h"
#include "control/sa_json.h"
#include "mirror/takeover.h"

namespace xesp::mirror {

using nlohmann::json;

namespace {

// Of an SA's JSON with its keys, which are wiped. What is counted down or may move is not among it.
std::string digest_of(json object) {
  json fixed = json::object();
  for (const char* name : {"mode", "dst", "proto", "spi", "reqid", "esn", "aead", "enc", "auth", "sel"})
    if (object.contains(name)) fixed[name] = std::move(object[name]);
  control::wipe_strings(object);
  std::string text = fixed.dump();
  control::wipe_strings(fixed);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const int good = EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  if (good != 1) throw Error(ErrorCode::kSoftware, "OpenSSL has no SHA-256");
  return {reinterpret_cast<const char*>(digest), length};
}

json name_of(const SaId& id, Direction direction) {
  control::SaName name;
  name.dst = id.dst;
  name.spi = id.spi;
  name.proto = id.proto;
  name.direction = direction;
  return control::to_json(name);
}

// Numbers of 32 bits are at their end: an SA without ESN may not be asked to start there.
control::SaRequest request_of(const KernelSa& sa, Direction direction, uint64_t seq, const std::string& offload) {
  control::SaRequest request;
  request.sa = sa.config.clone();
  request.sa.direction = direction;
  request.direction = direction;
  request.sa.seq = seq;
  if (direction == Direction::kIn) {
    request.sa.tos.reset();
    request.sa.tfc_pad = 0;
  }
  request.sa.offload = offload == "off" ? Offload::kOff : offload == "require" ? Offload::kRequire : Offload::kAuto;
  return request;
}

}  // namespace

Mirrored mirrored_of(const KernelSa& sa, Direction direction) {
  return {direction, digest_of(control::to_json(sa.config, control::Keys::kShown)), sa.config.encap, sa.config.src};
}

Held Xespd::held() {
  Held held;
  json rows = daemon_.call("state.list", {{"show_keys", true}});
  for (json& row : rows) {
    SaId id{IpAddress::parse(row["dst"].get<std::string>()), row["proto"] == "ah" ? kProtoAh : kProtoEsp,
            row["spi"].get<uint32_t>()};
    Mirrored mirrored{
        row["dir"] == "in" ? Direction::kIn : Direction::kOut, {}, {}, IpAddress::parse(row["src"].get<std::string>())};
    if (row.contains("encap")) mirrored.encap = control::encap_from_json(row["encap"]);
    mirrored.digest = digest_of(std::move(row));
    held.sas.emplace(id, std::move(mirrored));
  }
  for (json& row : daemon_.call("policy.list")) {
    row.erase("spi");
    held.policies.push_back(control::policy_from_json(row));
  }
  return held;
}

void Xespd::add(const KernelSa& sa, Direction direction) {
  Takeover takeover(kernel_, sa, direction);
  try {
    daemon_.call("state.add", {{"sa", control::to_json(request_of(sa, direction, takeover.seq(), offload_))}});
  } catch (const Error& e) {
    // Where it is not known whether xespd has it, only xespd may send.
    if (e.code() != ErrorCode::kIo) takeover.give_back();
    throw;
  }
}

void Xespd::move(const KernelSa& sa, Direction direction) {
  json request = {
      {"sa", name_of(sa.id, direction)}, {"new_src", sa.config.src.str()}, {"new_dst", sa.config.dst.str()}};
  if (sa.config.encap)
    request["encap"] = {{"src_port", sa.config.encap->src_port}, {"dst_port", sa.config.encap->dst_port}};
  daemon_.call("state.move", std::move(request));
}

void Xespd::remove(const SaId& id, Direction direction) {
  try {
    daemon_.call("state.delete", {{"sa", name_of(id, direction)}});
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;  // its time had come there too
  }
}

void Xespd::set(const Policy& policy) {
  daemon_.call("policy.add", {{"policy", control::to_json(policy)}, {"replace", true}});
}

void Xespd::remove(const Policy& policy) {
  const json whole = control::to_json(policy);
  try {
    daemon_.call("policy.delete", {{"policy", {{"dir", whole["dir"]}, {"sel", whole["sel"]}}}});
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kNotFound) throw;
  }
}

}  // namespace xesp::mirror
