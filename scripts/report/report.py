#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/benchmarks.md and its plots from what scripts/bench.sh measured.

A part whose file is not there is left out and said to be. Exit status: 0 done, 64 wrong usage, 66 nothing measured,
69 no gnuplot.
"""

import argparse
import json
import pathlib
import shutil
import sys

from plot import Series, write_svg

# Published, as read in 2026-11: Xilinx/Vitis_Libraries, security/docs/src/guide_L1/internals/gcm.rst.
VITIS_ENCRYPT_LUT, VITIS_DECRYPT_LUT = 23389, 25891
# 64 B frames in ESP tunnels at 100 Gb/s, packets a second: 118 B and 20 B of the wire each (frame, preamble, gap).
MARK_PACKETS, MARK_CLOCK = 90.6e6, 300e6


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(c) for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def clocks_by_size(cycles, plots):
    rows = cycles["rows"]
    series = []
    for mode in ("tunnel", "transport"):
        series.append(Series(f"{mode}, out and in", [(r["payload_bytes"], r["out_clocks_per_packet"]) for r in rows if r["mode"] == mode and r["payload_bytes"] < 2000]))
    series.append(Series("64 B a clock (tunnel)", [(r["payload_bytes"], r["esp_bytes"] / 64) for r in rows if r["mode"] == "tunnel" and r["payload_bytes"] < 2000], "lines dt 2 lc 'gray40'"))
    write_svg(plots / "clocks.svg", "Clocks a packet at the RTL", "payload behind the IP header, bytes", "clocks a packet", series)
    mark = MARK_CLOCK / MARK_PACKETS
    return (
        "## Clocks a packet\n\n"
        "`scripts/bench.sh cycles`: the Verilated card, memory that answers at once, the slope between two batch lengths. "
        "The limit is a clock for each 64 B beat of the ESP packet; a rest of up to 16 bytes stands in descriptor or completion and is none.\n\n![clocks](plots/clocks.svg)\n\n"
        + table(("mode", "payload B", "ESP B", "beats", "out", "in"),
                [(r["mode"], r["payload_bytes"], r["esp_bytes"], r["esp_beats"], f'{r["out_clocks_per_packet"]:.2f}', f'{r["in_clocks_per_packet"]:.2f}') for r in rows])
        + f"\nFor comparison: 100GbE full of 64 B frames in tunnels is {MARK_PACKETS / 1e6} million packets a second, which an engine at an "
        f"assumed {MARK_CLOCK / 1e6:.0f} MHz does with {mark:.1f} clocks a packet. What clock this design reaches on a card is not known: nothing was placed and "
        "routed.\n")


def over_sas(cycles, plots):
    mixes = cycles["mixes"]
    names = list(dict.fromkeys(m["mix"] for m in mixes))
    series = [Series(n, [(m["sas"], m["in_of_64_bytes_a_clock"]) for m in mixes if m["mix"] == n]) for n in names]
    write_svg(plots / "sas.svg", "Throughput against the number of SAs, another one each packet", "SAs", "part of 64 B a clock (inbound)", series, log_x=True)
    return (
        "## Traffic over one SA and over all\n\n"
        "Inner packets of one size, or IMIX 7:4:1, in tunnels; with several SAs another one each packet. `of perfect`: of what the packets' beats need. "
        "`of 64 B a clock`: ESP bytes over clocks and 64.\n\n![SAs](plots/sas.svg)\n\n"
        + table(("inner", "packets", "SAs", "out clocks", "in clocks", "out of perfect", "in of perfect", "of 64 B a clock"),
                [(m["mix"], m["packets"], m["sas"], f'{m["out_clocks_per_packet"]:.3f}', f'{m["in_clocks_per_packet"]:.3f}', f'{m["out_of_perfect"]:.1%}', f'{m["in_of_perfect"]:.1%}', f'{m["in_of_64_bytes_a_clock"]:.1%}') for m in mixes]))


def latency(cycles):
    one, install = cycles["one_packet"], cycles["install_clocks"]
    return (
        "## Latency and installs\n\n"
        f'One 64 B packet alone, ap_start to ap_done: {one["out_clocks"]} clocks out, {one["in_clocks"]} in (by kernel: [architecture](architecture.md#latency)). '
        f'An SA of a batch: {install["out"]:.2f} clocks out, {install["in"]:.2f} in, and as many again for the zeros over its keys in card memory.\n\n'
        f'The simulation ran {cycles["simulation_clocks_per_second"] / 1000:.0f} thousand clocks a second on this machine.\n')


def scaling(engines, plots):
    rows = [r for r in engines["rows"] if r["sas"] == 1]
    names = list(dict.fromkeys(r["mix"] for r in rows))
    series = [Series(n, [(r["engines"], r["in_ratio"]) for r in rows if r["mix"] == n]) for n in names]
    series.append(Series("N", [(n, n) for n in (1, 2, 4)], "lines dt 2 lc 'gray40'"))
    write_svg(plots / "engines.svg", "Throughput of N engines against one, one SA", "engines", "ratio (inbound)", series)
    return (
        "## Engines\n\nThe same traffic through cards with 1, 2 and 4 engines, in one run. One and two engines share what takes a packet a clock, four what takes two.\n\n"
        "![engines](plots/engines.svg)\n\n"
        + table(("inner", "SAs", "engines", "out clocks", "in clocks", "out ratio", "in ratio"),
                [(r["mix"], r["sas"], r["engines"], f'{r["out_clocks_per_packet"]:.3f}', f'{r["in_clocks_per_packet"]:.3f}', f'{r["out_ratio"]:.2f}', f'{r["in_ratio"]:.2f}') for r in engines["rows"]]))


def area(rows):
    by_name = {r["kernel"]: r for r in rows}
    text = (
        "## Area\n\n`scripts/bench.sh area`: yosys, synth_xilinx for xcup, nothing placed. The vendor's synthesis will differ.\n\n"
        + table(("kernel", "LUT", "FF", "RAMB18", "levels"), [(r["kernel"], f'{r["lut"]:,}', f'{r["ff"]:,}', r["bram18"], f'{r["levels"]:.1f}') for r in rows]))
    if "gcm_ctr" in by_name and "gcm_ghash" in by_name:
        lane = (by_name["gcm_ctr"]["lut"] + by_name["gcm_ghash"]["lut"]) // 4
        text += (
            f"\nAES-GCM with all key lengths takes {lane:,} LUT for each 128-bit lane of the four (and block RAM for S-boxes). The Vitis Security Library's GCM "
            f"with AES-256 is published at {VITIS_ENCRYPT_LUT:,} LUT for its one lane to encrypt and {VITIS_DECRYPT_LUT:,} to decrypt, by the vendor's synthesis.\n")
    return text


def software(host, plots):
    rows = host["software"]
    libraries = list(dict.fromkeys(r["library"] for r in rows))
    series = [Series(f"{library}, {way}", [(r["inner_bytes"], r[f"{way}_ratio"]) for r in rows if r["key_bits"] == 256 and r["library"] == library]) for library in libraries for way in ("out", "in")]
    write_svg(plots / "software.svg", "The software engine against its library alone, 256-bit keys", "inner packet, bytes", "ratio", series, log_x=True)
    text = (
        "## Software engine\n\n`scripts/bench.sh host`: whole packets through the engine beside AES-GCM by the same library alone on the same number of bytes and over as many buffers (64, xespd's batch), in turn in one run; medians.\n\n"
        "![software](plots/software.svg)\n\n"
        + table(("library", "key", "inner B", "alone GB/s", "out/alone", "in/alone"), [(r["library"], r["key_bits"], r["inner_bytes"], f'{r["bare_bytes_per_second"] / 1e9:.2f}', f'{r["out_ratio"]:.2f}', f'{r["in_ratio"]:.2f}') for r in rows]))
    text += "\n" + table(("engine", "SAs installed", "seconds, median of 5"), [(r["engine"], f'{r["sas"]:,}', f'{r["seconds"]:.2f}') for r in host["installs"]])
    return text


def steering(measured):
    rows = measured["rows"]
    return (
        "## Steering\n\n`scripts/bench.sh host` as root: time of the XDP program on one frame by BPF_PROG_TEST_RUN, less an empty program's, beside a program that parses Ethernet and "
        "IPv4 and looks up once (`ebpf/reference.bpf.c`), in turn in one run, median of seven rounds. Another SA each frame: with many SAs both programs wait for "
        "memory. A hit also writes what xespd must know and redirects to a socket, which the other does not; the last column is to one that redirects as well. A miss looks whether the address is ours; a bypass looks for a policy.\n\n"
        + table(("SAs", "hit", "miss", "bypass", "hit of reference's hit", "miss of its miss", "bypass of its miss", "hit of a redirecting one's"),
                [(f'{r["sas"]:,}', f'{r["hit_ns"]:.0f} ns', f'{r["miss_ns"]:.0f} ns', f'{r["bypass_ns"]:.0f} ns', f'{r["hit_ratio"]:.2f}', f'{r["miss_ratio"]:.2f}', f'{r["bypass_ratio"]:.2f}', f'{r["hit_of_redirecting_reference"]:.2f}') for r in rows])
        + f'\nA hit among {rows[-1]["sas"]:,} SAs takes {measured["hit_most_to_one"]:.1f} of a hit among one; the reference takes {measured["reference_hit_most_to_one"]:.1f} of its own.\n')


def forwarding(measured):
    return (
        "## Forwarding\n\n`scripts/bench.sh host` as root: packets a second through xespd's packet side (steering, AF_XDP, checks, next hops) with an engine that gives packets back as they "
        f'are, beside an AF_XDP forwarder that reads nothing and copies nothing, on veth in copy mode, {measured["batch"]} packets a batch, one thread, in turn in one run, median of {measured["rounds"]} rounds. '
        "One processor makes the packets and runs the XDP program, the other one forwards. `full`: rounds in which the forwarding one was the limit; where it was not, the rates compare the programs. "
        "CPU: time of both processors for one packet that left, its making included; of the ratios, more than 1 would be in our favour.\n\n"
        + table(("IP packet, bytes", "bare, packets/s", "full", "xespd, packets/s", "full", "ratio", "bare, CPU", "xespd, CPU", "ratio"),
                [(r["ip_bytes"], f'{r["bare_packets_per_second"]:,.0f}', r["bare_rounds_full"], f'{r["packets_per_second"]:,.0f}', r["rounds_full"], f'{r["ratio"]:.2f}',
                  f'{r["bare_cpu_ns"]:,.0f} ns', f'{r["cpu_ns"]:,.0f} ns', f'{r["cpu_ratio"]:.2f}') for r in measured["rows"]]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measured", type=pathlib.Path, help="folder of bench.sh's JSON files")
    parser.add_argument("docs", type=pathlib.Path, help="folder of benchmarks.md and plots/")
    args = parser.parse_args()
    if shutil.which("gnuplot") is None:
        print("report: no gnuplot: scripts/setup.sh installs it", file=sys.stderr)
        return 69
    plots = args.docs / "plots"
    plots.mkdir(parents=True, exist_ok=True)

    def read(name):
        path = args.measured / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    cycles, engines, host, areas = read("cycles.json"), read("engines.json"), read("host.json"), read("area/area.json")
    steered, forwarded = read("steering.json"), read("forwarding.json")
    parts = []
    if cycles:
        parts += [clocks_by_size(cycles, plots), over_sas(cycles, plots), latency(cycles)]
    if engines:
        parts.append(scaling(engines, plots))
    if areas:
        parts.append(area(areas))
    if host:
        parts.append(software(host, plots))
    if steered:
        parts.append(steering(steered))
    if forwarded:
        parts.append(forwarding(forwarded))
    if not parts:
        print(f"report: nothing measured in {args.measured}: run scripts/bench.sh", file=sys.stderr)
        return 66
    missing = [n for n, d in (("cycles", cycles), ("engines", engines), ("area", areas), ("host", host), ("steering", steered), ("forwarding", forwarded)) if not d]
    head = (
        "# Figures\n\nMade by `scripts/bench.sh` from what it measured; not edited by hand. Clocks are counted in simulation at the RTL and are the same on every machine. "
        "Ratios are of figures from one run beside each other. **Nothing here was measured on a card.**\n")
    if missing:
        head += f"\nNot measured in this run: {', '.join(missing)}.\n"
    (args.docs / "benchmarks.md").write_text(head + "\n" + "\n".join(parts), encoding="utf-8")
    print(f"report: {args.docs / 'benchmarks.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
