#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# DPDK's example ipsec-secgw, for the DPDK that is installed: its source is in Debian's documentation of DPDK, which apt brings,
# verified as apt does; nothing but that folder of it is unpacked. Seconds, and none when it is there.
#   secgw_build.sh FOLDER      makes FOLDER/ipsec-secgw; says the reason in one line and ends with 1 if it can't
set -euo pipefail

[[ $# == 1 ]] || { echo "usage: secgw_build.sh FOLDER" >&2; exit 64; }
mkdir -p "$1"
cd "$1"
fail() { echo "$1" >&2; exit 1; }

# shellcheck disable=SC2016  # for dpkg-query
version=$(dpkg-query -W -f='${Version}' libdpdk-dev 2>/dev/null) || fail "libdpdk-dev is not installed: scripts/setup.sh does it"
if [[ -x ipsec-secgw && $(<made-for) == "$version" ]]; then exit 0; fi

rm -rf parts ipsec-secgw
mkdir parts
(cd parts && timeout 120 apt-get -o APT::Sandbox::User= -o Acquire::Retries=1 -qq download "dpdk-doc=$version") >apt.log 2>&1 ||
  fail "apt has no dpdk-doc $version: $(tail -n 1 apt.log)"
dpkg-deb --fsys-tarfile parts/dpdk-doc_*.deb | tar -x -C parts --strip-components=5 \
  ./usr/share/dpdk/examples/ipsec-secgw ./usr/share/dpdk/examples/common || fail "dpdk-doc has no ipsec-secgw"
compiler=$(command -v clang-19 || command -v cc) || fail "no C compiler here"
make -C parts/ipsec-secgw shared CC="$compiler" >make.log 2>&1 || fail "make: $(grep -m 1 -i error make.log || tail -n 1 make.log)"
mv parts/ipsec-secgw/build/ipsec-secgw-shared ipsec-secgw
rm -rf parts
echo "$version" >made-for
