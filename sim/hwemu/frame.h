// SPDX-License-Identifier: Apache-2.0
//
// Framing of hw_emu's sockets: a small header of fixed-width protobuf fields, then the payload.
//   request: 0x09, u64 size, 0x15, u32 api   (14 bytes)
//   reply:   0x09, u64 size                  (9 bytes)
#ifndef XESP_HWEMU_FRAME_H
#define XESP_HWEMU_FRAME_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace xesp::hwemu {

constexpr size_t kRequestHeaderBytes = 14;
constexpr size_t kReplyHeaderBytes = 9;
/// Larger than any message of an XRT with packet_size=1 MiB; a larger one is taken as a broken stream.
constexpr uint64_t kMaxPayloadBytes = uint64_t{64} << 20;

/// The byte stream is not hw_emu's: the connection can't be used any more.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RequestHeader {
  uint64_t size = 0;
  uint32_t api = 0;
};

/// @throws ProtocolError for other tags or a size beyond kMaxPayloadBytes.
RequestHeader decode_request_header(std::span<const uint8_t, kRequestHeaderBytes> bytes);
std::array<uint8_t, kRequestHeaderBytes> encode_request_header(const RequestHeader& header);
std::array<uint8_t, kReplyHeaderBytes> encode_reply_header(uint64_t size);

}  // namespace xesp::hwemu
#endif
