# SPDX-License-Identifier: Apache-2.0
"""Plots as SVG files by gnuplot."""

import subprocess


class Series:
    """Points (x, y) under a name; `style` is gnuplot's."""

    def __init__(self, name, points, style="linespoints pt 7 ps 0.6"):
        self.name, self.points, self.style = name, points, style


def write_svg(path, title, x, y, series, log_x=False, y_from_zero=True):
    """One plot; x and y are axis labels. Same input, same bytes."""
    lines = [
        "set terminal svg size 640,400 font 'sans-serif,12' background '#ffffff'",
        f"set output '{path}'",
        f"set title \"{title}\"",
        f"set xlabel \"{x}\"",
        f"set ylabel \"{y}\"",
        "set key left top",
        "set grid",
    ]
    if log_x:
        lines.append("set logscale x 2")
    if y_from_zero:
        lines.append("set yrange [0:*]")
    for i, s in enumerate(series):
        lines.append(f"$d{i} << EOD")
        lines += [f"{a} {b}" for a, b in sorted(s.points)]
        lines.append("EOD")
    lines.append("plot " + ", ".join(f"$d{i} with {s.style} title \"{s.name}\"" for i, s in enumerate(series)))
    subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, check=True)
