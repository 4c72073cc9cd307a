#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `systemctl reload xespd` does, under a flow of pings: the configuration is checked, then SIGHUP. Held: levels of the log
# change, what needs a restart is named, a configuration with a mistake changes nothing, and no ping is lost.
#   tests/system/reload.sh BUILD ENGINE TIMES
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

need_root
times=$3
config=$(mktemp "/tmp/xesp-$me.XXXXXX.toml")
xespd_more=(--config "$config")
gateways_up "$1" "$2"
log=$work/xespd-a.log

# PATTERN NTH: until the log has it so often. A reload is done by the daemon's own thread.
await() {
  for _ in {1..100}; do
    if (($(grep -c -- "$1" "$log") == $2)); then return 0; fi
    sleep 0.02
  done
  fail "the log has '$1' $(grep -c -- "$1" "$log") times, not $2"
}
reload() {
  xespd --engine software --inside in0 --outside out0 --config "$config" --check-config >>"$work/cli.log" 2>&1 || return 1
  kill -HUP "${daemons[0]}"
}

tap_on
flow_on 0.01
for ((i = 1; i <= times; ++i)); do
  level=$( ((i % 2)) && echo debug || echo info)
  printf 'log_level = "%s"\n' "$level" >"$config"
  reload || fail "xespd --check-config refuses a good file"
  await "configuration read again, log level $level" $(((i + 1) / 2))
done

printf 'log_level = "info"\nbatch = 32\n' >"$config"
reload || fail "xespd --check-config refuses a good file"
await 'batch has changed: it takes effect when xespd is restarted' 1
printf 'log_level = "loud"\n' >"$config"
if reload; then fail "xespd --check-config takes a level that is none"; fi
kill -HUP "${daemons[0]}"  # and by who does not check
await 'configuration not read again, nothing has changed' 1
sleep 0.3
flow_off
tap_off

# The last request may still be on its way when ping is told to end.
((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost"
((sent > times)) || fail "only $sent pings in $times reloads: the flow proves nothing"
none_in_clear
say "passed: $((times + 2)) reloads, none of $sent pings lost"
rm -r "$work/"*.log "$capture" "$config"
