// SPDX-License-Identifier: Apache-2.0
// xespd and xesp as programs: the socket, the words, exit codes, kill -9.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "control/client.h"
#include "support/child.h"
#include "support/temporary_folder.h"

namespace xesp::test {
namespace {

using nlohmann::json;

const std::string kKeyA = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3";
const std::string kKeyB = "0x100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3";

class Programs : public testing::Test {
 protected:
  TemporaryFolder folder;
  std::string socket = folder.file("s");
  std::unique_ptr<Child> daemon;

  void SetUp() override { start(); }

  void start() {
    daemon = std::make_unique<Child>(std::vector<std::string>{XESPD, "--engine", "software", "--no-dataplane",
                                                              "--socket", socket, "--state-dir", folder.file("state")});
    for (int i = 0; i < 1000; ++i) {
      try {
        control::Client client(socket);
        return;
      } catch (const Error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
    FAIL() << "xespd does not answer: " << daemon->wait().err;
  }

  Finished xesp(std::vector<std::string> words, const std::string& input = {}) {
    words.insert(words.begin(), {XESP_CLI, "--socket", socket});
    return run(words, input);
  }
  std::vector<std::string> add(const std::string& spi, const std::string& key, const std::string& dir) {
    return {"state", "add",    "src",  "192.0.2.1",         "dst", "198.51.100.1", "proto", "esp", "spi", spi,
            "mode",  "tunnel", "aead", "rfc4106(gcm(aes))", key,   "128",          "dir",   dir};
  }
};

TEST_F(Programs, AddListDeleteFlush) {
  EXPECT_EQ(xesp(add("0x1001", kKeyA, "out")).code, 0);
  EXPECT_EQ(xesp(add("0x1002", "-", "in"), kKeyB + "\n").code, 0);
  EXPECT_EQ(xesp(add("0x1003", "@" + folder.write("k", "0x20" + kKeyA.substr(4)), "in")).code, 0);
  const Finished list = xesp({"state", "list"});
  EXPECT_EQ(list.code, 0);
  EXPECT_NE(list.out.find("spi 0x00001001 reqid 0 mode tunnel dir out"), std::string::npos) << list.out;
  EXPECT_EQ(list.out.find("0a0b0c0d"), std::string::npos) << "a key is shown";
  EXPECT_NE(list.out.find("(hidden)"), std::string::npos);
  EXPECT_EQ(json::parse(xesp({"-j", "state", "list"}).out).size(), 3u);
  EXPECT_EQ(xesp({"state", "delete", "dst", "198.51.100.1", "proto", "esp", "spi", "0x1001"}).code, 0);
  EXPECT_EQ(xesp({"state", "delete", "dst", "198.51.100.1", "spi", "0x1001"}).code, 68);
  EXPECT_EQ(json::parse(xesp({"state", "flush", "-j"}).out)["deleted"], 2);
}

TEST_F(Programs, PoliciesShowWhatTheyUse) {
  EXPECT_EQ(xesp({"policy", "add", "src", "10.1.0.0/24", "dst", "10.2.0.0/24", "dir", "out", "tmpl", "src", "192.0.2.1",
                  "dst", "198.51.100.1", "proto", "esp", "mode", "tunnel"})
                .code,
            0);
  EXPECT_NE(xesp({"policy", "list"}).out.find("no SA: packets drop"), std::string::npos);
  std::vector<std::string> without_dir = add("0x1001", kKeyA, "out");
  without_dir.resize(without_dir.size() - 2);
  EXPECT_EQ(xesp(without_dir).code, 0) << "the template tells the direction";
  EXPECT_NE(xesp({"policy", "list"}).out.find("by spi 0x00001001"), std::string::npos);
  EXPECT_EQ(json::parse(xesp({"-j", "policy", "list"}).out)[0]["spi"], 0x1001);
  EXPECT_EQ(xesp({"policy", "delete", "src", "10.1.0.0/24", "dst", "10.2.0.0/24", "dir", "out"}).code, 0);
}

TEST_F(Programs, WhereTakesWords) {
  const Finished said = xesp({"where", "10.1.0.5", "10.2.0.5", "tcp", "40000", "443"});
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.out.starts_with("nothing: ")) << said.out;
  EXPECT_EQ(json::parse(xesp({"-j", "where", "::1", "::2", "--in"}).out)["to"], "nothing");
  EXPECT_NE(xesp({"where", "10.1.0.5"}).err.find("DST"), std::string::npos);
  EXPECT_NE(xesp({"where", "10.1.0.5", "10.2.0.5", "tcp", "1", "2", "3"}).err.find("one word too many"),
            std::string::npos);
  EXPECT_NE(xesp({"where", "10.1.0.5", "::1"}).err.find("both are IPv6"), std::string::npos);
}

TEST_F(Programs, EveryReadingCommandSpeaksJson) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"state", "list"},
                                                  {"policy", "list"},
                                                  {"stats"},
                                                  {"card"},
                                                  {"state", "count"},
                                                  {"policy", "count"},
                                                  {"count"},
                                                  {"caps"}}) {
    std::vector<std::string> words = command;
    words.emplace_back("-j");
    const Finished done = xesp(words);
    EXPECT_EQ(done.code, 0);
    EXPECT_TRUE(json::accept(done.out)) << done.out;
  }
}

