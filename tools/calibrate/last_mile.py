"""Tells how far jitter and homes of models/network are from data that they were not fitted to.

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.last_mile

DIR holds one folder a data set. tools/calibrate/network.py makes the fits. Jitter: the median deviation of pings between the cities
and pairs held back. Homes: half of the devices (netlatency, Seattle) and half of the sites (PlanetLab) say what a home
adds, and so how long the round trips between the other devices should be, given those between the other sites.
"""

import csv
import gzip
import os

import numpy as np

from tools.calibrate import network

SPLITS = 200


def deviations(root):
    """{"fitted", "held-back pairs", "held-back cities": mdev of each ping [ms]}."""
    found = {"fitted": [], "held-back pairs": [], "held-back cities": []}
    path = os.path.join(root, "wondernetwork-2018", "city_pings.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            a, b = row["src"].replace("+", " "), row["dst"].replace("+", " ")
            if a == b or {a, b} & network.NOWHERE or b in network.LATE:
                continue
            if float(row["rtt_min_ms"]) < network.FIBRE_MS_PER_KM * float(row["km"]):
                continue
            if network.held_city(a) or network.held_city(b):
                part = "held-back cities"
            else:
                part = "held-back pairs" if network.held_pair(a, b) else "fitted"
            found[part].append(float(row["rtt_mdev_ms"]))
    return {part: np.array(values) for part, values in found.items()}


def read_sites(root):
    """Round trips [ms] between PlanetLab's sites; nan: not measured."""
    path = os.path.join(root, "netlatency", "PlanetLabData_1.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        sites = np.array([[float(x) for x in line.split()] for line in file])
    sites[sites <= 0] = np.nan
    return sites


def home_errors(homes, sites, splits=SPLITS, seed=1):
    """Predicted over measured median round trip between the devices held back, less 1: one a split."""
    random = np.random.RandomState(seed)

    def medians(matrix):
        order = random.permutation(matrix.shape[-1])
        parts = np.array_split(order, 2)
        return [np.nanmedian(matrix[..., part, :][..., part]) for part in parts]

    errors = []
    for _ in range(splits):
        (home, home_held), (site, site_held) = medians(homes), medians(sites)
        access = (home - site) / 2
        errors.append((site_held + 2 * access) / home_held - 1)
    return np.array(errors)


def main():
    root = os.environ["ORRERY_TRACES"]
    for part, values in deviations(root).items():
        quantiles = ", ".join(f"{np.quantile(values, q):.2f}" for q in (0.25, 0.5, 0.75, 0.9))
        print(f"jitter, {part} ({len(values)} pings): quartiles and 90% of mdev {quantiles} ms")
    errors = home_errors(1000 * network.read_home(root), read_sites(root))
    print(f"homes: relative error of the median round trip between devices held back, {len(errors)} splits: "
          f"median {np.median(abs(errors)):.1%}, p90 {np.quantile(abs(errors), 0.9):.1%}")


if __name__ == "__main__":
    main()
