// SPDX-License-Identifier: Apache-2.0
#include "host_link.h"

#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "frame.h"
#include "rpc_server.h"

namespace xesp::hwemu {

HostLink HostLink::from_environment(std::chrono::milliseconds patience) {
  const char* id = std::getenv("EMULATION_SOCKETID");
  if (id == nullptr) {
    throw std::runtime_error("EMULATION_SOCKETID is not set; XRT starts this program when it loads the xclbin");
  }
  const char* user = std::getenv("USER");
  const std::string folder = user != nullptr ? "/tmp/" + std::string(user) + "/" : "/tmp/";
  Socket main = Socket::connect(folder + (user != nullptr ? id : "xcl_sock"), patience);
  return {std::move(main), Socket::connect(folder + "D2X_unix_sock_" + id, patience)};
}

HostLink::HostLink(Socket main, Socket device_to_host)
    : main_(std::move(main)), device_to_host_(std::move(device_to_host)) {}

std::optional<Request> HostLink::receive() {
  std::array<uint8_t, kRequestHeaderBytes> bytes{};
  if (!main_.read_exact(bytes)) return std::nullopt;
  const RequestHeader header = decode_request_header(bytes);
  Request request{header.api, std::vector<uint8_t>(header.size)};
  if (header.size > 0 && !main_.read_exact(request.payload)) {
    throw ProtocolError("the host closed the socket after a header");
  }
  return request;
}

void HostLink::reply(const std::string& payload) {
  const auto header = encode_reply_header(payload.size());
  std::vector<uint8_t> frame(header.begin(), header.end());  // one write: the host would wake for each part
  frame.insert(frame.end(), payload.begin(), payload.end());
  send(frame);
}

void HostLink::close() try {
  device_to_host_.write_all(encode_request_header({0, static_cast<uint32_t>(Api::kClose)}));
} catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): it has gone already
}

}  // namespace xesp::hwemu
