// SPDX-License-Identifier: Apache-2.0
#include "esp/header.h"

namespace xesp::esp {

void write_udp_header(uint8_t* out, const UdpEncap& ports, size_t length) {
  store_be16(out, ports.src_port);
  store_be16(out + 2, ports.dst_port);
  store_be16(out + 4, static_cast<uint16_t>(length));
  store_be16(out + 6, 0);
}

}  // namespace xesp::esp
