// SPDX-License-Identifier: Apache-2.0
// Captured frames: the link header off, and on again.
#include <pcap/dlt.h>

#include <algorithm>

#include "input.h"
#include "pcap/link_layer.h"

using namespace xesp::cli;
using xesp::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xesp::fuzz::Input input(data, size);
  static constexpr int kTypes[] = {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL};
  const int type = kTypes[input.byte() % std::size(kTypes)];
  const auto frame = input.rest();
  const auto split = split_frame(type, frame);
  if (!split) return 0;
  require(split->link.size() + split->ip.size() <= frame.size(), "the parts lie in the frame");
  require(!split->ip.empty(), "a frame that carries IP carries some");
  const auto link = link_for(split->link, split->ip);
  require(link.size() == split->link.size(), "another packet gets as long a link header");
  const auto again = link_for(link, split->ip);  // for the packet may be of another version than the frame said
  require(std::ranges::equal(link, again), "the same packet gets the same link header");
  return 0;
}
