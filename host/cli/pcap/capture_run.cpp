// SPDX-License-Identifier: Apache-2.0
#include "pcap/capture_run.h"

#include <algorithm>

#include "pcap/link_layer.h"

namespace xesp::cli {

namespace {

constexpr size_t kBatch = 256;

bool matches(const Selector& selector, std::span<const uint8_t> packet) {
  const bool v6 = !packet.empty() && packet[0] >> 4 == 6;
  if (packet.size() < (v6 ? abi::kIpv6HeaderBytes : abi::kIpv4HeaderBytes))
    return true;  // the engine says what is wrong
  IpAddress src;
  IpAddress dst;
  src.v6 = dst.v6 = v6;
  const std::ptrdiff_t bytes = v6 ? 16 : 4, at = v6 ? 8 : 12;
  std::copy_n(packet.begin() + at, bytes, src.bytes.begin());
  std::copy_n(packet.begin() + at + bytes, bytes, dst.bytes.begin());
  return selector.src.contains(src) && selector.dst.contains(dst) &&
         (selector.protocol == 0 || selector.protocol == packet[v6 ? 6 : 9]);
}

}  // namespace

CaptureRun::CaptureRun(Engine& engine, Direction direction, const std::vector<SaConfig>& sas)
    : engine_(engine), direction_(direction) {
  for (const SaConfig& sa : sas) sas_.push_back({engine_.install(sa), sa.selector});
}

CaptureSummary CaptureRun::run(CaptureReader& reader, CaptureWriter& writer) {
  std::vector<Frame> frames;
  Frame frame;
  bool more = true;
  while (more) {
    more = reader.next(frame);
    if (more) frames.push_back(std::move(frame));
    if (frames.size() == kBatch || !more) {
      batch(frames, reader.link_type(), writer);
      frames.clear();
    }
  }
  return summary_;
}

const CaptureRun::Installed* CaptureRun::choose(std::span<const uint8_t> packet) const {
  for (const Installed& sa : sas_)
    if (!sa.selector || matches(*sa.selector, packet)) return &sa;
  return nullptr;
}

bool CaptureRun::selector_fits(SaHandle handle, std::span<const uint8_t> packet) const {
  const auto sa = std::ranges::find_if(sas_, [&](const Installed& s) { return s.handle == handle; });
  if (sa == sas_.end()) return false;
  const auto& selector = sa->selector;
  return !selector || matches(*selector, packet);
}

void CaptureRun::batch(const std::vector<Frame>& frames, int link_type, CaptureWriter& writer) {
  struct Source {
    const Frame* frame;
    std::span<const uint8_t> link;
  };
  std::vector<PacketIn> in;
  std::vector<Source> sources;
  for (const Frame& frame : frames) {
    ++summary_.in;
    const auto split = split_frame(link_type, frame.bytes);
    if (!split) {
      drop("not_ip");
      continue;
    }
    PacketIn packet{split->ip};
    if (direction_ == Direction::kOut) {
      const Installed* sa = choose(split->ip);
      if (!sa) {
        drop(drop_counter_name(abi::kDropNoSa));
        continue;
      }
      packet.sa = sa->handle;
    }
    in.push_back(packet);
    sources.push_back({&frame, split->link});
  }
  if (in.empty()) return;
  std::vector<PacketOut> out;
  engine_.process(direction_, in, out);
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i].status != abi::kOk) {
      drop(drop_counter_name(out[i].status));
    } else if (direction_ == Direction::kIn && !selector_fits(out[i].sa, out[i].data)) {
      drop("selector_mismatch");
    } else {
      writer.write(sources[i].frame->time, link_for(sources[i].link, out[i].data), out[i].data);
      ++summary_.out;
    }
  }
}

}  // namespace xesp::cli
