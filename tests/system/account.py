#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what the decoder saw on the wire against the gateways' own counters, and prints a short account.

usage: account.py --wire WIRE.json --stats A.json B.json --engine xrt|software --pings N --payload BYTES

WIRE.json is decode_esp.py's output, A.json and B.json are `xesp -j stats` of the gateways. Exit status 1 if a check fails.
"""
import argparse
import json
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def checks(wire, gateways, args):
    """(what was to be, whether it was) one after the other."""
    yield "nothing in clear on the wire", wire["clear"] == 0
    yield "the decoder opens every ESP packet", wire["refused"] == 0 and wire["opened"] == wire["esp"] > 0
    yield f"{args.pings} echo requests in the ESP", wire["echo_request"] == args.pings
    yield f"{args.pings} echo replies in the ESP", wire["echo_reply"] == args.pings
    yield "both transfers in the ESP", wire["tcp_bytes"] >= 2 * args.payload
    protected = sum(g["dataplane"]["out"]["sent"] for g in gateways)
    yield "the wire has the packets that the gateways sent, each once", wire["esp"] == protected
    for name, gateway in zip("AB", gateways):
        for direction in ("out", "in"):
            reasons = gateway[direction]["by_reason"]
            yield f"gateway {name}: no {direction}bound packet dropped", sum(reasons.values()) == reasons["ok"] > 0
        if args.engine == "xrt":
            yield f"gateway {name}: the card counted clocks", gateway["out"]["card_cycles"] > 0


def row(name, counters):
    cycles = counters["card_cycles"]
    clocks = f"{cycles:>12,} {cycles / counters['packets']:>14,.0f}" if cycles else f"{'-':>12} {'-':>14}"
    return f"  {name:<20} {counters['packets']:>8,} {counters['bytes']:>12,} {counters['batches']:>8,} {clocks}"


def account(wire, gateways):
    print(f"  engine: {gateways[0]['engine']}")
    print(f"  {'':<20} {'packets':>8} {'clear bytes':>12} {'batches':>8} {'card clocks':>12} {'clocks/packet':>14}")
    for name, gateway in zip("AB", gateways):
        print(row(f"gateway {name} protected", gateway["out"]))
        print(row(f"gateway {name} recovered", gateway["in"]))
    print(
        f"  on the wire: {wire['esp']} ESP, {wire['arp']} ARP, {wire['clear']} in clear; opened by scapy: "
        f"{wire['opened']} ({wire['echo_request']} echo requests, {wire['echo_reply']} replies, {wire['tcp']} TCP)"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wire", required=True)
    parser.add_argument("--stats", required=True, nargs=2)
    parser.add_argument("--engine", required=True, choices=["xrt", "software"])
    parser.add_argument("--pings", required=True, type=int)
    parser.add_argument("--payload", required=True, type=int)
    args = parser.parse_args()
    wire = load(args.wire)
    gateways = [load(path) for path in args.stats]
    account(wire, gateways)
    failed = [what for what, held in checks(wire, gateways, args) if not held]
    for what in failed:
        print(f"  CHECK FAILED: {what}", file=sys.stderr)
    if wire["clear_frames"]:
        print("  in clear: " + "; ".join(wire["clear_frames"]), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
