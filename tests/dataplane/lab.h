// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_LAB_H
#define XESP_TESTS_DATAPLANE_LAB_H

#include <string>

namespace xesp::test {

/// hostA - gwA - wire - gwB - hostB, each a network namespace; the wire is a bridge, so that a tap on it sees what the
/// gateways send. The gateways route in clear when nothing steers: a leak would show. All goes with the object.
///
///   hostA 10.81.1.2 | 10.81.1.1 gwA 192.0.2.1 | wire | 192.0.2.2 gwB 10.81.2.1 | 10.81.2.2 hostB
class Lab {
 public:
  /// Why a lab can't be had here, or empty.
  static std::string missing();

  Lab();
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  /// The namespace of "hostA", "gwA", "wire", "gwB" or "hostB".
  std::string name_of(const std::string& node) const { return node + suffix_; }
  /// A folder on a bpffs of this lab's own.
  std::string bpffs() const { return folder_ + "/bpf"; }
  /// Runs a command in a node. True if it exits with 0.
  bool run(const std::string& node, const std::string& command) const;

 private:
  void tear_down() const;

  std::string suffix_;
  std::string folder_;
};

/// Moves the calling thread into a namespace made by `ip netns`. @throws std::runtime_error
void enter_namespace(const std::string& name);

}  // namespace xesp::test
#endif
