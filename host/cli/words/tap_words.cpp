// SPDX-License-Identifier: Apache-2.0
#include "words/tap_words.h"

#include "words/state_words.h"

namespace xesp::cli {

control::TapFilter parse_tap_filter(Words& words) {
  control::TapFilter filter;
  while (!words.end()) {
    const std::string word = words.keyword();
    if (word == "src")
      filter.src = parse_prefix(words, "src");
    else if (word == "dst")
      filter.dst = parse_prefix(words, "dst");
    else if (word == "proto")
      filter.protocol = words.take("esp") ? kProtoEsp : words.take("ah") ? kProtoAh : parse_protocol(words);
    else if (word == "spi")
      filter.spi = static_cast<uint32_t>(words.number("spi", 1, 0xffffffffu));
    else if (word == "dir")
      filter.direction = parse_direction(words);
    else
      words.refuse("does not choose packets; known are src, dst, proto, spi, dir");
  }
  return filter;
}

}  // namespace xesp::cli