TEST_F(Programs, ErrorsHaveOneLineAndACode) {
  const struct {
    std::vector<std::string> words;
    int code;
  } cases[] = {
      {{"state", "add", "src", "nowhere"}, 64},
      {{"state", "add", "src", "192.0.2.1"}, 64},
      {add("0x10", kKeyA, "out"), 64},
      {add("0x1001", "0x00", "out"), 64},
      {add("0x1001", "@/nonexistent", "out"), 66},
      {add("0x1001", "@" + folder.write("open", kKeyA, 0644), "out"), 77},
      {{"policy", "add", "src", "10.0.0.0/8"}, 64},
      {{"nonsense"}, 64},
      {{"pcap", "encrypt", "/nonexistent", "/tmp/x", "--sa", "src 1.1.1.1"}, 64},
  };
  for (const auto& c : cases) {
    const Finished done = xesp(c.words);
    EXPECT_EQ(done.code, c.code) << done.err;
    EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
    EXPECT_TRUE(done.out.empty()) << done.out;
  }
  EXPECT_EQ(run({XESP_CLI, "--socket", folder.file("none"), "stats"}).code, 69);
}

TEST_F(Programs, ABatchTakesTheLinesOfIp) {
  const std::string lines =
      "# a comment\n\n"
      "ip xfrm state add src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 \\\n"
      "  mode tunnel aead 'rfc4106(gcm(aes))' " +
      kKeyA +
      " 128 dir out\n"
      "x s a src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1002 aead 'rfc4106(gcm(aes))' " +
      kKeyB +
      " 128 dir in\n"
      "policy add src 10.0.0.0/8 dst 0.0.0.0/0 dir out action block   # behind a line\n";
  Finished done = xesp({"-b", "-"}, lines);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(xesp({"state", "count"}).out.find("SAD count 2 OUT 1 IN 1"), std::string::npos);
  EXPECT_NE(xesp({"policy", "count"}).out.find("SPD count 1 OUT 1 IN 0"), std::string::npos);

  const std::string wrong =
      "state flush\nstate addd x\nnonsense\nstate delete dst 1.1.1.1 \\\n spi 0x999\npolicy flush\n";
  done = xesp({"-b", folder.write("wrong", wrong)});
  EXPECT_EQ(done.code, 64);
  EXPECT_NE(done.err.find("wrong, line 2:"), std::string::npos) << done.err;
  EXPECT_EQ(done.err.find("line 3"), std::string::npos) << done.err;
  EXPECT_NE(xesp({"policy", "count"}).out.find("SPD count 1"), std::string::npos) << "it went on";
  done = xesp({"-force", "-batch", folder.write("wrong", wrong)});
  EXPECT_EQ(done.code, 64) << "that of the first";
  EXPECT_NE(done.err.find("line 4:"), std::string::npos) << done.err;
  EXPECT_NE(xesp({"policy", "count"}).out.find("SPD count 0"), std::string::npos);

  EXPECT_EQ(xesp({"-b", folder.write("open", lines, 0644)}).code, 77) << "keys that others may read";
  EXPECT_EQ(xesp({"-b", "/nonexistent"}).code, 66);
  EXPECT_EQ(xesp({}).code, 64);
  EXPECT_EQ(xesp({"-b", "-", "stats"}).code, 64);
}

