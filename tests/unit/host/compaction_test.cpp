// SPDX-License-Identifier: Apache-2.0
// The lease journal takes a shorter file in its place: whatever fails, and wherever the power goes, no key's numbers go
// back. This program has system calls of its own in front of the C library's, which fail or end it on demand.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "leases/lease_journal.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"
#include "xesp/error.h"

namespace {

// Counts the calls of interest while it is on, and does to one of them what the test wants.
struct Harm {
  bool on = false;
  int calls = 0;
  int at = 0;                         // the call, from 1
  enum { kFail, kEnd } what = kFail;  // it fails with EIO; the process ends before it
  std::string name;                   // of the one that was harmed
} harm;

std::function<void()> before_flock;  // what another process does just then, once

bool strikes(const char* call) {
  if (!harm.on || ++harm.calls != harm.at) return false;
  if (harm.what == Harm::kEnd) _exit(42);
  harm.name = call;
  errno = EIO;
  return true;
}

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (strikes("open")) return -1;
  return real<int(const char*, int, ...)>("open")(path, flags, mode);
}
int flock(int fd, int operation) noexcept {
  if (const auto what = std::exchange(before_flock, nullptr)) what();
  return strikes("flock") ? -1 : real<int(int, int)>("flock")(fd, operation);
}
ssize_t pwrite(int fd, const void* from, size_t count, off_t at) {
  // A torn write: some of it is there when it fails.
  const auto write = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (strikes("pwrite")) {
    (void)!write(fd, from, count / 2 + 1, at);
    errno = EIO;
    return -1;
  }
  return write(fd, from, count, at);
}
int fsync(int fd) {
  return strikes("fsync") ? -1 : real<int(int)>("fsync")(fd);
}
int fdatasync(int fd) {
  return strikes("fdatasync") ? -1 : real<int(int)>("fdatasync")(fd);
}
int rename(const char* from, const char* to) noexcept {
  return strikes("rename") ? -1 : real<int(const char*, const char*)>("rename")(from, to);
}
int unlink(const char* path) noexcept {
  return strikes("unlink") ? -1 : real<int(const char*)>("unlink")(path);
}
}

