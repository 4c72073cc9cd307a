#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that a module which xhls made of a function equals a reference written by hand.

Two parts, both for all inputs. The registers: every path from an argument to the result goes through as many flip-flops
as the module has stages, so that none of them does more than delay the whole. The function: with the flip-flops as wires,
yosys-abc's `cec` (SAT) finds no input on which the two differ. Then the same again with a wrong answer to one single
input put in, which must be found: the proof can fail.

Exit status: 0 as expected, 1 not, 2 something did not run, 77 no yosys.
"""

import argparse
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LIB = HERE.parents[2] / "hw/rtl/lib"
SKIPPED = 77


class Failed(Exception):
    """What was to be proved does not hold."""


class Port:
    def __init__(self, signed, high, name):
        self.signed, self.width, self.name = bool(signed), int(high or 0) + 1, name

    def declared(self):
        return f"[{self.width - 1}:0] {self.name}"

    def extended(self, name, width):
        """Bits width-1..0 of this number, of which `name` is the variable."""
        if width <= self.width:
            return f"{name}[{width - 1}:0]"
        fill = f"{name}[{self.width - 1}]" if self.signed else "1'b0"
        return f"{{{{{width - self.width}{{{fill}}}}}, {name}}}"


class Module:
    """Name and ports of a module, as xhls and the references write them."""

    def __init__(self, path, name):
        self.path, self.name, self.text = path, name, path.read_text(encoding="utf-8")
        found = re.search(rf"^module {name}\s*\(([^)]*)\);", self.text, re.M)
        if not found:
            raise RuntimeError(f"{path}: no module {name}")
        ports = re.findall(r"(input|output)\s+(?:logic\s*)?(signed\s*)?(?:\[(\d+):0\]\s*)?(\w+)", found[1])
        made = {"ap_clk", "in_valid"}
        self.inputs = [Port(s, h, n) for d, s, h, n in ports if d == "input" and n not in made]
        self.outputs = [Port(s, h, n) for d, s, h, n in ports if d == "output"]
        if len(self.outputs) != 1:
            raise RuntimeError(f"{path}: {name} has {len(self.outputs)} outputs")
        self.result = self.outputs[0]
        stages = re.search(r"^// Function of (\d+) stages", self.text, re.M)
        self.stages = int(stages[1]) if stages else None


def wrappers(impl, ref):
    """gold and gate: the same ports around the reference and the module. An argument in more bits than its type has is
    extended, as the caller does; a result in more bits must be."""
    if len(impl.inputs) != len(ref.inputs):
        raise RuntimeError(f"{impl.name} has {len(impl.inputs)} arguments, its reference {len(ref.inputs)}")
    width = max(impl.result.width, ref.result.width)
    ports = ["input ap_clk", "input in_valid"] + [f"input {p.declared()}" for p in ref.inputs] + [
        f"output [{width - 1}:0] result"]
    head = f"({', '.join(ports)});"
    args = ", ".join(f".{p.name}({p.name})" for p in ref.inputs)
    gold = (f"module gold {head}\n  wire [{ref.result.width - 1}:0] r;\n  {ref.name} u ({args}, .{ref.result.name}(r));\n"
            f"  assign result = {ref.result.extended('r', width)};\nendmodule\n")
    to_impl = ", ".join(f".{i.name}({r.extended(r.name, i.width)})" for i, r in zip(impl.inputs, ref.inputs))
    gate = (f"module gate {head}\n  wire [{impl.result.width - 1}:0] r;\n"
            f"  {impl.name} u (.ap_clk(ap_clk), .in_valid(in_valid), {to_impl}, .{impl.result.name}(r));\n"
            f"  assign result = {Port(0, impl.result.width - 1, 'r').extended('r', width)};\nendmodule\n")
    rng = random.Random(impl.name)
    one = " && ".join(f"{p.name} == {p.width}'d{rng.getrandbits(p.width)}" for p in ref.inputs)
    bit = rng.randrange(ref.result.width)
    fault = (f"module fault {head}\n  wire [{width - 1}:0] r;\n"
             f"  gate u (.ap_clk(ap_clk), .in_valid(in_valid), {args}, .result(r));\n"
             f"  assign result = {one} ? r ^ ({width}'d1 << {bit}) : r;\nendmodule\n")
    return gold, gate + fault


def run(out, log, command):
    with open(out / log, "w", encoding="utf-8") as f:
        status = subprocess.run(command, stdout=f, stderr=subprocess.STDOUT, check=False, cwd=out).returncode
    text = (out / log).read_text(encoding="utf-8")
    if status != 0:
        raise RuntimeError(f"{command[0]} failed, see {out / log}\n{text[-1500:]}")
    return text


# Module by module, so that a table that stands often is worked on once; then flat.
GATES = (f"proc; opt_expr; opt_clean; techmap -map {HERE}/tables.v; "
         f"read_verilog -icells -defer {HERE}/table.v; hierarchy -check; bmuxmap; memory_collect; memory_map; opt_expr; opt_clean; "
         "techmap; opt_expr; opt_merge; opt_clean")


def synthesise_reference(ref, gold, out):
    """gold.blif. The budgets share it, as long as the module's ports are the same for all."""
    if (out / "gold.blif").exists() and (out / "gold.sv").read_text(encoding="utf-8") == gold:
        return
    (out / "gold.sv").write_text(gold, encoding="utf-8")
    run(out, "gold.log", ["yosys", "-p", "; ".join([
        f"read_verilog -sv -defer {ref.path} gold.sv", "hierarchy -check -top gold", GATES, "flatten", "opt_clean",
        "write_blif gold.blif"])])