TEST_F(Programs, ADumpIsRestoredWholeOrNot) {
  const auto sa = [](const std::string& spi, const std::string& key, const std::string& more = {}) {
    return "src 192.0.2.1 dst 198.51.100.1\n\tproto esp spi " + spi +
           " reqid 1 mode tunnel\n\treplay-window 32 flag af-unspec\n" + "\taead rfc4106(gcm(aes)) " + key + " 128\n" +
           more;
  };
  const std::string policy =
      "src 10.1.0.0/24 dst 10.2.0.0/24 \n\tdir out priority 0 ptype main \n\ttmpl src 192.0.2.1 dst 198.51.100.1\n"
      "\t\tproto esp reqid 1 mode tunnel\n";
  Finished done = xesp({"state", "restore", "-"}, sa("0x1001", kKeyA) + sa("0x1002", kKeyB, "\tif_id 0x5\n") + policy);
  EXPECT_EQ(done.code, 64);
  EXPECT_NE(done.err.find("line 5: "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("nothing is done"), std::string::npos) << done.err;
  EXPECT_NE(xesp({"state", "count"}).out.find("SAD count 0"), std::string::npos);
  done = xesp({"-j", "state", "restore", "-"}, sa("0x1001", kKeyA) + policy);
  EXPECT_EQ(done.code, 0) << done.err << "the policy comes first and tells the direction";
  EXPECT_EQ(json::parse(done.out)["states"], 1);
  EXPECT_EQ(xesp({"policy", "restore", "-"}, policy).code, 73) << "there already";
}

TEST_F(Programs, MonitorFollows) {
  Child monitor({XESP_CLI, "--socket", socket, "-j", "monitor", "--count", "2"});
  for (int i = 0; i < 400 && xesp(add("0x1001", kKeyA, "out")).code == 0; ++i) {  // until it has its two
    xesp({"state", "flush"});
    if (monitor.finished()) break;
  }
  const Finished done = monitor.wait();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 2) << done.out;
  EXPECT_EQ(done.out.find("a0a1a2a3"), std::string::npos) << "a key is shown";
  Child plain({XESP_CLI, "--socket", socket, "monitor"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  daemon->signal(SIGTERM);
  EXPECT_EQ(plain.wait().code, 74) << "it ends with xespd";
}

TEST_F(Programs, CapsNeedNoDaemon) {
  EXPECT_NE(xesp({"caps"}).out.find("SAs in use: 0 out"), std::string::npos);
  const Finished alone = run({XESP_CLI, "--socket", folder.file("none"), "caps"});
  EXPECT_EQ(alone.code, 0);
  EXPECT_NE(alone.out.find("what this build knows"), std::string::npos) << alone.out;
}

TEST_F(Programs, DoctorNamesCauseAndFix) {
  xesp({"policy", "add", "src", "10.1.0.0/24", "dst", "10.2.0.0/24", "dir", "out", "tmpl", "src", "192.0.2.1", "dst",
        "198.51.100.1", "proto", "esp", "mode", "tunnel"});
  Finished done = xesp({"doctor"});
  EXPECT_EQ(done.code, 2);
  EXPECT_NE(done.out.find("error    policy     policy dir out 10.1.0.0/24 -> 10.2.0.0/24 has no live SA"),
            std::string::npos)
      << done.out;
  xesp(add("0x1001", kKeyA, "out"));
  done = xesp({"-j", "doctor"});
  EXPECT_LE(done.code, 1) << done.out;
  EXPECT_EQ(json::parse(done.out)["exit_code"], done.code);
  EXPECT_EQ(done.out.find("a0a1a2a3"), std::string::npos) << "a key is shown";
  const Finished alone = run({XESP_CLI, "--socket", folder.file("none"), "doctor"});
  EXPECT_EQ(alone.code, 2);
  EXPECT_NE(alone.out.find("error    daemon"), std::string::npos) << alone.out;
}

TEST_F(Programs, KillNeverMakesANumberComeBack) {
  ASSERT_EQ(xesp(add("0x1001", kKeyA, "out")).code, 0);
  for (uint64_t round = 1; round <= 3; ++round) {
    daemon->signal(SIGKILL);
    EXPECT_EQ(daemon->wait().code, 128 + SIGKILL);
    start();
    EXPECT_EQ(json::parse(xesp({"-j", "state", "list"}).out).size(), 0u);
    std::vector<std::string> words = add("0x1001", kKeyA, "out");
    words.emplace_back("-j");
    EXPECT_EQ(json::parse(xesp(words).out)["seq"], round << 16);
  }
}

TEST_F(Programs, SigtermEndsItCleanly) {
  daemon->signal(SIGTERM);
  const Finished done = daemon->wait();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(access(socket.c_str(), F_OK), 0) << "the socket's file stayed";
}

TEST_F(Programs, TheSocketIsForItsOwnerAndOneDaemon) {
  struct stat info {};
  ASSERT_EQ(stat(socket.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const Finished second =
      run({XESPD, "--engine", "software", "--no-dataplane", "--socket", socket, "--state-dir", folder.file("b")});
  EXPECT_EQ(second.code, 69);
  const Finished journal = run({XESPD, "--engine", "software", "--no-dataplane", "--socket", folder.file("t"),
                                "--state-dir", folder.file("state")});
  EXPECT_EQ(journal.code, 69) << journal.err;
}

// A client that sends what no client should.
class RawClient {
 public:
  explicit RawClient(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { close(fd_); }
  void send(const std::string& text) { (void)::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  std::string receive() {
    char buffer[4096];
    const ssize_t n = recv(fd_, buffer, sizeof buffer, 0);
    return {buffer, n > 0 ? static_cast<size_t>(n) : 0};
  }

 private:
  int fd_;
};

TEST_F(Programs, ABadClientHurtsNobody) {
  RawClient silent(socket);
  RawClient binary(socket);
  binary.send(std::string("\0\xff\xfe{\n", 5));
  EXPECT_NE(binary.receive().find("not JSON"), std::string::npos);
  binary.send("[1]\n");
  EXPECT_NE(binary.receive().find("one JSON object"), std::string::npos);
  RawClient endless(socket);
  endless.send(std::string(70000, 'x'));
  EXPECT_NE(endless.receive().find("longer than 65536"), std::string::npos);
  RawClient deep(socket);
  deep.send(std::string(30000, '[') + "\n");
  EXPECT_NE(deep.receive().find("nested deeper"), std::string::npos);
  deep.send(std::string(30000, '[') + std::string(30000, ']') + "\n");
  EXPECT_NE(deep.receive().find("nested deeper"), std::string::npos);
  RawClient many(socket);
  many.send("{\"v\":1,\"do\":\"version\"}\n{\"v\":1,\"do\":\"version\"}\n");
  std::string both = many.receive();
  if (std::count(both.begin(), both.end(), '\n') < 2) both += many.receive();
  EXPECT_EQ(std::count(both.begin(), both.end(), '\n'), 2);
  EXPECT_EQ(xesp({"stats"}).code, 0);
}

TEST_F(Programs, ClientsBeyondTheBoundAreTurnedAway) {
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 33; ++i) crowd.push_back(std::make_unique<RawClient>(socket));
  EXPECT_NE(crowd.back()->receive().find("too many clients"), std::string::npos);
  crowd.clear();
  EXPECT_EQ(xesp({"stats"}).code, 0);
}

TEST(Options, AreCheckedByName) {
  const TemporaryFolder folder;
  const struct {
    std::vector<std::string> words;
    int code;
    const char* says;
  } cases[] = {
      {{"--engine", "software"}, 64, "--inside and --outside"},
      {{"--engine", "software", "--inside", "a", "--outside", "a"}, 64, "two different"},
      {{"--engine", "magic"}, 64, "--engine"},
      {{"--no-dataplane"}, 64, "--xclbin"},
      {{"--config", "/nonexistent"}, 66, "/nonexistent"},
      {{"--config", folder.write("a.toml", "sockett = \"x\"\n")}, 65, "sockett"},
      {{"--config", folder.write("b.toml", "socket = [1]\n")}, 65, "socket must be"},
      {{"--config", folder.write("c.toml", "socket = \n")}, 65, "c.toml"},
      {{"--config", folder.write("d.toml", "engine = \"software\"\nno_dataplane = 1\n")}, 65, "true or false"},
      {{"--config",
        folder.write("e.toml", "engine = \"software\"\nno_dataplane = true\nsocket = \"/proc/x\"\nstate_dir = \"" +
                                   folder.file("s") + "\"\n")},
       71,
       "/proc/x"},
      {{"--engine", "software", "--no-dataplane", "--state-dir", "/proc/nothing"}, 71, "--state-dir"},
      {{"--no-dataplane", "--xclbin", "/nonexistent", "--state-dir", folder.file("s")}, 66, "/nonexistent"},
  };
  for (const auto& c : cases) {
    std::vector<std::string> words = c.words;
    words.insert(words.begin(), XESPD);
    const Finished done = run(words);
    EXPECT_EQ(done.code, c.code) << done.err;
    EXPECT_NE(done.err.find(c.says), std::string::npos) << done.err;
  }
}

TEST(Options, LaterFilesWinAndTheCommandLineOverAll) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("conf.d"));
  const std::string main =
      folder.write("xesp.toml", "engine = \"software\"\nno_dataplane = true\nsocket = \"/proc/a\"\n");
  folder.write("conf.d/20.toml", "socket = \"/proc/c\"\n");
  folder.write("conf.d/10.toml", "socket = \"/proc/b\"\n[log]\ncontrol = \"debug\"\n");
  folder.write("conf.d/30.text", "nonsense");
  const std::vector<std::string> words = {XESPD,         "--config",      main, "--config-dir", folder.file("conf.d"),
                                          "--state-dir", folder.file("s")};
  EXPECT_NE(run(words).err.find("/proc/c"), std::string::npos);
  std::vector<std::string> more = words;
  more.insert(more.end(), {"--socket", "/proc/d"});
  EXPECT_NE(run(more).err.find("/proc/d"), std::string::npos);
  more.emplace_back("--check-config");
  const Finished good = run(more);
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, "OK\n");

  folder.write("conf.d/20.toml", "\nsockett = \"x\"\nbatch = 0\n[log]\nmagic = \"debug\"\nleases = \"loud\"\n");
  const Finished bad = run(more);
  EXPECT_EQ(bad.code, 65);
  EXPECT_TRUE(bad.out.empty());
  for (const char* says :
       {"20.toml, line 2: sockett", "20.toml, line 3: batch", "20.toml, line 5: log", "20.toml, line 6: log"})
    EXPECT_NE(bad.err.find(says), std::string::npos) << says << " in:\n" << bad.err;
  EXPECT_EQ(std::count(bad.err.begin(), bad.err.end(), '\n'), 4) << bad.err;
}

TEST(Options, TheFileThatIsInstalledIsRightAndShowsTheDefaults) {
  const TemporaryFolder folder;
  std::ifstream in(XESP_TOML);
  std::string text;
  for (std::string line; std::getline(in, line);) {
    // Only settings and tables: what follows "# " up to a comment.
    const bool setting = line.starts_with("# ") && (line.find(" = ") != std::string::npos || line.starts_with("# ["));
    if (setting) text += line.substr(2) + "\n";
  }
  EXPECT_NE(text.find("[log]"), std::string::npos);
  const Finished done = run({XESPD, "--config", folder.write("x.toml", text), "--check-config"});
  EXPECT_NE(done.err.find("/usr/share/xesp/xesp.xclbin can't be read"), std::string::npos) << done.err << text;
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
}

TEST(Options, AnMtuThatIsLongerThanFramesIsSaidBeforeTheStart) {
  const std::vector<std::string> words = {XESPD,       "--engine",    "software",       "--inside",      "lo",
                                          "--outside", "not-there-0", "--check-config", "--inbound-sas", "1048576"};
  const Finished done = run(words);
  EXPECT_NE(done.code, 0);
  EXPECT_NE(done.err.find("lo: the MTU is 65536"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("ip link set lo mtu 3818"), std::string::npos) << done.err;
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
}

TEST(Options, RoomForInboundSasHasBounds) {
  for (const char* number : {"0", "1048577", "many"})
    EXPECT_EQ(run({XESPD, "--engine", "software", "--no-dataplane", "--inbound-sas", number, "--check-config"}).code,
              64)
        << number;
}

TEST(Options, HangupReadsThemAgain) {
  const TemporaryFolder folder;
  const std::string start = "engine = \"software\"\nno_dataplane = true\nsocket = \"" + folder.file("s") +
                            "\"\nstate_dir = \"" + folder.file("state") + "\"\n";
  const std::string config = folder.write("x.toml", start);
  Child daemon({XESPD, "--config", config});
  const auto ask = [&] {
    for (int i = 0; i < 1000; ++i) {
      try {
        control::Client(folder.file("s")).call("count");
        return;
      } catch (const Error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
  };
  const auto hang_up = [&] {
    daemon.signal(SIGHUP);
    ask();  // is answered after the signal: one thread does both
  };
  ask();
  folder.write("x.toml", start + "batch = 32\n[log]\ncontrol = \"debug\"\n");
  hang_up();
  folder.write("x.toml", start + "batch = none\n");
  hang_up();
  daemon.signal(SIGTERM);
  const Finished done = daemon.wait();
  EXPECT_EQ(done.code, 0);
  EXPECT_NE(done.err.find("batch has changed: it takes effect when"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("control debug: count of pid"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("nothing has changed: "), std::string::npos) << done.err;
}

}  // namespace
}  // namespace xesp::test
