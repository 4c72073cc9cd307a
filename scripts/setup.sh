#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs every Debian 12 package that xesp builds and tests with; does nothing when all are there.
#   scripts/setup.sh           build and test
#   scripts/setup.sh --list    print the package names, one a line
set -euo pipefail

packages=(
  # compilers and build
  clang-19 llvm-19 llvm-19-dev libclang-rt-19-dev libstdc++-12-dev lld-19 binutils cmake ninja-build make pkg-config git
  dpkg-dev debootstrap
  # layout, checks
  clang-format-14 clang-tidy-19
  # simulation
  verilator yosys libprotobuf-dev protobuf-compiler zip unzip zlib1g-dev
  # the card's driver
  libxrt1 libxrt-dev uuid-dev ocl-icd-opencl-dev
  # host
  libssl-dev libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev
  libmnl-dev libpcap-dev libcap-dev prometheus-cpp-dev libipsec-mb-dev
  # steering
  libbpf-dev libxdp-dev libelf-dev bpftool linux-libc-dev
  # tests
  libgtest-dev libgmock-dev procps iproute2 iputils-ping ethtool tcpdump netcat-openbsd
  # IKE: charon, its command, what makes certificates, and a NAT to be behind of
  strongswan-charon strongswan-swanctl strongswan-pki libstrongswan-standard-plugins nftables util-linux
  # a peer with an ESP of its own: charon's kernel-libipsec
  libcharon-extra-plugins
  # another: DPDK's ipsec-secgw, whose source tests/system/secgw_build.sh brings
  libdpdk-dev
  python3 python3-scapy python3-cryptography python3-cryptography-vectors tshark
  # a Linux kernel with ESP as peer; its image comes by apt-get when the test first runs (tests/system/guest.sh)
  qemu-system-x86 busybox cpio kmod
  # plots of figures
  gnuplot-nox
)

if [[ "${1:-}" == "--list" ]]; then printf '%s\n' "${packages[@]}"; exit 0; fi
if [[ -n "${1:-}" ]]; then echo "usage: scripts/setup.sh [--list]" >&2; exit 64; fi

missing=()
for p in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing+=("$p")
done
if ((${#missing[@]} == 0)); then echo "setup: all ${#packages[@]} packages are installed"; exit 0; fi
if ((EUID != 0)); then
  echo "setup: ${#missing[@]} packages are missing and only root can install them; run: sudo scripts/setup.sh" >&2
  exit 77
fi
echo "setup: installing ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/xesp-apt.$$.log 2>&1 || {
  tail -n 30 /tmp/xesp-apt.$$.log >&2; echo "setup: apt-get failed, see /tmp/xesp-apt.$$.log" >&2; exit 1; }
rm -f /tmp/xesp-apt.$$.log
echo "setup: done"
