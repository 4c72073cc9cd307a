// SPDX-License-Identifier: Apache-2.0
#include "control/tap.h"

#include <algorithm>
#include <cstring>

#include "control/fields.h"
#include "control/sa_json.h"
#include "xesp/error.h"

namespace xesp::control {

using nlohmann::json;

namespace {

constexpr uint32_t kMagic = 0x58544150;  // changes with the head's layout

struct Head {
  uint32_t magic;
  uint32_t length;
  uint64_t time_ns;
  uint64_t lost;
  uint32_t comment_bytes;
  uint8_t interface;
  uint8_t leaves;
  uint8_t dropped;
  uint8_t reserved;
};

}  // namespace

json to_json(const TapFilter& filter) {
  json object = {{"drops", filter.drops}, {"snaplen", filter.snap_length}};
  if (filter.direction) object["dir"] = direction_name(*filter.direction);
  if (filter.src) object["src"] = filter.src->str();
  if (filter.dst) object["dst"] = filter.dst->str();
  if (filter.protocol) object["proto"] = *filter.protocol;
  if (filter.spi) object["spi"] = *filter.spi;
  return object;
}

TapFilter tap_filter_from_json(const json& object) {
  Fields f(object, "filter");
  TapFilter filter;
  filter.drops = f.flag("drops", false);
  filter.snap_length = static_cast<uint32_t>(f.number("snaplen", kMostSnapLength, kMostSnapLength));
  if (f.has("dir")) filter.direction = f.choice("dir", {"out", "in"}) == 0 ? Direction::kOut : Direction::kIn;
  if (f.has("src")) filter.src = Prefix::parse(f.text("src"));
  if (f.has("dst")) filter.dst = Prefix::parse(f.text("dst"));
  if (f.has("proto")) filter.protocol = static_cast<uint8_t>(f.number("proto", 255));
  if (f.has("spi")) filter.spi = static_cast<uint32_t>(f.number("spi", 0xffffffffu));
  f.end();
  return filter;
}

void encode(const TapRecord& record, std::vector<uint8_t>& message) {
  Head head{};
  head.magic = kMagic;
  head.length = record.length;
  head.time_ns = record.time_ns;
  head.lost = record.lost;
  head.comment_bytes = static_cast<uint32_t>(record.comment.size());
  head.interface = record.interface;
  head.leaves = record.leaves;
  head.dropped = record.dropped;
  message.resize(sizeof head + record.comment.size() + record.bytes.size());
  std::memcpy(message.data(), &head, sizeof head);
  std::ranges::copy(record.comment, message.begin() + sizeof head);
  std::ranges::copy(record.bytes, message.end() - static_cast<std::ptrdiff_t>(record.bytes.size()));
}

TapRecord decode_tap_record(std::span<const uint8_t> message) {
  Head head{};
  if (message.size() >= sizeof head) std::memcpy(&head, message.data(), sizeof head);
  if (head.magic != kMagic || head.comment_bytes > message.size() - sizeof head)
    throw Error(ErrorCode::kData, "xespd sent something that is no tap record: install xesp and xespd of one version");
  const auto rest = message.subspan(sizeof head);
  TapRecord record;
  record.time_ns = head.time_ns;
  record.lost = head.lost;
  record.length = head.length;
  record.interface = head.interface;
  record.leaves = head.leaves != 0;
  record.dropped = head.dropped != 0;
  record.comment = {reinterpret_cast<const char*>(rest.data()), head.comment_bytes};
  record.bytes = rest.subspan(head.comment_bytes);
  return record;
}

}  // namespace xesp::control
