// SPDX-License-Identifier: Apache-2.0
// A simulator, worker or owner that goes: everyone else ends or says so, soon, and nothing is left behind.
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "loopback_fixture.h"
#include "process_tree.h"

namespace xesp::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kSoon = 2s;

class CardLostTest : public Loopback {
 protected:
  static pid_t simulator(pid_t owner) { return descendant(owner, "xesp-hwemu"); }
  static pid_t worker(pid_t owner) { return descendant(owner, "xesp-card-worker"); }

  /// The private folder of `owner`'s worker, as its environment names it.
  static std::string private_folder(pid_t owner) {
    std::ifstream file("/proc/" + std::to_string(worker(owner)) + "/environ");
    for (std::string entry; std::getline(file, entry, '\0');) {
      if (entry.starts_with("SDACCEL_EM_RUN_DIR=")) return entry.substr(entry.find('=') + 1);
    }
    return {};
  }

  /// `action` throws CardLost within kSoon and with these words.
  template <typename Action>
  static void expect_lost(Action&& action, const std::string& words) {
    const auto start = Clock::now();
    const Error error = error_of(action);
    EXPECT_LT(Clock::now() - start, kSoon);
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("card lost"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }

  static void expect_nothing_left(const std::vector<Process>& processes) {
    for (const Process& process : processes) EXPECT_TRUE(ends_within(process.pid, kLong)) << process.name;
  }
};

TEST_F(CardLostTest, SimulatorKilledInARun) {
  const Variable hang("XESP_LOOPBACK_HANG", "1");
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  fill(card, Direction::kOut, {64}, 1);
  card.submit(Direction::kOut, 1);
  std::this_thread::sleep_for(50ms);
  ASSERT_EQ(::kill(simulator(::getpid()), SIGKILL), 0);
  expect_lost([&] { card.wait(Direction::kOut, kLong); }, "the simulator ended");
  expect_nothing_left(processes);
  expect_lost([&] { card.submit(Direction::kOut, 1); }, "the simulator ended");  // and so on, for the same reason
  expect_lost([&] { card.registers(Direction::kIn); }, "the simulator ended");
}

TEST_F(CardLostTest, SimulatorCrashesByItself) {
  const Variable crash("XESP_LOOPBACK_CRASH", "2");
  CardDevice card(options());
  fill(card, Direction::kIn, {64}, 1);
  card.run(Direction::kIn, 1, 64, 64);
  card.submit(Direction::kIn, 1);
  expect_lost([&] { card.wait(Direction::kIn, kLong); }, "the simulator ended");
}

TEST_F(CardLostTest, SimulatorAndItsShellKilledWhileIdle) {
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  const pid_t sim = simulator(::getpid());
  for (const Process& process : processes) {  // the shell first, so that it can't tell anyone
    if (process.name == "simulate.sh") ::kill(process.pid, SIGKILL);
  }
  ASSERT_EQ(::kill(sim, SIGKILL), 0);
  expect_nothing_left(processes);
  expect_lost([&] { card.registers(Direction::kOut); }, "the simulator ended");
}

TEST_F(CardLostTest, SimulatorStopped) {
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  fill(card, Direction::kOut, {64}, 1);
  ASSERT_EQ(::kill(simulator(::getpid()), SIGSTOP), 0);
  card.submit(Direction::kOut, 1);
  expect_lost([&] { card.wait(Direction::kOut, 500ms); }, "not done after 500 ms: its registers don't answer either");
  expect_nothing_left(processes);
}

TEST_F(CardLostTest, LateBatchTellsWhatItsUnitDoes) {
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  const std::vector<uint32_t> sizes(64, 9000);
  fill(card, Direction::kOut, sizes, 1);
  card.submit(Direction::kOut, sizes.size());
  expect_lost([&] { card.wait(Direction::kOut, 0ms); }, "its unit has done ");
  expect_nothing_left(processes);
}

TEST_F(CardLostTest, ReadsAllOnesInARun) {
  const Variable ones("XESP_LOOPBACK_ONES", "2");
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  fill(card, Direction::kOut, {64}, 1);
  card.run(Direction::kOut, 1, 64, 64);
  expect_lost([&] { card.run(Direction::kOut, 1, 64, 64); }, "all ones");
  expect_lost([&] { card.registers(Direction::kIn); }, "all ones");
  expect_nothing_left(processes);
}

TEST_F(CardLostTest, SimulatorStoppedWhileIdle) {
  CardOptions stopped = options();
  stopped.run_timeout = 500ms;
  CardDevice card(stopped);
  const auto processes = descendants(::getpid());
  fill(card, Direction::kIn, {64}, 1);
  ASSERT_EQ(::kill(simulator(::getpid()), SIGSTOP), 0);
  expect_lost([&] { card.run(Direction::kIn, 1, 64, 64); }, "not done after 500 ms: its registers don't answer either");
  expect_nothing_left(processes);
}

TEST_F(CardLostTest, WorkerStopped) {
  CardOptions stopped = options();
  stopped.run_timeout = 500ms;
  CardDevice card(stopped);
  const auto processes = descendants(::getpid());
  fill(card, Direction::kIn, {64}, 1);
  ASSERT_EQ(::kill(worker(::getpid()), SIGSTOP), 0);
  expect_lost([&] { card.run(Direction::kIn, 1, 64, 64); }, "not done after 500 ms: its registers don't answer either");
  expect_nothing_left(processes);
}

// Instead of xesp-card-worker, whose end of the socket is descriptor 3.
TEST_F(CardLostTest, WorkerHangsDiesOrTalksNonsenseWhileItOpens) {
  for (const std::string does : {"sleep 60", "exit 3", "kill -SEGV $$", "head -c 4096 /dev/urandom >&3; sleep 60",
                                 "head -c 4096 /dev/zero | tr '\\0' '\\377' >&3; sleep 60"}) {
    CardOptions odd = options();
    odd.worker = file("worker");
    odd.open_timeout = 500ms;
    std::ofstream(odd.worker) << "#!/bin/sh\n" << does << "\n";
    std::filesystem::permissions(odd.worker, std::filesystem::perms::owner_all);
    const auto start = Clock::now();
    const Error error = error_of([&] { const CardDevice card(odd); });
    EXPECT_LT(Clock::now() - start, kSoon) << does;
    EXPECT_EQ(error.code(), ErrorCode::kIo) << does << ": " << error.what();
    EXPECT_TRUE(descendants(::getpid()).empty()) << does;
  }
}

TEST_F(CardLostTest, WorkerKilled) {
  const Variable hang("XESP_LOOPBACK_HANG", "1");
  CardDevice card(options());
  const auto processes = descendants(::getpid());
  fill(card, Direction::kOut, {64}, 1);
  card.submit(Direction::kOut, 1);
  ASSERT_EQ(::kill(worker(::getpid()), SIGKILL), 0);
  expect_lost([&] { card.wait(Direction::kOut, kLong); }, "signal 9");
  expect_nothing_left(processes);
}

TEST_F(CardLostTest, BothDirectionsHearOfIt) {
  const Variable hang("XESP_LOOPBACK_HANG", "1");
  CardDevice card(options());
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    fill(card, direction, {64}, 1);
    card.submit(direction, 1);
  }
  auto in = std::async(std::launch::async, [&] { card.wait(Direction::kIn, kLong); });
  std::this_thread::sleep_for(50ms);
  ASSERT_EQ(::kill(simulator(::getpid()), SIGKILL), 0);
  expect_lost([&] { card.wait(Direction::kOut, kLong); }, "the simulator ended");
  expect_lost([&] { in.get(); }, "the simulator ended");
}

