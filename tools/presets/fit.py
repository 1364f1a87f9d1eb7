"""Fits the workload presets to the data sets philly, helios-venus-arrivals and acme-summary.

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.presets.fit          each fit with its error
    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.presets.fit --cpp    models/workload/preset_data.inc

from the root. DIR holds one folder a data set. docs/models/workload.md tells the method.
"""

import contextlib
import io
import os
import sys

from tools.presets import acme
from tools.presets import helios
from tools.presets import philly


def digits(x, n=4):
    return float(f"{x:.{n}g}")


def numbers(values, n=5):
    rounded = [digits(v, n) for v in values]
    return ", ".join(f"{v:g}" if v < 1e6 else str(int(v)) for v in rounded)


def print_arrivals(name, fit):
    states = fit.states()
    print(f"constexpr ArrivalData k{name}Arrivals = {{")
    print(f"    {digits(fit.rate_per_h):g},")
    print(f"    {{{numbers(fit.daily, 4)}}},\n    {{{numbers(fit.weekly, 4)}}},")
    print("    {" + ", ".join(f"{{{digits(r):g}, {digits(t):g}}}" for r, t in states) + "}};")


def print_sizes(name, sizes):
    """sizes: [(share, GPUs, median, sigma, longest)], a median of 0 meaning a table."""
    print(f"constexpr SizeData k{name}Sizes[] = {{")
    for share, gpus, median, sigma, longest in sizes:
        print(f"    {{{digits(share, 5):g}, {gpus:g}, {digits(median, 5):g}, {digits(sigma, 5):g}, "
              f"{int(longest)}}},")
    print("};")


def print_cpp(philly_jobs, philly_arrivals, helios_sizes, helios_arrivals, acme_fits):
    print("// Printed by tools/presets/fit.py --cpp from the data sets philly, "
          "helios-venus-arrivals and\n// acme-summary. docs/models/workload.md tells the method "
          "and the errors.\n\n// clang-format off")
    print(f"constexpr double kGrid[] = {{{numbers(philly.GRID, 6)}}};")
    for group, table in philly_jobs.tables.items():
        print(f"constexpr double kPhilly{group}[] = {{{numbers(table)}}};")
    print_sizes("Philly", [(w, g, 0, 0, 0) for g, w in philly_jobs.weights.items()])
    print_arrivals("Philly", philly_arrivals)
    print_arrivals("HeliosVenus", helios_arrivals)
    helios = next(f for f in acme_fits if f.name == "Helios")
    print_sizes("HeliosVenus", [(w, g, helios.m * g**helios.b, helios.sigma, helios.longest)
                                for g, w in helios_sizes.items()])
    for fit in acme_fits:
        print_sizes("Acme" + fit.name.capitalize(),
                    [(s, g, fit.m * g**fit.b, fit.sigma, fit.longest) for g, s in fit.sizes])
        print(f"constexpr double kAcme{fit.name.capitalize()}RatePerH = "
              f"{digits(fit.rate_per_h):g};")
    print("// clang-format on")


def main(arguments):
    root = os.environ.get("ORRERY_TRACES")
    if not root or not os.path.isdir(root):
        sys.exit("tools.presets.fit: set ORRERY_TRACES to the folder that holds philly, "
                 "helios-venus-arrivals and acme-summary")
    report = io.StringIO()
    with contextlib.redirect_stdout(report):
        fits = philly.fit(root) + helios.fit(root) + (acme.fit(root),)
    if "--cpp" in arguments:
        print_cpp(*fits)
    else:
        print(report.getvalue(), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
