#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, configures and builds build/ (the `release` preset), showing how far it is.
#   scripts/build.sh              everything
#   scripts/build.sh TARGET...    only these
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
mkdir -p build
if ! cmake --preset release >build/configure.log 2>&1; then
  tail -n 40 build/configure.log >&2
  echo "build: cmake failed, see build/configure.log" >&2
  exit 1
fi
NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset release "${@/#/--target=}"
