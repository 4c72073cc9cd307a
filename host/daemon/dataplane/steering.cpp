// SPDX-License-Identifier: Apache-2.0
#include "steering.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>

#include "os_error.h"
#include "xesp_steer.skel.h"

namespace xesp::dataplane {
namespace {

/// libbpf says what it tried on stderr; our errors say it instead.
int quiet(libbpf_print_level, const char*, va_list) {
  return 0;
}

template <class Key, class Value>
void write(int map, const Key& key, const Value& value, const char* what, const char* fix = "") {
  if (bpf_map_update_elem(map, &key, &value, BPF_ANY) == 0) return;
  if (errno == E2BIG || errno == ENOSPC)
    throw Error(ErrorCode::kUnavailable, std::string(what) + ": the steering table is full" + fix);
  throw os_error(errno, what);
}

template <class Key>
void erase(int map, const Key& key, const char* what) {
  if (bpf_map_delete_elem(map, &key) != 0 && errno != ENOENT) throw os_error(errno, what);
}

constexpr const char* kMoreRoom = ": start xespd with more --inbound-sas";

xesp_sa_ref reference(SaHandle sa) {
  return {.index = sa.index, .generation = sa.generation};
}

xesp_sad_key sad_key(const SaConfig& sa) {
  xesp_sad_key key{};
  key.spi = htonl(sa.spi);
  key.family = static_cast<uint8_t>(family_of(sa.dst));
  key.protocol = sa.proto;
  put_address(key.dst, sa.dst);
  return key;
}

xesp_endpoint endpoint(const IpAddress& address) {
  xesp_endpoint out{};
  out.family = family_of(address);
  put_address(out.address, address);
  return out;
}

}  // namespace

void Steering::Destroy::operator()(xesp_steer* s) const {
  xesp_steer::destroy(s);
}

Steering::Steering(const std::string& pin_dir, uint32_t inbound_sas, bool kernel_esp) : kernel_esp_(kernel_esp) {
  libbpf_set_print(quiet);
  skeleton_.reset(xesp_steer::open());
  if (!skeleton_) throw os_error(errno, "can't open the steering program");
  if (!pin_dir.empty()) {
    for (bpf_map* map : {skeleton_->maps.spd_out, skeleton_->maps.spd_in})
      if (int error = bpf_map__set_pin_path(map, (pin_dir + "/" + bpf_map__name(map)).c_str()))
        throw os_error(error, "pin folder " + pin_dir);
  }
  for (bpf_map* map : {skeleton_->maps.sad, skeleton_->maps.endpoints})
    if (int error = bpf_map__set_max_entries(map, inbound_sas))
      throw os_error(error, "room for " + std::to_string(inbound_sas) + " inbound SAs");
  if (int error = xesp_steer::load(skeleton_.get())) {
    if (error == -ENOMEM || error == -E2BIG)
      throw os_error(error, "no memory for the steering program with room for " + std::to_string(inbound_sas) +
                                " inbound SAs; --inbound-sas takes fewer");
    const std::string hint = pin_dir.empty() ? "" : " (an xespd of another version may have left " + pin_dir + ")";
    throw os_error(error, "the kernel refuses the steering program" + hint);
  }
}

Steering::~Steering() = default;

int Steering::inside_program() const {
  return bpf_program__fd(skeleton_->progs.xesp_inside);
}
int Steering::outside_program() const {
  return bpf_program__fd(skeleton_->progs.xesp_outside);
}

int Steering::spd(Direction direction) const {
  return bpf_map__fd(direction == Direction::kOut ? skeleton_->maps.spd_out : skeleton_->maps.spd_in);
}

std::vector<Policy> Steering::policies(Direction direction) const {
  std::vector<Policy> out;
  xesp_spd_key key{};
  for (const xesp_spd_key* at = nullptr; bpf_map_get_next_key(spd(direction), at, &key) == 0; at = &key) {
    xesp_spd_bucket bucket{};
    if (bpf_map_lookup_elem(spd(direction), &key, &bucket) != 0) continue;
    for (uint32_t i = 0; i < std::min<uint32_t>(bucket.count, XESP_BUCKET_ENTRIES); ++i) {
      const Policy policy = policy_of(direction, bucket.entry[i]);
      const bool known = std::any_of(out.begin(), out.end(), [&](const Policy& p) { return p.same_entry(policy); });
      if (!known) out.push_back(policy);
    }
  }
  return out;
}

void Steering::write_bucket(Direction direction, const SpdTable::Bucket& bucket) {
  write(spd(direction), bucket.first, bucket.second, "can't store the policy");
}

void Steering::erase_bucket(Direction direction, const xesp_spd_key& key) {
  erase(spd(direction), key, "can't remove the policy");
}

void Steering::bind_policy(uint32_t policy, SaHandle sa) {
  write(bpf_map__fd(skeleton_->maps.policy_sa), policy, reference(sa), "can't give the policy its SA");
}

void Steering::unbind_policy(uint32_t policy) {
  erase(bpf_map__fd(skeleton_->maps.policy_sa), policy, "can't take the policy's SA away");
}

void Steering::add_inbound(const SaConfig& sa, SaHandle handle) {
  const uint8_t ours = 1;
  if (!kernel_esp_)
    write(bpf_map__fd(skeleton_->maps.endpoints), endpoint(sa.dst), ours, "can't store the SA's destination",
          kMoreRoom);
  if (sa.encap)
    write(bpf_map__fd(skeleton_->maps.encap_ports), sa.encap->dst_port, ours, "can't store the SA's UDP port");
  write(bpf_map__fd(skeleton_->maps.sad), sad_key(sa), reference(handle), "can't store the inbound SA", kMoreRoom);
}

void Steering::remove_inbound(const SaConfig& sa) {
  erase(bpf_map__fd(skeleton_->maps.sad), sad_key(sa), "can't remove the inbound SA");
}

void Steering::set_socket(Side side, unsigned queue, int socket_fd) {
  const bpf_map* map = side == Side::kInside ? skeleton_->maps.xsks_inside : skeleton_->maps.xsks_outside;
  write(bpf_map__fd(map), uint32_t{queue}, socket_fd, "can't hand the AF_XDP socket to the steering program");
}

void Steering::clear_socket(Side side, unsigned queue) noexcept {
  const bpf_map* map = side == Side::kInside ? skeleton_->maps.xsks_inside : skeleton_->maps.xsks_outside;
  const uint32_t key = queue;
  bpf_map_delete_elem(bpf_map__fd(map), &key);
}

std::vector<std::pair<uint32_t, xesp_flow>> Steering::take_misses() {
  const int map = bpf_map__fd(skeleton_->maps.misses);
  std::vector<uint32_t> ids;
  uint32_t id = 0;
  for (const uint32_t* at = nullptr; ids.size() < XESP_MAX_MISSES && bpf_map_get_next_key(map, at, &id) == 0; at = &id)
    ids.push_back(id);
  std::vector<std::pair<uint32_t, xesp_flow>> out;
  for (const uint32_t one : ids) {
    xesp_flow flow{};
    if (bpf_map_lookup_elem(map, &one, &flow) != 0) continue;
    bpf_map_delete_elem(map, &one);
    out.emplace_back(one, flow);
  }
  return out;
}

std::array<uint64_t, XESP_STEER_COUNT> Steering::counters() const {
  std::array<uint64_t, XESP_STEER_COUNT> out{};
  std::vector<xesp_steer_counts> by_cpu(static_cast<size_t>(std::max(libbpf_num_possible_cpus(), 1)));
  const uint32_t key = 0;
  if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.counters), &key, by_cpu.data()) != 0) return out;
  for (const xesp_steer_counts& cpu : by_cpu)
    for (size_t i = 0; i < out.size(); ++i) out[i] += cpu.of[i];
  return out;
}

}  // namespace xesp::dataplane
