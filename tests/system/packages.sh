#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The packages in a bare Debian 12: they install with nothing but what they ask for, the programs start, the daemon takes an
# SA and answers, a program builds against libxesp-dev and works, and all of it can be removed again.
#   packages.sh BUILD      77: no root, or no Debian to be had
set -euo pipefail
build=$(cd "${1:?usage: packages.sh BUILD}" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() { echo "packages: skipped: $*" >&2; exit 77; }
fail() { echo "packages: $*" >&2; exit 1; }

((EUID == 0)) || skip "only root can make a root folder to install into"
command -v debootstrap >/dev/null || skip "no debootstrap"
# The archive that this machine's own packages come from.
archive=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "bookworm" || $1 == "stable" {print $2; exit}')
[[ -n $archive ]] || skip "apt has no Debian 12 archive"

work=$(mktemp -d)
root=$work/root
in_root() { unshare --mount --propagation private bash -c '
    mount -t proc proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"' - "$root" "$@"; }
trap 'rm -rf --one-file-system "$work"' EXIT

cmake --build "$build" --target packages >"$work/packages.log" 2>&1 || { tail -n 30 "$work/packages.log" >&2; fail "not built"; }
debs=("$build"/packages/{libxesp,libxesp-dev,xesp-tools,xespd}_*.deb)
plugin=("$build"/packages/xesp-strongswan_*.deb)  # where charon's headers could be had
[[ -f ${plugin[0]} ]] && debs+=("${plugin[0]}")
echo "packages: ${#debs[@]} of them, a bare Debian 12 in $root"
debootstrap --variant=minbase bookworm "$root" "$archive" >"$work/debootstrap.log" 2>&1 || {
  tail -n 5 "$work/debootstrap.log" >&2; skip "debootstrap failed"; }
cp -r /etc/apt/sources.list* "$root/etc/apt/"
[[ -d /etc/apt/apt.conf.d ]] && cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
[[ -d /usr/share/keyrings ]] && cp -rn /usr/share/keyrings/. "$root/usr/share/keyrings/"
cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
mkdir "$root/debs"; cp "${debs[@]}" "$root/debs/"
in_root sh -ec 'export DEBIAN_FRONTEND=noninteractive; apt-get update -qq; apt-get install -y -qq --no-install-recommends /debs/*.deb' \
  >"$work/install.log" 2>&1 || { tail -n 20 "$work/install.log" >&2; fail "they do not install"; }

in_root sh -ec '
  xesp --version; xespd --version
  xespd --check-config --engine software --no-dataplane
  test -f /usr/share/man/man8/xespd.8 -a -f /lib/systemd/system/xespd.service -a -x /usr/libexec/xesp/xesp-card-worker
  xespd --engine software --no-dataplane & daemon=$!
  for i in $(seq 100); do test -S /run/xesp/xespd.sock && break; sleep 0.1; done
  printf "0x%s\n" "$(head -c 36 /dev/urandom | od -An -tx1 | tr -d " \n")" >/key; chmod 600 /key
  xesp state add src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 mode tunnel dir out aead "rfc4106(gcm(aes))" @/key 128
  xesp state list | grep -q 0x00001001
  xesp -j stats >/dev/null
  kill $daemon; wait $daemon
  # A user of the group that the package made reads and changes nothing; others do not even that.
  grep -q "^g xesp" /usr/lib/sysusers.d/xesp.conf
  rm -rf /run/xesp
  xespd --engine software --no-dataplane --read-group xesp & daemon=$!
  for i in $(seq 100); do test -S /run/xesp/xespd.sock && break; sleep 0.1; done
  sleep 0.2
  test "$(stat -c "%U:%G %a" /run/xesp/xespd.sock)" = "root:xesp 660"
  setpriv --reuid 65534 --regid 65534 --groups "$(getent group xesp | cut -d: -f3)" xesp -j stats >/dev/null
  if setpriv --reuid 65534 --regid 65534 --groups "$(getent group xesp | cut -d: -f3)" xesp state flush; then exit 1; fi
  if setpriv --reuid 65534 --regid 65534 --clear-groups xesp -j stats; then exit 1; fi
  kill $daemon; wait $daemon
  ' >"$work/run.log" 2>&1 || { cat "$work/run.log" >&2; fail "they do not work"; }
if [[ -f ${plugin[0]} ]]; then
  in_root sh -ec 'ldd /usr/lib/ipsec/plugins/libstrongswan-kernel-xesp.so | grep -v libstrongswan.so | grep -v libcharon.so >/ldd; ! grep "not found" /ldd' ||
    fail "charon's plugin lacks a library"
fi

# A program of somebody else, by pkg-config and by CMake, with the headers of the package and its library.
stage=$work/stage
for deb in "${debs[@]}"; do dpkg-deb -x "$deb" "$stage"; done
libdir=$(dirname "$(find "$stage" -name libxesp.so)")
export PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$stage LD_LIBRARY_PATH=$libdir
# shellcheck disable=SC2046
clang++-19 -std=c++20 $(pkg-config --cflags xesp) "$here/packages_user.cpp" $(pkg-config --libs xesp) -o "$work/user"
"$work/user" || fail "a program by pkg-config does not work"
mkdir "$work/cmake"
cat >"$work/cmake/CMakeLists.txt" <<TEXT
cmake_minimum_required(VERSION 3.25)
project(user CXX)
find_package(xesp 0.1 REQUIRED)
add_executable(user $here/packages_user.cpp)
target_link_libraries(user PRIVATE xesp::xesp)
TEXT
cmake -S "$work/cmake" -B "$work/cmake/build" -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_PREFIX_PATH="$stage/usr" >"$work/cmake.log" 2>&1 &&
  cmake --build "$work/cmake/build" >>"$work/cmake.log" 2>&1 || { tail -n 20 "$work/cmake.log" >&2; fail "a program by CMake does not build"; }
"$work/cmake/build/user" || fail "a program by CMake does not work"

in_root sh -ec 'echo "# mine" >>/etc/xesp/xesp.toml; apt-get remove -y -qq xespd xesp-tools libxesp-dev libxesp; test -f /etc/xesp/xesp.toml; test ! -e /usr/sbin/xespd' \
  >"$work/remove.log" 2>&1 || { tail -n 20 "$work/remove.log" >&2; fail "they can't be removed, or take the configuration along"; }
echo "packages: installed, started, built against and removed"
