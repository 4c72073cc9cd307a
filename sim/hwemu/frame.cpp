// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <string>

namespace xesp::hwemu {
namespace {

constexpr uint8_t kTagSize = 0x09;  // field 1, fixed64
constexpr uint8_t kTagApi = 0x15;   // field 2, fixed32
constexpr size_t kApiAt = 9;

void put_le(uint8_t* to, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) to[i] = static_cast<uint8_t>(value >> (8 * i));
}

uint64_t get_le(const uint8_t* from, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(from[i]) << (8 * i);
  return value;
}

}  // namespace

RequestHeader decode_request_header(std::span<const uint8_t, kRequestHeaderBytes> bytes) {
  if (bytes[0] != kTagSize || bytes[kApiAt] != kTagApi) throw ProtocolError("request header with unknown field tags");
  const RequestHeader header{get_le(&bytes[1], 8), static_cast<uint32_t>(get_le(&bytes[kApiAt + 1], 4))};
  if (header.size > kMaxPayloadBytes) {
    throw ProtocolError("request " + std::to_string(header.api) + " announces " + std::to_string(header.size) +
                        " bytes, more than " + std::to_string(kMaxPayloadBytes));
  }
  return header;
}

std::array<uint8_t, kRequestHeaderBytes> encode_request_header(const RequestHeader& header) {
  std::array<uint8_t, kRequestHeaderBytes> bytes{};
  bytes[0] = kTagSize;
  put_le(&bytes[1], header.size, 8);
  bytes[kApiAt] = kTagApi;
  put_le(&bytes[kApiAt + 1], header.api, 4);
  return bytes;
}

std::array<uint8_t, kReplyHeaderBytes> encode_reply_header(uint64_t size) {
  std::array<uint8_t, kReplyHeaderBytes> bytes{};
  bytes[0] = kTagSize;
  put_le(&bytes[1], size, 8);
  return bytes;
}

}  // namespace xesp::hwemu
