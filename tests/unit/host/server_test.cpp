// SPDX-License-Identifier: Apache-2.0
// A lost card: the asker is told, and the server ends with the reason.
#include "server/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

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

TEST(EventsQueue, IsBoundedAndSaysWhatIsLost) {
  Events events;
  for (size_t i = 0; i < Events::kMost + 5; ++i) events.tell({{"event", "x"}, {"i", i}});
  const auto all = events.take();
  ASSERT_EQ(all.size(), Events::kMost + 1);
  EXPECT_EQ(all[7]["i"], 7);
  EXPECT_TRUE(all[7].contains("time"));
  EXPECT_EQ(all.back()["event"], "lost");
  EXPECT_EQ(all.back()["count"], 5);
  EXPECT_TRUE(events.take().empty());
}

// A server with an engine, and clients that follow it.
class ServerWithEvents : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = make_software_engine();
  LeaseJournal journal{folder.file("j")};
  LeaseKeeper leases{journal, *engine};
  NoPacketPath path;
  Controller controller{*engine, leases, path};
  Events events;
  Requests requests{controller, *engine, path, &events};
  Server server{folder.file("s"), requests};
  std::atomic<bool> end = false;
  std::future<void> running;

  void SetUp() override {
    server.watch(events.wake_fd(), [this] { server.tell(events); });
    running = std::async(std::launch::async, [this] {
      try {
        server.run([this] { return std::string(end ? "the test ends" : ""); });
      } catch (const Error&) {
      }
    });
  }
  void TearDown() override {
    end = true;
    running.wait();
  }
};

TEST_F(ServerWithEvents, AFollowerHearsOfSasAndTheirLimits) {
  control::Client follower(folder.file("s"));
  follower.call("monitor");
  control::Client other(folder.file("s"));
  control::SaRequest sa;
  sa.sa = make_sa(Direction::kIn, Mode::kTunnel);
  sa.direction = Direction::kIn;
  const nlohmann::json row = other.call("state.add", {{"sa", to_json(sa)}});
  const nlohmann::json added = follower.next_event();
  EXPECT_EQ(added["event"], "state.add");
  EXPECT_EQ(added["sa"]["spi"], sa.sa.spi);
  EXPECT_FALSE(added["sa"]["aead"].contains("key")) << "a key in an event";
  events.tell({{"event", "limit"},
               {"limit", "soft"},
               {"dir", "in"},
               {"index", row["index"]},
               {"generation", row["generation"]}});
  EXPECT_EQ(follower.next_event()["sa"]["spi"], sa.sa.spi) << "the server says which SA it is";
  other.call("state.flush");
  EXPECT_EQ(follower.next_event()["deleted"], 1);
}

TEST_F(ServerWithEvents, ASlowFollowerLosesEventsAndHoldsNobodyUp) {
  control::Client slow(folder.file("s"));
  slow.call("monitor");
  control::Client other(folder.file("s"));
  const std::string padding(1000, 'x');
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 200; ++i) events.tell({{"event", "x"}, {"padding", padding}});
    other.call("version");
  }
  // The last of them may come behind the word of those that were lost: it is written as soon as there is room.
  int seen = 0, lost = 0;
  while (seen + lost < 2000) {
    const nlohmann::json event = slow.next_event();
    if (event["event"] == "x") {
      ++seen;
    } else {
      ASSERT_EQ(event["event"], "lost");
      lost += event["count"].get<int>();
    }
  }
  EXPECT_EQ(seen + lost, 2000);
  EXPECT_GT(lost, 0);
  events.tell({{"event", "y"}});
  EXPECT_EQ(slow.next_event()["event"], "y") << "and goes on";
}

TEST_F(ServerWithEvents, CapsTellWhatIsInUse) {
  control::Client client(folder.file("s"));
  const nlohmann::json caps = client.call("caps");
  EXPECT_EQ(caps["replay_window"]["most"], abi::kMaxReplayWindow);
  EXPECT_EQ(caps["sas"]["out"], 0);
  EXPECT_TRUE(caps["card"].is_null());
  EXPECT_EQ(client.call("count")["state"]["total"], 0);
}

}  // namespace
}  // namespace xesp::test
