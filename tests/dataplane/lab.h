// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_LAB_H
#define XESP_TESTS_DATAPLANE_LAB_H

#include <string>

namespace xesp::test {

/// The namespaces of scripts/lab.sh: hostA - gwA - wire - gwB - hostB. The gateways' kernels route in clear when
/// nothing steers, so a leak would show on the wire. All goes with the object.
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
  /// Adds what scripts/lab.sh calls by this name, like "ipv6". @throws std::runtime_error
  void add(const std::string& what) const;
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
