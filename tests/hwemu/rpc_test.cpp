// SPDX-License-Identifier: Apache-2.0
// The simulator's side of hw_emu's protocol without XRT: what comes in is not trusted.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "address_map.h"
#include "frame.h"
#include "loopback_card.h"
#include "rpc.pb.h"
#include "rpc_server.h"
#include "run_loop.h"

namespace xesp::hwemu {
namespace {

std::span<const uint8_t> bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

template <typename Reply>
Reply call(RpcServer& server, Api api, const google::protobuf::MessageLite& request) {
  Reply reply;
  EXPECT_TRUE(reply.ParseFromString(server.handle(static_cast<uint32_t>(api), bytes(request.SerializeAsString()))));
  return reply;
}

TEST(Frame, RoundTrip) {
  const auto bytes14 = encode_request_header({0x0102030405, 11});
  const std::array<uint8_t, 14> expected{9, 5, 4, 3, 2, 1, 0, 0, 0, 0x15, 11, 0, 0, 0};
  EXPECT_EQ(bytes14, expected);
  const RequestHeader header = decode_request_header(encode_request_header({77, 20}));
  EXPECT_EQ(header.size, 77u);
  EXPECT_EQ(header.api, 20u);
  const std::array<uint8_t, 9> reply{9, 7, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(encode_reply_header(7), reply);
}

TEST(Frame, RefusesOtherTagsAndGiantSizes) {
  auto header = encode_request_header({10, 4});
  header[0] = 8;
  EXPECT_THROW(decode_request_header(header), ProtocolError);
  header = encode_request_header({10, 4});
  header[9] = 0;
  EXPECT_THROW(decode_request_header(header), ProtocolError);
  EXPECT_NO_THROW(decode_request_header(encode_request_header({kMaxPayloadBytes, 4})));
  EXPECT_THROW(decode_request_header(encode_request_header({kMaxPayloadBytes + 1, 4})), ProtocolError);
}

TEST(AddressMap, TakesWholeWordsInsideOneWindow) {
  const uint64_t base = kCuWindows[1].base;
  const auto target = decode_registers(base + 0x40, 8);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->cu, sim::Cu::kIn);
  EXPECT_EQ(target->offset, 0x40u);
  EXPECT_TRUE(decode_registers(base, abi::kRegRange));
  EXPECT_FALSE(decode_registers(base, abi::kRegRange + 4));
  EXPECT_FALSE(decode_registers(base + abi::kRegRange - 4, 8));
  EXPECT_FALSE(decode_registers(base + 2, 4));
  EXPECT_FALSE(decode_registers(base, 3));
  EXPECT_FALSE(decode_registers(base, 0));
  EXPECT_FALSE(decode_registers(base - 4, 4));
  EXPECT_FALSE(decode_registers(0, 4));
  EXPECT_FALSE(decode_registers(~uint64_t{3}, 4));
}

TEST(RpcServer, WritesAndReadsMemory) {
  test::LoopbackCard card;
  RpcServer server(card);
  rpc::CopyToDeviceRequest write;
  write.set_address(kMemoryBase + sim::DeviceMemory::kPageBytes - 3);
  write.set_skip(1);
  write.set_data("over the page");
  write.set_size(write.data().size());
  EXPECT_EQ(call<rpc::CopyToDeviceReply>(server, Api::kCopyToDevice, write).size(), write.data().size());

  rpc::CopyFromDeviceRequest read;
  read.set_address(kMemoryBase + sim::DeviceMemory::kPageBytes - 4);
  read.set_skip(1);
  read.set_size(write.data().size() + 2);
  const auto reply = call<rpc::CopyFromDeviceReply>(server, Api::kCopyFromDevice, read);
  EXPECT_EQ(reply.data(), std::string(1, '\0') + write.data() + std::string(1, '\0'));
}

TEST(RpcServer, RefusesAccessesThatMakeNoSense) {
  test::LoopbackCard card;
  RpcServer server(card);
  rpc::CopyToDeviceRequest write;
  write.set_address(kMemoryBase);
  write.set_data("four");
  write.set_size(400);  // more than it brings
  EXPECT_EQ(call<rpc::CopyToDeviceReply>(server, Api::kCopyToDevice, write).size(), 0u);
  write.set_size(4);
  write.set_address(~uint64_t{0} - 1);
  EXPECT_EQ(call<rpc::CopyToDeviceReply>(server, Api::kCopyToDevice, write).size(), 0u);
  EXPECT_EQ(card.memory().pages(), 0u);

  rpc::CopyFromDeviceRequest read;
  read.set_address(kMemoryBase);
  read.set_size(~uint64_t{0});
  EXPECT_EQ(call<rpc::CopyFromDeviceReply>(server, Api::kCopyFromDevice, read).data(), "");
  read.set_size(kMaxPayloadBytes + 1);
  EXPECT_EQ(call<rpc::CopyFromDeviceReply>(server, Api::kCopyFromDevice, read).data(), "");

  rpc::RegisterRequest registers;
  registers.set_address(4);
  registers.set_size(0xffffffff);
  EXPECT_EQ(call<rpc::RegisterReply>(server, Api::kReadRegisters, registers).data().size(), abi::kRegRange);
  registers.set_size(4);
  EXPECT_EQ(call<rpc::RegisterReply>(server, Api::kReadRegisters, registers).data(), "\xff\xff\xff\xff");
  registers.set_address(kCuWindows[0].base + abi::kRegArgCount);
  registers.set_data("abc");
  call<rpc::RegisterReply>(server, Api::kWriteRegisters, registers);
  EXPECT_EQ(card.read_register(sim::Cu::kOut, abi::kRegArgCount), 0u);
}

TEST(RpcServer, AnswersUnknownCallsAndRefusesBrokenMessages) {
  test::LoopbackCard card;
  RpcServer server(card);
  EXPECT_EQ(server.handle(38, bytes("whatever")), "");
  EXPECT_EQ(server.handle(0xffffffff, {}), "");
  EXPECT_THROW(server.handle(static_cast<uint32_t>(Api::kCopyToDevice), bytes("\x22\xff\xff\xff\xff\x0f")),
               ProtocolError);
  EXPECT_FALSE(server.closed());
  server.handle(static_cast<uint32_t>(Api::kClose), {});
  EXPECT_TRUE(server.closed());
}

TEST(RpcServer, ForgetsAFreedBuffer) {
  test::LoopbackCard card;
  RpcServer server(card);
  rpc::AllocRequest alloc;
  alloc.set_address(kMemoryBase);
  alloc.set_size(2 * sim::DeviceMemory::kPageBytes);
  EXPECT_TRUE(call<rpc::Ack>(server, Api::kAllocDeviceBuffer, alloc).ack());
  card.memory().write(kMemoryBase, "secret", 6);
  rpc::FreeRequest free;
  free.set_address(kMemoryBase);
  EXPECT_TRUE(call<rpc::Ack>(server, Api::kFreeDeviceBuffer, free).ack());
  EXPECT_EQ(card.memory().pages(), 0u);
  EXPECT_TRUE(call<rpc::Ack>(server, Api::kFreeDeviceBuffer, free).ack());  // twice is no harm
}

// Both ends of a HostLink: serve() in a thread, this test as the host.
class ServeTest : public ::testing::Test {
 protected:
  ServeTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, main_), 0);
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, back_), 0);
    server_ = std::thread([this] {
      HostLink link{Socket(main_[1]), Socket(back_[1])};
      Stats stats;
      try {
        serve(link, card_, stats);
      } catch (const ProtocolError&) {
        broken_ = true;
      }
    });
  }
  ~ServeTest() override {
    ::shutdown(main_[0], SHUT_RDWR);
    if (server_.joinable()) server_.join();
    ::close(main_[0]);
    ::close(back_[0]);
  }
  void send(std::span<const uint8_t> data) {
    ASSERT_EQ(::write(main_[0], data.data(), data.size()), static_cast<ssize_t>(data.size()));
  }

  int main_[2];
  int back_[2];
  test::LoopbackCard card_;
  bool broken_ = false;
  std::thread server_;
};

