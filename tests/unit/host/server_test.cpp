// SPDX-License-Identifier: Apache-2.0
// A lost card: the asker is told, and the server ends with the reason.
#include "server/server.h"

#include <gtest/gtest.h>

#include <future>

#include "control/client.h"
#include "core/health.h"
#include "support/sas.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

// A card that is gone.
class LostEngine final : public Engine {
 public:
  std::string description() const override { return "lost"; }
  SaHandle install(const SaConfig&) override { gone(); }
  void remove(Direction, SaHandle) override { gone(); }
  void extend(SaHandle, uint64_t) override { gone(); }
  SaStats stats(Direction, SaHandle) override { gone(); }
  void process(Direction, std::span<const PacketIn>, std::vector<PacketOut>&) override { gone(); }
  EngineCounters counters(Direction) const override { return {}; }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction) override { gone(); }

 private:
  [[noreturn]] static void gone() { throw Error(ErrorCode::kIo, "card lost: for the test"); }
};

class ServerOfALostCard : public testing::Test {
 protected:
  TemporaryFolder folder;
  LostEngine engine;
  LeaseJournal journal{folder.file("j")};
  LeaseKeeper leases{journal, engine};
  NoPacketPath path;
  Controller controller{engine, leases, path};
  Requests requests{controller, engine, path};
  Server server{folder.file("s"), requests};

  static std::string end_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& e) {
      return std::to_string(static_cast<int>(e.code())) + " " + e.what();
    }
    return "(returned)";
  }
};

TEST_F(ServerOfALostCard, AnswersAndEnds) {
  auto running =
      std::async(std::launch::async, [&] { return end_of([&] { server.run([] { return std::string(); }); }); });
  control::SaRequest sa;
  sa.sa = make_sa(Direction::kIn, Mode::kTunnel);
  sa.direction = Direction::kIn;
  EXPECT_EQ(end_of([&] {
              control::Client(folder.file("s")).call("state.add", {{"sa", to_json(sa)}});
            }),
            "74 card lost: for the test");
  EXPECT_EQ(running.get(), "74 card lost: for the test");
}

TEST_F(ServerOfALostCard, EndsWhenThePacketSideSaysSo) {
  EXPECT_EQ(end_of([&] { server.run([] { return std::string("card lost: in mid-run"); }); }),
            "74 card lost: in mid-run");
}

TEST_F(ServerOfALostCard, IsFoundOutWithoutTraffic) {
  Health health(engine, leases, path);
  EXPECT_EQ(end_of([&] { server.run([&] { return health.fault(); }); }), "74 card lost: for the test");
}

}  // namespace
}  // namespace xesp::test
