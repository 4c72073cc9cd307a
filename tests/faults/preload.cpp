// SPDX-License-Identifier: Apache-2.0
// To be preloaded (LD_PRELOAD) into a program under test: makes a call of the system fail as a plan says.
//
// XESP_FAULTS names a file whose one line is the plan, "FUNCTION FIRST ERRNO [TIMES]": of the calls of FUNCTION since
// the file was put there, number FIRST and the TIMES - 1 after it fail with ERRNO (a number). `bpf` is the system call
// that has no function. The file is put in place by a rename, so that it is never read by half; without it nothing
// fails. Each failure adds a line to the file of the same name with ".fired" behind.
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace {

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

long system_call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  static auto* const call = real<long(long, ...)>("syscall");
  return call(number, a, b, c, d);
}

template <typename T>
long arg(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

struct Plan {
  char function[32] = "";
  int first = 0, error = 0, times = 0;
  int calls = 0;
  struct stat file {};
};

Plan plan;
std::mutex plan_mutex;

// By system calls of its own, as the functions are those that fail.
void read_plan(const char* path) {
  struct stat now {};
  if (system_call(SYS_newfstatat, AT_FDCWD, arg(path), arg(&now), 0) != 0) {
    plan = {};
    return;
  }
  if (now.st_ino == plan.file.st_ino && now.st_mtim.tv_sec == plan.file.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == plan.file.st_mtim.tv_nsec)
    return;
  plan = {};
  plan.file = now;
  char text[128] = "";
  const long fd = system_call(SYS_openat, AT_FDCWD, arg(path), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  system_call(SYS_read, fd, arg(text), sizeof(text) - 1);
  system_call(SYS_close, fd);
  plan.times = 1;
  if (std::sscanf(text, "%31s %d %d %d", plan.function, &plan.first, &plan.error, &plan.times) < 3)
    plan.function[0] = 0;
}

void tell(const char* path) {
  char name[256], text[64];
  std::snprintf(name, sizeof(name), "%s.fired", path);
  const int length = std::snprintf(text, sizeof(text), "%s %d %d\n", plan.function, plan.calls, plan.error);
  const long fd = system_call(SYS_openat, AT_FDCWD, arg(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  system_call(SYS_write, fd, arg(text), length);
  system_call(SYS_close, fd);
}

bool fails(const char* function) {
  static const char* const path = std::getenv("XESP_FAULTS");
  if (path == nullptr) return false;
  const int before = errno;
  const std::lock_guard lock(plan_mutex);
  read_plan(path);
  errno = before;
  if (std::strcmp(function, plan.function) != 0) return false;
  ++plan.calls;
  if (plan.calls < plan.first || plan.calls >= plan.first + plan.times) return false;
  tell(path);
  errno = plan.error;
  return true;
}

}  // namespace

// result, name, its parameters, their names
#define XESP_FAULTY(failed, result, name, parameters, names)                 \
  extern "C" __attribute__((visibility("default"))) result name parameters { \
    static auto* const call = real<result parameters>(#name);                \
    return fails(#name) ? (failed) : call names;                             \
  }

XESP_FAULTY(-1, ssize_t, read, (int fd, void* to, size_t n), (fd, to, n))
XESP_FAULTY(-1, ssize_t, write, (int fd, const void* from, size_t n), (fd, from, n))
XESP_FAULTY(-1, ssize_t, pread, (int fd, void* to, size_t n, off_t at), (fd, to, n, at))
XESP_FAULTY(-1, ssize_t, pwrite, (int fd, const void* from, size_t n, off_t at), (fd, from, n, at))
XESP_FAULTY(-1, ssize_t, recv, (int fd, void* to, size_t n, int how), (fd, to, n, how))
XESP_FAULTY(-1, ssize_t, recvmsg, (int fd, msghdr* m, int how), (fd, m, how))
XESP_FAULTY(-1, ssize_t, send, (int fd, const void* from, size_t n, int how), (fd, from, n, how))
XESP_FAULTY(-1, ssize_t, sendmsg, (int fd, const msghdr* m, int how), (fd, m, how))
XESP_FAULTY(-1, ssize_t, sendto, (int fd, const void* from, size_t n, int how, const sockaddr* to, socklen_t length),
            (fd, from, n, how, to, length))
XESP_FAULTY(-1, int, poll, (pollfd * fds, nfds_t count, int patience), (fds, count, patience))
XESP_FAULTY(-1, int, fsync, (int fd), (fd))
XESP_FAULTY(-1, int, fdatasync, (int fd), (fd))
XESP_FAULTY(-1, int, ftruncate, (int fd, off_t length), (fd, length))
XESP_FAULTY(-1, int, flock, (int fd, int how), (fd, how))
XESP_FAULTY(-1, int, socket, (int domain, int type, int protocol), (domain, type, protocol))
XESP_FAULTY(-1, int, bind, (int fd, const sockaddr* to, socklen_t length), (fd, to, length))
XESP_FAULTY(-1, int, listen, (int fd, int most), (fd, most))
XESP_FAULTY(-1, int, accept4, (int fd, sockaddr* from, socklen_t* length, int how), (fd, from, length, how))
XESP_FAULTY(-1, int, getsockopt, (int fd, int level, int name, void* value, socklen_t* length),
            (fd, level, name, value, length))
XESP_FAULTY(-1, int, setsockopt, (int fd, int level, int name, const void* value, socklen_t length),
            (fd, level, name, value, length))
XESP_FAULTY(-1, int, eventfd, (unsigned value, int how), (value, how))
XESP_FAULTY(MAP_FAILED, void*, mmap, (void* at, size_t n, int what, int how, int fd, off_t from),
            (at, n, what, how, fd, from))

// Those with parameters that may be missing.
#define XESP_LAST(type, after)          \
  va_list list;                         \
  va_start(list, after);                \
  const auto last = va_arg(list, type); \
  va_end(list)

extern "C" __attribute__((visibility("default"))) int open(const char* path, int how, ...) {
  static auto* const call = real<int(const char*, int, ...)>("open");
  XESP_LAST(unsigned, how);
  return fails("open") ? -1 : call(path, how, last);
}

extern "C" __attribute__((visibility("default"))) int ioctl(int fd, unsigned long what, ...) {
  static auto* const call = real<int(int, unsigned long, ...)>("ioctl");
  XESP_LAST(void*, what);
  return fails("ioctl") ? -1 : call(fd, what, last);
}

extern "C" __attribute__((visibility("default"))) int fcntl(int fd, int what, ...) {
  static auto* const call = real<int(int, int, ...)>("fcntl");
  XESP_LAST(void*, what);
  return fails("fcntl") ? -1 : call(fd, what, last);
}

extern "C" __attribute__((visibility("default"))) long syscall(long number, ...) {
  static auto* const call = real<long(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& value : a) value = va_arg(list, long);
  va_end(list);
  if (number == SYS_bpf && fails("bpf")) return -1;
  return call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