TEST_F(ServeTest, CloseIsAnsweredAndPassedOn) {
  send(encode_request_header({0, static_cast<uint32_t>(Api::kClose)}));
  std::array<uint8_t, 64> reply{};
  EXPECT_GT(::read(main_[0], reply.data(), reply.size()), static_cast<ssize_t>(kReplyHeaderBytes));
  std::array<uint8_t, kRequestHeaderBytes> back{};
  EXPECT_EQ(::read(back_[0], back.data(), back.size()), static_cast<ssize_t>(back.size()));
  EXPECT_EQ(decode_request_header(back).api, static_cast<uint32_t>(Api::kClose));
  server_.join();
  EXPECT_FALSE(broken_);
}

TEST_F(ServeTest, EndOfTheHostIsAnEnd) {
  ::shutdown(main_[0], SHUT_RDWR);
  server_.join();
  EXPECT_FALSE(broken_);
}

TEST_F(ServeTest, HalfARequestIsBroken) {
  const auto header = encode_request_header({100, static_cast<uint32_t>(Api::kSetEnvironment)});
  send(header);
  send(header);
  ::shutdown(main_[0], SHUT_RDWR);
  server_.join();
  EXPECT_TRUE(broken_);
}

TEST_F(ServeTest, NoiseIsBroken) {
  send(bytes("GET / HTTP/1.1\r\n"));
  server_.join();
  EXPECT_TRUE(broken_);
}

}  // namespace
}  // namespace xesp::hwemu
