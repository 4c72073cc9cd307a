#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Started by XRT in the unpacked simulator's folder, with stdout closed to us: what the RTL prints goes to stderr. Not
# exec: XRT waits for ever for a simulator that died, so its process is told to end.
./xesp-hwemu >&2 && exit 0
status=$?
echo "simulate.sh: xesp-hwemu ended with status $status; ending the host, process $PPID" >&2
kill -TERM "$PPID"
exit "$status"
