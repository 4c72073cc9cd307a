#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Area and logic levels of each kernel by yosys (synth_xilinx -family xcup), against the recorded ceilings.

Synthesis for a real card is the vendor's tool's business; yosys gives no timing and places nothing. What it is good for:
comparing kernels, and seeing that a change did not double one. Exit status: 0 all within their ceilings, 1 not,
2 wrong usage, 69 no yosys.
"""

import argparse
import concurrent.futures
import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

from netlist import Netlist, times

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLUMNS = ("lut", "ff", "bram18", "levels")
GCM_LANES = 4  # 128-bit blocks a clock of gcm_ctr and gcm_ghash together
GCM_LANE_GOAL = 15000


def read_ceilings():
    with open(HERE / "ceilings.csv", encoding="utf-8", newline="") as f:
        rows = csv.DictReader(line for line in f if not line.startswith("#"))
        return {r["kernel"]: r for r in rows}


def run_yosys(kernel, sources, flags, out, tag):
    net, log = out / f"{kernel}{tag}.json", out / f"{kernel}{tag}.log"
    # -W is abc9's delay of a wire; synth_xilinx takes it by the scratchpad.
    flags, _, wire = flags.partition("-W ")
    wire = f"scratchpad -set synth_xilinx.abc9.W {wire} ; " if wire else ""
    # No -flatten: each module once, as xhls emits it, with registers at its borders.
    script = (f"read_verilog -sv -DSYNTHESIS -I{ROOT}/hw/rtl/lib {' '.join(map(str, sources))} ; "
              f"{wire}synth_xilinx -family xcup -top {kernel} {flags} -noiopad -noclkbuf ; "
              f"write_json {net}")
    with open(log, "w", encoding="utf-8") as f:
        if subprocess.run(["yosys", "-p", script], stdout=f, stderr=subprocess.STDOUT, check=False).returncode != 0:
            raise RuntimeError(f"{kernel}: yosys failed, see {log}")
    return Netlist(net)


def without_zeroing(source, folder):
    """A copy in which no loop sets a memory to zeros: it begins so on these devices, and yosys reads minutes at each."""
    folder.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    copy = folder / source.name
    copy.write_text(re.sub(r"^ *initial for \(.*\) \w+\[i\] = '0;\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    return copy


def synthesise(kernel, row, build, out):
    """Maps one kernel with each set of flags; of each module the smallest result within the levels counts."""
    rtl = build / "hls/kernels/rtl" / f"kernel_{kernel}"
    # Of the library, what kernels are made of: yosys 0.23 does not read the ports of the joints between lanes.
    library = [ROOT / f"hw/rtl/lib/xesp_{name}.sv" for name in ("fifo", "credit_fifo", "skid", "rom")]
    sources = [without_zeroing(source, out / f"{kernel}.rtl") for source in sorted(rtl.glob("*.sv"))] + library
    if not (rtl / f"{kernel}.sv").exists():
        raise RuntimeError(f"{kernel}: no {rtl}/{kernel}.sv; build target kernel_{kernel} first")
    started = time.monotonic()
    nets = [run_yosys(kernel, sources, flags, out, f".{i}") for i, flags in enumerate(row["flags"].split("|"))]
    modules = {}
    for name in nets[0].modules:
        tries = [{"own": n.own(name), "levels": n.levels(name)[0]} for n in nets]
        flat = [t for t in tries if t["levels"] <= float(row["levels"])]
        modules[name] = min(flat, key=lambda t: t["own"]["lut"]) if flat else min(tries, key=lambda t: t["levels"])
        modules[name]["instances"] = nets[0].instances(name)

    def total(name):
        m = modules[name]
        return sum((times(total(i), k) for i, k in m["instances"].items()), m["own"])

    all_of_it = total(kernel)
    worst = max(modules, key=lambda m: modules[m]["levels"])
    return {"kernel": kernel, "lut": all_of_it["lut"], "ff": all_of_it["ff"], "bram18": all_of_it["bram18"],
            "levels": round(modules[worst]["levels"], 2), "module": worst,
            "seconds": round(time.monotonic() - started),
            "modules": {m: dict(total(m)) | {"levels": round(v["levels"], 2)} for m, v in modules.items()}}


def print_table(figures, ceilings):
    print(f"{'kernel':<12}{'LUT':>8}{'FF':>8}{'BRAM18':>8}{'levels':>8}   ceilings LUT/FF/BRAM18/levels, the deepest module")
    above = []
    for f in figures:
        row = ceilings[f["kernel"]]
        over = [c for c in COLUMNS if f[c] > float(row[c])]
        above += [f"{f['kernel']}: {c} {f[c]} > {row[c]}" for c in over]
        limits = "/".join(row[c] for c in COLUMNS)
        print(f"{f['kernel']:<12}{f['lut']:>8}{f['ff']:>8}{f['bram18']:>8}{f['levels']:>8}   {limits}  {f['module']}"
              f"{'  ABOVE: ' + ', '.join(over) if over else ''}")
    return above


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("build", type=pathlib.Path, help="build folder with the kernels' RTL")
    p.add_argument("out", type=pathlib.Path, help="receives area.json, netlists and yosys' logs")
    p.add_argument("kernels", nargs="*", help="default: all in ceilings.csv")
    p.add_argument("--jobs", type=int, default=2)
    a = p.parse_args()
    ceilings = read_ceilings()
    unknown = [k for k in a.kernels if k not in ceilings]
    if unknown:
        p.error(f"not in ceilings.csv: {', '.join(unknown)}")
    if not shutil.which("yosys"):
        print("area: yosys is not installed (scripts/setup.sh has it)", file=sys.stderr)
        return 69
    a.out.mkdir(parents=True, exist_ok=True)
    kernels = a.kernels or list(ceilings)
    figures, failed = {}, []
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        # The largest first, so that the last ones are short.
        order = sorted(kernels, key=lambda k: -int(ceilings[k]["lut"]))
        jobs = {pool.submit(synthesise, k, ceilings[k], a.build, a.out): k for k in order}
        for j in concurrent.futures.as_completed(jobs):
            try:
                figures[jobs[j]] = j.result()
                print(f"area: {jobs[j]} in {j.result()['seconds']} s", file=sys.stderr)
            except RuntimeError as e:
                failed.append(str(e))
    done = [figures[k] for k in kernels if k in figures]
    above = print_table(done, ceilings)
    if "gcm_ctr" in figures and "gcm_ghash" in figures:
        lane = (figures["gcm_ctr"]["lut"] + figures["gcm_ghash"]["lut"]) / GCM_LANES
        print(f"one 128-bit GCM lane (gcm_ctr + gcm_ghash, over {GCM_LANES}): {lane:.0f} LUT, goal {GCM_LANE_GOAL}")
        if lane > GCM_LANE_GOAL:
            above.append(f"a GCM lane: {lane:.0f} LUT > {GCM_LANE_GOAL}")
    (a.out / "area.json").write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    for line in failed + above:
        print(f"area: {line}", file=sys.stderr)
    return 1 if failed or above else 0


if __name__ == "__main__":
    sys.exit(main())
