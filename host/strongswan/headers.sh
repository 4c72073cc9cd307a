#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# charon's own headers, which no package has, for a plugin of the charon that is installed: strongSwan's upstream archive by
# apt, verified as apt does, and one run of its configure for config.h. The system's package lists stay as they are: sources
# are asked of the archives in them, with lists in the folder given.
#   headers.sh FOLDER      into FOLDER/strongswan; says the reason in one line and ends with 1 if it can't
set -euo pipefail

[[ $# == 1 ]] || { echo "usage: headers.sh FOLDER" >&2; exit 64; }
mkdir -p "$1"
cd "$1"
fail() { echo "$1" >&2; exit 1; }

for tool in apt-get dpkg-query tar make cc; do
  command -v "$tool" >/dev/null || fail "$tool is not here"
done
# shellcheck disable=SC2016  # for dpkg-query
version=$(dpkg-query -W -f='${source:Version}' strongswan-charon 2>/dev/null) ||
  fail "strongswan-charon is not installed: scripts/setup.sh does it"
upstream=${version%-*}
if [[ -f strongswan/config.h && $(<made-for) == "$upstream" ]]; then exit 0; fi

# The same archives as sources, in either of apt's two formats.
rm -rf strongswan parts lists
mkdir -p parts lists/partial
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [[ -r $file ]]; then sed -nE 's/^deb[[:space:]]/deb-src /p' "$file" >"parts/$(basename "$file" .list).list"; fi
done
for file in /etc/apt/sources.list.d/*.sources; do
  if [[ -r $file ]]; then sed -E 's/^Types:.*/Types: deb-src/' "$file" >parts/"$(basename "$file")"; fi
done
apt=(-o Dir::Etc::SourceList=/nowhere -o "Dir::Etc::SourceParts=$PWD/parts" -o "Dir::State::Lists=$PWD/lists"
     -o APT::Sandbox::User= -o Acquire::http::Timeout=20 -o Acquire::Retries=1)
timeout 120 apt-get "${apt[@]}" -qq update >apt.log 2>&1 || fail "apt has no list of sources: $(tail -n 1 apt.log)"
timeout 120 apt-get "${apt[@]}" -qq source --tar-only --download-only "strongswan=$version" >apt.log 2>&1 ||
  timeout 120 apt-get "${apt[@]}" -qq source --tar-only --download-only strongswan >apt.log 2>&1 ||
  fail "apt has no source of strongswan: $(tail -n 1 apt.log)"
archive=$(compgen -G "strongswan_$upstream.orig.tar.*" | grep -v '\.asc$' | head -n 1) ||
  fail "apt has a source of strongswan, but not of version $upstream, which is installed"

mkdir unpacked
tar -xf "$archive" -C unpacked --strip-components=1 || fail "$archive can't be unpacked"
mv unpacked strongswan
rm -rf lists "$archive"
(cd strongswan && timeout 600 ./configure --disable-defaults --enable-charon --enable-ikev1 --enable-ikev2) \
  >configure.log 2>&1 || { rm -rf strongswan; fail "configure: $(tail -n 1 configure.log)"; }
echo "$upstream" >made-for
