# SPDX-License-Identifier: Apache-2.0
"""Area and logic levels of a netlist that yosys' synth_xilinx wrote as JSON."""

import json
from collections import Counter

# What a cell costs in LUTs, FFs and 18 Kb halves of block RAM (UG974). Carry chains and wide multiplexers cost none.
LUTS = {"INV": 0, "SRL16E": 1, "SRLC16E": 1, "SRLC32E": 1, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4,
        "RAM32X1S": 1, "RAM64X1S": 1, "RAM32M": 4, "RAM64M": 4, "RAM32M16": 8, "RAM64M8": 8, "RAM256X1D": 8}
FLIP_FLOPS = {"FDRE", "FDSE", "FDCE", "FDPE", "FDRE_1", "FDSE_1"}
RAM_HALVES = {"RAMB18E2": 1, "RAMB36E2": 2, "RAMB18E1": 1, "RAMB36E1": 2}
# Levels of a combinational cell. A LUT-RAM reads like a LUT; the muxes behind LUTs are in the slice already.
LEVELS = {"MUXF7": 0.0, "MUXF8": 0.0, "MUXF9": 0.0, "CARRY4": 0.15, "CARRY8": 0.15, "INV": 0.0}
SEQUENTIAL_RAM = tuple(RAM_HALVES) + ("URAM288",)


class Area(Counter):
    """Counts with the keys lut, ff, bram18, uram, dsp."""

    def __add__(self, other):
        return Area({k: self[k] + other[k] for k in self.keys() | other.keys()})


def times(area, n):
    return Area({k: v * n for k, v in area.items()})


class UnknownCell(Exception):
    pass


def is_lut(kind):
    return kind in ("LUT1", "LUT2", "LUT3", "LUT4", "LUT5", "LUT6")


def cell_area(kind):
    a = Area()
    if is_lut(kind):
        a["lut"] = 1
    elif kind in LUTS:
        a["lut"] = LUTS[kind]
    elif kind in FLIP_FLOPS:
        a["ff"] = 1
    elif kind in RAM_HALVES:
        a["bram18"] = RAM_HALVES[kind]
    elif kind == "URAM288":
        a["uram"] = 1
    elif kind.startswith("DSP48"):
        a["dsp"] = 1
    elif kind not in LEVELS:
        raise UnknownCell(kind)
    return a


def is_register(kind):
    return kind in FLIP_FLOPS or kind in SEQUENTIAL_RAM or kind.startswith("SRL")


class Netlist:
    """Modules by name, as `write_json` has them. Instances of modules stay instances."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            modules = json.load(f)["modules"]
        self.modules = {n: m for n, m in modules.items() if "blackbox" not in m.get("attributes", {})}

    def own(self, name):
        """Of a module without what it instantiates."""
        return sum((cell_area(c["type"]) for c in self.modules[name]["cells"].values()
                    if c["type"] not in self.modules), Area())

    def instances(self, name):
        return Counter(c["type"] for c in self.modules[name]["cells"].values() if c["type"] in self.modules)

    def levels(self, name):
        """LUT levels of the longest way between registers within a module, and where it ends.

        Ports count as registers: xhls puts registers behind every result and at every stream.
        """
        module = self.modules[name]
        driver, ends = {}, []
        for cname, cell in module["cells"].items():
            kind = cell["type"]
            inner = kind in self.modules
            for port, bits in cell["connections"].items():
                if cell.get("port_directions", {}).get(port) == "output":
                    for b in bits:
                        driver[b] = (cname, kind)
                elif inner or is_register(kind):
                    ends.extend((b, cname) for b in bits)
        for pname, port in module["ports"].items():
            if port["direction"] == "output":
                ends.extend((b, pname) for b in port["bits"])

        arrival = {}

        def ready(bit):
            """Arrival of one bit; iterative, for ways can be long."""
            stack = [bit]
            while stack:
                b = stack[-1]
                if b in arrival:
                    stack.pop()
                    continue
                source = driver.get(b)
                if source is None or source[1] in self.modules or is_register(source[1]):
                    arrival[b] = 0.0
                    stack.pop()
                    continue
                cell = module["cells"][source[0]]
                ins = [i for p, bits in cell["connections"].items()
                       if cell["port_directions"][p] == "input" and p not in ("WCLK", "CLK", "WE", "D", "DI") or
                       source[1] not in LUTS and cell["port_directions"][p] == "input"
                       for i in bits if not isinstance(i, str)]
                missing = [i for i in ins if i not in arrival]
                if missing:
                    stack.extend(missing)
                    continue
                arrival[b] = max((arrival[i] for i in ins), default=0.0) + LEVELS.get(source[1], 1.0)
                stack.pop()
            return arrival[bit]

        worst = (0.0, "")
        for bit, where in ends:
            if not isinstance(bit, str):
                worst = max(worst, (ready(bit), where))
        return worst
