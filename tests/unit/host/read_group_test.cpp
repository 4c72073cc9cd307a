// SPDX-License-Identifier: Apache-2.0
// xespd --read-group: users of that group may ask what is there, see no key and no packet, and change nothing. Needs
// root, to be somebody else.
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "control/client.h"
#include "support/child.h"
#include "support/temporary_folder.h"

namespace xesp::test {
namespace {

using nlohmann::json;

constexpr uid_t kSomebody = 65534;
constexpr gid_t kNoGroup = 65534;
constexpr const char* kGroup = "daemon";  // any that Debian has

struct Identity {
  gid_t primary;
  std::vector<gid_t> others;
};

class ReadGroup : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::string socket = folder.file("run/s");
  std::unique_ptr<Child> daemon;
  gid_t group = 0;

  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "only root can ask as another user";
    const struct group* known = getgrnam(kGroup);
    ASSERT_NE(known, nullptr);
    group = known->gr_gid;
    std::filesystem::permissions(folder.file("."), std::filesystem::perms(0711));
    daemon = std::make_unique<Child>(std::vector<std::string>{XESPD, "--engine", "software", "--no-dataplane",
                                                              "--read-group", kGroup, "--socket", socket, "--state-dir",
                                                              folder.file("state")});
    for (int i = 0; i < 1000 && !served(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(served());
    control::Client root(socket);
    root.call("state.add",
              {{"sa", json::parse(R"json({"src": "192.0.2.1", "dst": "198.51.100.1", "proto": "esp", "spi": 4097,
      "mode": "tunnel", "dir": "out", "aead": {"name": "rfc4106(gcm(aes))", "icv_bits": 128,
      "key": "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3"}})json")}});
  }

  bool served() const {
    try {
      control::Client client(socket);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  Identity member() const { return {kNoGroup, {group}}; }
  static Identity stranger() { return {kNoGroup, {}}; }

  /// What xespd answers to these requests of somebody: the answers' lines, or "errno N" of the connection.
  std::vector<std::string> ask(const Identity& as, const std::vector<json>& requests) const {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      const std::string said = speak(as, requests);
      for (size_t at = 0; at < said.size();) {
        const ssize_t n = write(ends[1], said.data() + at, said.size() - at);
        if (n <= 0) _exit(1);
        at += static_cast<size_t>(n);
      }
      _exit(0);
    }
    close(ends[1]);
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<size_t>(n));
    close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    std::vector<std::string> lines;
    for (size_t at = 0, end; (end = all.find('\n', at)) != std::string::npos; at = end + 1)
      lines.push_back(all.substr(at, end - at));
    return lines;
  }

  json ask_one(const Identity& as, const std::string& what, json arguments = json::object()) const {
    arguments["v"] = control::kProtocolVersion;
    arguments["do"] = what;
    const auto lines = ask(as, {arguments});
    return lines.empty() ? json("nothing") : json::parse(lines[0], nullptr, false);
  }

  static int code_of(const json& answer) {
    if (!answer.is_object()) return -1;
    return answer["ok"] == true ? 0 : answer["error"]["code"].get<int>();
  }

 private:
  std::string speak(const Identity& as, const std::vector<json>& requests) const {
    if (setgroups(as.others.size(), as.others.data()) != 0 || setresgid(as.primary, as.primary, as.primary) != 0 ||
        setresuid(kSomebody, kSomebody, kSomebody) != 0)
      return "can't be somebody else\n";
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return "errno " + std::to_string(errno) + "\n";
    std::string said;
    for (const json& request : requests) {
      const std::string line = request.dump() + "\n";
      (void)send(fd, line.data(), line.size(), MSG_NOSIGNAL);
      char buffer[65536];
      do {
        const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
        if (n <= 0) return said;
        said.append(buffer, static_cast<size_t>(n));
      } while (said.back() != '\n');
    }
    return said;
  }
};

TEST_F(ReadGroup, MembersAskWhatIsThere) {
  for (const Identity& as : {member(), Identity{group, {}}}) {
    for (const char* what : {"state.list", "policy.list", "count", "stats", "card", "caps", "version", "notice.list"})
      EXPECT_EQ(code_of(ask_one(as, what)), 0) << what;
    EXPECT_EQ(code_of(ask_one(as, "state.get", {{"sa", {{"dst", "198.51.100.1"}, {"spi", 4097}}}})), 0);
    EXPECT_EQ(code_of(ask_one(as, "where", {{"dir", "out"}, {"packet", {{"src", "10.1.0.5"}, {"dst", "10.2.0.5"}}}})),
              0);
    EXPECT_EQ(code_of(ask_one(as, "monitor")), 0);
  }
}

TEST_F(ReadGroup, MembersSeeNoKeyAndNoPacket) {
  EXPECT_EQ(code_of(ask_one(member(), "state.list", {{"show_keys", true}})), 77);
  EXPECT_EQ(code_of(ask_one(member(), "tap", {{"filter", json::object()}})), 77);
  EXPECT_EQ(ask_one(member(), "state.list").dump().find("0a0b0c"), std::string::npos);
}

TEST_F(ReadGroup, MembersChangeNothing) {
  const json sa = {{"dst", "198.51.100.1"}, {"spi", 4097}};
  const std::vector<std::pair<const char*, json>> changes = {
      {"state.add", {{"sa", sa}}},
      {"state.delete", {{"sa", sa}}},
      {"state.flush", json::object()},
      {"state.reserve", {{"src", "192.0.2.1"}, {"dst", "198.51.100.1"}}},
      {"state.move", {{"sa", sa}, {"new_src", "192.0.2.9"}, {"new_dst", "198.51.100.9"}}},
      {"policy.add", {{"policy", json::object()}}},
      {"policy.delete", {{"policy", json::object()}}},
      {"policy.flush", json::object()},
      {"notice.add", {{"notice", {{"peer", "192.0.2.9"}, {"kind", "k"}, {"text", "t"}, {"fix", "f"}}}}},
      {"what.comes.some.day", json::object()},
  };
  for (const auto& [what, arguments] : changes) EXPECT_EQ(code_of(ask_one(member(), what, arguments)), 77) << what;
  EXPECT_EQ(control::Client(socket).call("count", json::object())["state"]["total"], 1);
  EXPECT_EQ(control::Client(socket).call("notice.list", json::object()).size(), 0u);
}

TEST_F(ReadGroup, OthersAreTurnedAwayByTheFileAndByTheDaemon) {
  struct stat info {};
  ASSERT_EQ(stat(socket.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
  EXPECT_EQ(info.st_gid, group);
  ASSERT_EQ(stat(folder.file("run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0750u);
  EXPECT_EQ(info.st_gid, group);
  EXPECT_EQ(ask(stranger(), {json::object()}).at(0), "errno " + std::to_string(EACCES));
  std::filesystem::permissions(folder.file("run"), std::filesystem::perms(0755));
  std::filesystem::permissions(socket, std::filesystem::perms(0666));
  EXPECT_EQ(code_of(ask_one(stranger(), "stats")), 77);
  EXPECT_EQ(code_of(ask_one(member(), "stats")), 0);
}

TEST_F(ReadGroup, MembersLeaveRoomForRoot) {
  std::vector<pid_t> crowd;
  for (int i = 0; i < 40; ++i) {
    crowd.push_back(fork());
    if (crowd.back() != 0) continue;
    (void)ask(member(), {{{"v", 1}, {"do", "monitor"}}, {{"v", 1}, {"do", "stats"}}});  // the second is never answered
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(code_of(ask_one(member(), "stats")), 69);
  EXPECT_NO_THROW(control::Client(socket).call("stats", json::object()));
  daemon->signal(SIGTERM);
  EXPECT_EQ(daemon->wait().code, 0);
  for (const pid_t child : crowd) waitpid(child, nullptr, 0);
}

TEST(ReadGroupOption, AGroupThatIsNotThereEndsTheStart) {
  const TemporaryFolder folder;
  const Finished said = run({XESPD, "--engine", "software", "--no-dataplane", "--read-group", "nobody-has-this-group",
                             "--socket", folder.file("s"), "--state-dir", folder.file("state")});
  EXPECT_EQ(said.code, 64);
  EXPECT_NE(said.err.find("there is no group 'nobody-has-this-group'"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace xesp::test
