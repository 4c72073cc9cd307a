// SPDX-License-Identifier: Apache-2.0
#include "gateway_process.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "gateway_child.h"

namespace xesp::test {

GatewayProcess::GatewayProcess(const Lab& lab, const GatewaySetup& setup) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket pair");
  child_ = fork();
  if (child_ == 0) {
    close(ends[0]);
    run_gateway(lab, setup, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  socket_ = ends[0];
  if (const std::string line = read_line(); line != "ready") throw std::runtime_error("gateway: " + line);
}

GatewayProcess::~GatewayProcess() {
  shutdown(socket_, SHUT_RDWR);  // not close() alone: a gateway forked later holds a copy
  close(socket_);
  if (child_ > 0) waitpid(child_, nullptr, 0);
}

void GatewayProcess::kill_at_once() {
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  child_ = -1;
}

std::string GatewayProcess::ask(char command) {
  if (write(socket_, &command, 1) != 1) throw std::runtime_error("the gateway is gone");
  return read_line();
}

std::string GatewayProcess::read_line() {
  std::string line;
  for (char c; read(socket_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace xesp::test