def synthesise(impl, gate, fault, out):
    """gate.blif and, if asked for, fault.blif without flip-flops; gate.json with them."""
    (out / "gate.sv").write_text(gate, encoding="utf-8")
    run(out, "gate.log", ["yosys", "-p", "; ".join([
        f"read_verilog -sv -defer -I{LIB} {impl.path} {LIB}/xesp_rom.sv gate.sv", "hierarchy -check -top fault", GATES,
        "select -assert-none t:$_*DFF* t:$_*LATCH* %u t:$_DFF_P_ %d",
        "flatten gate", "select -module gate", "opt_expr", "opt_clean", "select -clear", "design -save both",
        "hierarchy -top gate", "write_json gate.json", f"techmap -map {HERE}/wires.v", "opt_clean", "write_blif gate.blif",
        *(["design -load both", f"techmap -map {HERE}/wires.v", "flatten", "opt_clean", "write_blif fault.blif"]
          if fault else [])])])


def check_registers(impl, net):
    """Each bit of the result is `stages` flip-flops behind every argument bit that it hangs on."""
    top = json.loads(net.read_text(encoding="utf-8"))["modules"]["gate"]
    driver = {}
    for cell in top["cells"].values():
        for name, direction in cell["port_directions"].items():
            if direction == "output":
                driver.update((bit, cell) for bit in cell["connections"][name])
    depth = {"0": None, "1": None}
    for name, port in top["ports"].items():
        if port["direction"] == "input" and name not in ("ap_clk", "in_valid"):
            depth.update((bit, 0) for bit in port["bits"])

    def sources(bit):
        if bit not in driver:
            raise Failed(f"the result hangs on {'an undefined bit' if bit in ('x', 'z') else 'in_valid or nothing'}")
        cell = driver[bit]
        return [b for n, d in cell["port_directions"].items() if d == "input" and n != "C" for b in cell["connections"][n]]

    todo, entered = list(top["ports"]["result"]["bits"]), set()
    while todo:
        bit = todo[-1]
        if bit in depth:
            todo.pop()
            continue
        missing = [b for b in sources(bit) if b not in depth]
        if missing:
            if bit in entered:
                raise Failed("a value hangs on itself")
            entered.add(bit)
            todo += missing
            continue
        found = {depth[b] for b in sources(bit)} - {None}
        if len(found) > 1:
            raise Failed(f"stages are mixed: values of {sorted(found)} clocks meet in a gate "
                         f"({driver[bit].get('attributes', {}).get('src', 'of unknown source')})")
        late = driver[bit]["type"].startswith("$_DFF")
        depth[bit] = None if not found else found.pop() + late
    ages = {depth[b] for b in top["ports"]["result"]["bits"]} - {None}
    if ages - {impl.stages}:
        raise Failed(f"{impl.stages} stages, but the result comes after {sorted(ages)} clocks")


def equal(out, other, log):
    text = run(out, log, ["yosys-abc", "-c", f"cec ../gold.blif {other}"])
    if "Networks are equivalent" in text:
        return True, ""
    if "NOT EQUIVALENT" not in text:
        raise RuntimeError(f"cec did not finish, see {out / log}")
    return False, text


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--module", required=True, help="the module's name")
    p.add_argument("--reference", required=True, help="FILE.sv:MODULE")
    p.add_argument("--out", required=True, type=pathlib.Path, help="receives netlists and logs")
    p.add_argument("--refuted", action="store_true", help="expect that the two differ")
    p.add_argument("dirs", nargs="+", type=pathlib.Path, help="folders with MODULE.sv: one for each budget")
    a = p.parse_args()
    for tool in ("yosys", "yosys-abc"):
        if not shutil.which(tool):
            print(f"proof: skipped: {tool} is not installed (scripts/setup.sh has it)")
            return SKIPPED
    path, name = a.reference.rsplit(":", 1)
    ref = Module(pathlib.Path(path).resolve(), name)
    (a.out / "gold.blif").unlink(missing_ok=True)
    for d in a.dirs:
        first = d == a.dirs[0]
        impl = Module(d.resolve() / f"{a.module}.sv", a.module)
        out = a.out / d.name
        out.mkdir(parents=True, exist_ok=True)
        try:
            gold, gate = wrappers(impl, ref)
            synthesise_reference(ref, gold, a.out)
            synthesise(impl, gate, first and not a.refuted, out)
            check_registers(impl, out / "gate.json")
            same, text = equal(out, "gate.blif", "cec.log")
            if not same:
                raise Failed(f"differs from {ref.path.name}:{ref.name}\n{text[-1500:]}")
        except Failed as e:
            print(f"proof: {impl.name} in {d.name}: {e}")
            if not a.refuted:
                return 1
            continue
        if a.refuted:
            print(f"proof: {impl.name} in {d.name} was to be refuted, but is proved")
            return 1
        if first and equal(out, "fault.blif", "fault.log")[0]:
            print(f"proof: {impl.name} in {d.name}: a wrong answer to one input is not found")
            return 1
        print(f"proof: {impl.name} in {d.name}: equal for all inputs, {impl.stages} stages")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as e:
        print(f"proof: {e}", file=sys.stderr)
        sys.exit(2)