TEST_F(CardLostTest, ClosesInOrderWithNothingLeft) {
  std::vector<Process> processes;
  std::string folder;
  {
    CardDevice card(options());
    processes = descendants(::getpid());
    folder = private_folder(::getpid());
    ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
    ASSERT_NE(simulator(::getpid()), 0);
    // XRT's listening ends, which could be anyone's in /tmp.
    const auto entries = std::filesystem::directory_iterator(folder);
    EXPECT_EQ(std::ranges::count_if(entries, [](const auto& entry) { return entry.is_socket(); }), 2);
  }
  for (const Process& process : processes) EXPECT_FALSE(alive(process.pid)) << process.name;
  EXPECT_FALSE(std::filesystem::exists(folder)) << folder;
}

TEST_F(CardLostTest, OwnerKilled) {
  for (const char* hang : {"0", "1"}) {
    const Variable variable("XESP_LOOPBACK_HANG", hang);
    Child client({XESP_HWEMU_CLIENT, XESP_LOOPBACK_XCLBIN, XESP_HWEMU_DIR, "0"}, file("owner.out"));
    ASSERT_TRUE(client.says("open", kLong));
    const auto processes = descendants(client.pid());
    const std::string folder = private_folder(client.pid());
    ASSERT_TRUE(std::filesystem::exists(folder)) << folder;
    ASSERT_NE(simulator(client.pid()), 0);
    ASSERT_EQ(::kill(client.pid(), SIGKILL), 0);
    EXPECT_EQ(client.wait(), -SIGKILL);
    expect_nothing_left(processes);
    EXPECT_TRUE(eventually(kLong, [&] { return !std::filesystem::exists(folder); })) << folder;
  }
}

// The simulator by itself: its host, here the worker, is gone without a Close and without a kill of the group.
TEST_F(CardLostTest, SimulatorEndsWithItsHost) {
  CardDevice card(options());
  const pid_t sim = simulator(::getpid());
  ASSERT_NE(sim, 0);
  ASSERT_EQ(::kill(worker(::getpid()), SIGKILL), 0);
  EXPECT_TRUE(ends_within(sim, kSoon));
}

TEST_F(CardLostTest, TwoProcessesAtOnce) {
  const std::vector<std::string> command{XESP_HWEMU_CLIENT, XESP_LOOPBACK_XCLBIN, XESP_HWEMU_DIR, "200"};
  Child one(command, file("one.out"));
  Child two(command, file("two.out"));
  EXPECT_EQ(one.wait(), 0) << one.output();
  EXPECT_EQ(two.wait(), 0) << two.output();
}

}  // namespace
}  // namespace xesp::test
