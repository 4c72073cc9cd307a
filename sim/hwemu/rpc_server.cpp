// SPDX-License-Identifier: Apache-2.0
#include "rpc_server.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "address_map.h"
#include "frame.h"
#include "rpc.pb.h"

namespace xesp::hwemu {
namespace {

template <typename Message>
Message parse(std::span<const uint8_t> payload) {
  Message message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    throw ProtocolError("a payload of " + std::to_string(payload.size()) + " bytes is not the message of its call");
  }
  return message;
}

std::string ack() {
  rpc::Ack reply;
  reply.set_ack(true);
  return reply.SerializeAsString();
}

// True when [address + skip, + size) lies in the 64-bit space and is a size that we would move.
bool range_ok(uint64_t address, uint64_t skip, uint64_t size) {
  uint64_t start = 0;
  uint64_t end = 0;
  return size <= kMaxPayloadBytes && !__builtin_add_overflow(address, skip, &start) &&
         !__builtin_add_overflow(start, size, &end);
}

}  // namespace

std::string RpcServer::handle(uint32_t api, std::span<const uint8_t> payload) {
  switch (static_cast<Api>(api)) {
    case Api::kSetEnvironment:
      return ack();  // the host's xrt.ini; nothing in it is for us
    case Api::kAllocDeviceBuffer:
      return alloc(payload);
    case Api::kFreeDeviceBuffer:
      return free(payload);
    case Api::kCopyToDevice:
      return copy_to_device(payload);
    case Api::kCopyFromDevice:
      return copy_from_device(payload);
    case Api::kWriteRegisters:
      return write_registers(payload);
    case Api::kReadRegisters:
      return read_registers(payload);
    case Api::kDebugMessages:
      return {};
    case Api::kTimestamp: {
      rpc::TimestampReply reply;
      reply.set_clocks(card_.clocks());
      return reply.SerializeAsString();
    }
    case Api::kClose: {
      closed_ = true;
      rpc::CloseReply reply;
      reply.set_valid(true);
      return reply.SerializeAsString();
    }
  }
  std::fprintf(stderr, "xesp-hwemu: call %" PRIu32 " (%zu bytes) is not one that this card has; answered empty\n", api,
               payload.size());
  return {};
}

std::string RpcServer::alloc(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::AllocRequest>(payload);
  buffers_[request.address()] = request.size();
  return ack();
}

std::string RpcServer::free(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::FreeRequest>(payload);
  if (const auto it = buffers_.find(request.address()); it != buffers_.end()) {
    card_.memory().release(it->first, it->second);
    buffers_.erase(it);
  }
  return ack();
}

std::string RpcServer::copy_to_device(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::CopyToDeviceRequest>(payload);
  rpc::CopyToDeviceReply reply;
  if (request.size() != request.data().size() || !range_ok(request.address(), request.skip(), request.size())) {
    std::fprintf(stderr, "xesp-hwemu: refused a write of %" PRIu64 " bytes (%zu sent) to 0x%" PRIx64 "+0x%" PRIx64 "\n",
                 request.size(), request.data().size(), request.address(), request.skip());
    reply.set_size(0);
  } else {
    card_.memory().write(request.address() + request.skip(), request.data().data(), request.data().size());
    reply.set_size(request.size());
  }
  return reply.SerializeAsString();
}

std::string RpcServer::copy_from_device(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::CopyFromDeviceRequest>(payload);
  rpc::CopyFromDeviceReply reply;
  if (!range_ok(request.address(), request.skip(), request.size())) {
    std::fprintf(stderr, "xesp-hwemu: refused a read of %" PRIu64 " bytes at 0x%" PRIx64 "+0x%" PRIx64 "\n",
                 request.size(), request.address(), request.skip());
    reply.set_size(0);
    reply.set_data("");
  } else {
    std::string* data = reply.mutable_data();
    data->resize(request.size());
    card_.memory().read(request.address() + request.skip(), data->data(), data->size());
    reply.set_size(request.size());
  }
  return reply.SerializeAsString();
}

std::string RpcServer::write_registers(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::RegisterRequest>(payload);
  rpc::RegisterReply reply;
  reply.set_valid(true);
  const auto target = decode_registers(request.address(), request.data().size());
  if (!target || request.size() != request.data().size()) {
    std::fprintf(stderr, "xesp-hwemu: refused a register write of %zu bytes to 0x%" PRIx64 "\n", request.data().size(),
                 request.address());
    return reply.SerializeAsString();
  }
  for (size_t at = 0; at < request.data().size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, request.data().data() + at, 4);
    card_.write_register(target->cu, target->offset + static_cast<uint32_t>(at), word);
  }
  return reply.SerializeAsString();
}

std::string RpcServer::read_registers(std::span<const uint8_t> payload) {
  const auto request = parse<rpc::RegisterRequest>(payload);
  rpc::RegisterReply reply;
  reply.set_valid(true);
  const auto target = decode_registers(request.address(), request.size());
  if (!target) {  // as a bus does where nobody answers
    std::fprintf(stderr, "xesp-hwemu: a register read of %" PRIu32 " bytes at 0x%" PRIx64 " meets no compute unit\n",
                 request.size(), request.address());
    reply.set_data(std::string(std::min<uint32_t>(request.size(), abi::kRegRange), '\xff'));
    return reply.SerializeAsString();
  }
  std::string* data = reply.mutable_data();
  data->resize(request.size());
  for (uint32_t at = 0; at < request.size(); at += 4) {
    const uint32_t word = card_.read_register(target->cu, target->offset + at);
    std::memcpy(data->data() + at, &word, 4);
  }
  return reply.SerializeAsString();
}

}  // namespace xesp::hwemu
