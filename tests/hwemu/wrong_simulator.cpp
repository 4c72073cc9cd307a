// SPDX-License-Identifier: Apache-2.0
// The loopback card's simulator, which answers the host wrongly from one reply on: in the way that XESP_WRONG_REPLY
// names, from the XESP_WRONG_FROM-th on, with bytes from XESP_WRONG_SEED.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "frame.h"
#include "host_link.h"
#include "loopback_card.h"
#include "rpc_server.h"

using namespace xesp::hwemu;

namespace {

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

void flip(char& c, unsigned bit) {
  c = static_cast<char>(static_cast<unsigned char>(c) ^ 1u << bit);
}

class Wrong {
 public:
  Wrong() : way_(variable("XESP_WRONG_REPLY")), from_(std::atoi(variable("XESP_WRONG_FROM").c_str())) {
    random_.seed(std::strtoull(variable("XESP_WRONG_SEED").c_str(), nullptr, 0));
  }
  void reply(HostLink& host, const std::string& payload) {
    std::string header(kReplyHeaderBytes, 0), text = payload;
    const auto say = [&](uint64_t bytes) {
      const auto said = encode_reply_header(bytes);
      std::memcpy(header.data(), said.data(), said.size());
    };
    if (++replies_ >= from_) {
      if (way_ == "bytes")
        for (char& c : text) c = static_cast<char>(random_());
      if (way_ == "bits" && !text.empty()) flip(text[random_() % text.size()], random_() % 8);
      if (way_ == "nothing") text.clear();
      if (way_ == "short" && !text.empty()) text.pop_back();
      if (way_ == "twice") text += payload;
    }
    say(text.size());
    if (replies_ >= from_) {
      if (way_ == "header")
        for (char& c : header) c = static_cast<char>(random_());
      if (way_ == "endless") say(uint64_t{1} << 40);
      if (way_ == "ends") say(text.size() + 10);
    }
    const std::string all = header + text;
    host.send({reinterpret_cast<const uint8_t*>(all.data()), all.size()});
    if (replies_ >= from_ && way_ == "ends") std::exit(0);
  }

 private:
  const std::string way_;
  const int from_;
  int replies_ = 0;
  std::mt19937_64 random_;
};

}  // namespace

int main() try {
  HostLink host = HostLink::from_environment(std::chrono::seconds(60));
  xesp::test::LoopbackCard card;
  RpcServer server(card);
  Wrong wrong;
  while (!server.closed()) {
    if (card.busy()) card.step(32);
    if (!host.request_waiting(std::chrono::milliseconds(card.busy() ? 0 : -1))) continue;
    const auto request = host.receive();
    if (!request) break;
    wrong.reply(host, server.handle(request->api, request->payload));
  }
  host.close();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "xesp-hwemu: %s\n", error.what());
  return 1;
}