namespace xesp::test {
namespace {

constexpr uint8_t kKeys = 5;
constexpr size_t kRecords = LeaseJournal::kCompactAbove / LeaseRecord::kBytes;

KeyFingerprint key_of(uint8_t n) {
  KeyFingerprint key{};
  key.fill(n);
  return key;
}

// As many records as may be there without being too many.
std::string long_journal(size_t records = kRecords) {
  std::string text;
  for (size_t i = 0; i < records; ++i) {
    const auto bytes = LeaseRecord{key_of(static_cast<uint8_t>(i % kKeys)), i * LeaseJournal::kBlock}.encode();
    text.append(bytes.begin(), bytes.end());
  }
  return text;
}

size_t size_of(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<size_t>(info.st_size) : 0;
}

void expect_all(LeaseJournal& journal, const std::string& when) {
  ASSERT_TRUE(journal.finding().empty()) << when << ": " << journal.finding();
  for (uint8_t n = 0; n < kKeys; ++n) {
    uint64_t last = 0;
    for (size_t i = n; i < kRecords; i += kKeys) last = i * LeaseJournal::kBlock;
    ASSERT_GE(journal.used_up_to(key_of(n)), last) << when << ", key " << int{n};
  }
}

class Compaction : public testing::Test {
 protected:
  void TearDown() override { harm.on = false; }
  TemporaryFolder folder;
  const std::string whole = long_journal();
};

TEST_F(Compaction, TakesPlaceAtTheRecordThatIsTooMuch) {
  const std::string path = folder.write("j", whole);
  LeaseJournal journal(path);
  EXPECT_EQ(size_of(path), whole.size()) << "not yet too long";
  journal.record(key_of(77), 5);
  EXPECT_EQ(size_of(path), (kKeys + 1) * LeaseRecord::kBytes);
  expect_all(journal, "after");
  journal.record(key_of(78), 6);  // and it is written on
  EXPECT_EQ(size_of(path), (kKeys + 2) * LeaseRecord::kBytes);
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_NE(access((path + ".new").c_str(), F_OK), 0);
  EXPECT_NE(refusal([&] { LeaseJournal second(path); }).find("is in use"), std::string::npos)
      << "the new file is locked";
}

TEST_F(Compaction, TakesPlaceAtTheStart) {
  const std::string path = folder.write("j", long_journal(kRecords + 9));
  {
    LeaseJournal journal(path);
    EXPECT_EQ(size_of(path), kKeys * LeaseRecord::kBytes);
    expect_all(journal, "at once");
  }
  LeaseJournal again(path);
  expect_all(again, "opened again");
  EXPECT_EQ(again.keys(), kKeys);
}

TEST_F(Compaction, LeavesAFileAloneThatManyKeysNeed) {
  std::string text;
  for (size_t i = 0; i < kRecords + 9; ++i) {
    LeaseRecord record;
    std::memcpy(record.key.data(), &i, sizeof i);
    record.limit = i;
    const auto bytes = record.encode();
    text.append(bytes.begin(), bytes.end());
  }
  const std::string path = folder.write("j", text);
  LeaseJournal journal(path);
  EXPECT_EQ(size_of(path), text.size());
  EXPECT_EQ(journal.keys(), kRecords + 9);
}

TEST_F(Compaction, ADamagedFileIsLeftAsItIs) {
  std::string bad = long_journal(kRecords + 9);
  bad[1000] = static_cast<char>(bad[1000] ^ 1);
  const std::string path = folder.write("j", bad);
  LeaseJournal journal(path);
  EXPECT_FALSE(journal.finding().empty());
  EXPECT_EQ(size_of(path), bad.size());
}

// Each system call fails in its turn: the old file goes on, or the new one, and nothing is lost.
TEST_F(Compaction, EachCallMayFail) {
  std::set<std::string> failed;
  for (int at = 1;; ++at) {
    const std::string path = folder.write("j", whole);
    std::remove((path + ".new").c_str());
    {
      LeaseJournal journal(path);
      harm = {.on = true, .at = at, .what = Harm::kFail, .name = ""};
      std::string why = refusal([&] { journal.record(key_of(77), 500); });
      harm.on = false;
      if (harm.name.empty()) break;  // it has fewer calls
      failed.insert(harm.name);
      const std::string when = "call " + std::to_string(at) + ", " + harm.name;
      if (why == "(taken)") {
        // It may be noted no more, and then says so; what it took is there.
        why = refusal([&] { journal.record(key_of(78), 600); });
        if (why == "(taken)") EXPECT_EQ(journal.used_up_to(key_of(78)), 600u) << when;
      }
    }
    LeaseJournal again(path);
    expect_all(again, harm.name);
    EXPECT_NE(access((path + ".new").c_str(), F_OK), 0) << harm.name;
    again.record(key_of(79), 1);
  }
  for (const char* call : {"open", "flock", "pwrite", "fsync", "fdatasync", "rename", "unlink"})
    EXPECT_TRUE(failed.contains(call)) << call << " was never called";
}

// What was confirmed is there, though a later step of the same call failed.
TEST_F(Compaction, WhatWasTakenIsThereAfterAFailedOne) {
  for (int at = 1; at < 20; ++at) {
    const std::string path = folder.write("j", whole);
    bool taken = false;
    {
      LeaseJournal journal(path);
      harm = {.on = true, .at = at, .what = Harm::kFail, .name = ""};
      taken = refusal([&] { journal.record(key_of(77), 500); }) == "(taken)";
      harm.on = false;
    }
    LeaseJournal again(path);
    if (taken) EXPECT_EQ(again.used_up_to(key_of(77)), 500u) << at << ' ' << harm.name;
  }
}

// The power goes before each system call.
TEST_F(Compaction, ThePowerMayGoBetweenAnyTwoCalls) {
  bool ended = false;
  for (int at = 1; !ended; ++at) {
    const std::string path = folder.write("j", whole);
    std::remove((path + ".new").c_str());
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        LeaseJournal journal(path);
        harm = {.on = true, .at = at, .what = Harm::kEnd, .name = ""};
        journal.record(key_of(77), 500);
      } catch (...) {
        _exit(3);
      }
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_NE(WEXITSTATUS(status), 3);
    ended = WEXITSTATUS(status) == 0;
    LeaseJournal again(path);
    expect_all(again, "before call " + std::to_string(at));
    if (ended) EXPECT_EQ(again.used_up_to(key_of(77)), 500u);
    EXPECT_NE(access((path + ".new").c_str(), F_OK), 0) << "nothing is left over";
    if (ended) EXPECT_GE(at, 7) << "more calls than that are made";
  }
}

// What the power left of a file that had not taken the place yet is not looked at, at whichever byte it ends.
TEST_F(Compaction, AHalfWrittenNewFileIsNothing) {
  std::string made;
  for (uint8_t n = 0; n < kKeys; ++n) {
    const auto bytes = LeaseRecord{key_of(n), 1}.encode();
    made.append(bytes.begin(), bytes.end());
  }
  const std::string small = long_journal(3 * kKeys);
  for (size_t cut = 0; cut <= made.size(); ++cut) {
    const std::string path = folder.write("j", small);
    folder.write("j.new", made.substr(0, cut));
    LeaseJournal journal(path);
    ASSERT_TRUE(journal.finding().empty()) << cut;
    for (uint8_t n = 0; n < kKeys; ++n)
      ASSERT_EQ(journal.used_up_to(key_of(n)), (2 * kKeys + n) * LeaseJournal::kBlock);
    ASSERT_NE(access((path + ".new").c_str(), F_OK), 0) << cut;
  }
}

// A second xespd has the old file open already when the first replaces it and ends: it gets the new one.
TEST_F(Compaction, AFileThatLostItsNameIsNotTaken) {
  const std::string path = folder.write("j", whole);
  auto first = std::make_unique<LeaseJournal>(path);
  bool done = false;
  before_flock = [&] {
    first->record(key_of(77), 500);
    first.reset();
    done = true;
  };
  LeaseJournal second(path);
  EXPECT_TRUE(done);
  EXPECT_LT(size_of(path), whole.size());
  EXPECT_EQ(second.used_up_to(key_of(77)), 500u);
  second.record(key_of(78), 600);
  EXPECT_EQ(size_of(path), (kKeys + 2) * LeaseRecord::kBytes) << "and writes on in that one";
}

}  // namespace
}  // namespace xesp::test
