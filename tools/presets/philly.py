"""The philly data set: sizes, run times by size, arrivals."""

import bisect
import collections
import csv
import datetime
import gzip
import math
import os

from tools.presets.arrivals import fit_arrivals

# Probabilities of the quantile tables.
GRID = ([0.0, 0.01, 0.025] + [round(0.05 * i, 2) for i in range(1, 20)]
        + [0.975, 0.99, 0.995, 0.999, 1.0])
# Sizes from each of these on share a table of run times: the rare large ones have too few jobs.
GROUPS = [1, 2, 4, 8, 12]


def read(root):
    with gzip.open(os.path.join(root, "philly", "philly.csv.gz"), "rt") as file:
        rows = [(datetime.datetime.fromisoformat(r["timestamp"]), float(r["duration"]),
                 int(r["num_gpus"])) for r in csv.DictReader(file)]
    return sorted(rows, key=lambda r: r[0])


def quantiles(values):
    """Values at GRID, by linear interpolation between order statistics."""
    values = sorted(values)
    table = []
    for p in GRID:
        at = p * (len(values) - 1)
        i = min(int(at), len(values) - 2)
        table.append(values[i] + (values[i + 1] - values[i]) * (at - i))
    return table


def table_cdf(table, x):
    """P(X <= x) of a table whose logarithm is linear between points."""
    if x < table[0]:
        return 0.0
    if x >= table[-1]:
        return 1.0
    i = bisect.bisect_right(table, x) - 1
    share = math.log(x / table[i]) / math.log(table[i + 1] / table[i])
    return GRID[i] + (GRID[i + 1] - GRID[i]) * share


def ks_distance(cdf, sample):
    """Largest gap between the distribution and the sample's, below and above each value of it."""
    n, worst, below = len(sample), 0.0, 0
    for x, count in sorted(collections.Counter(sample).items()):
        # A trace in whole seconds stands for the second around it.
        worst = max(worst, abs(cdf(x - 0.5) - below / n))
        below += count
        worst = max(worst, abs(cdf(x + 0.5) - below / n))
    return worst


class Jobs:
    """Weights of sizes and a table of run times for each group of sizes."""

    def __init__(self, rows):
        self.sizes = sorted(collections.Counter(g for _, _, g in rows).items())
        self.tables = {}
        for group in GROUPS:
            self.tables[group] = quantiles(
                [max(1.0, d) for _, d, g in rows if self.group(g) == group])
        total = sum(count for _, count in self.sizes)
        self.weights = {g: count / total for g, count in self.sizes}

    @staticmethod
    def group(gpus):
        return max(g for g in GROUPS if g <= gpus)

    def cdf(self, x):
        return sum(w * table_cdf(self.tables[self.group(g)], x) for g, w in self.weights.items())


def fit(root):
    rows = read(root)
    fitted, held = Jobs(rows[0::2]), rows[1::2]
    early, late = Jobs(rows[:len(rows) // 2]), rows[len(rows) // 2:]
    print(f"philly: {len(rows)} jobs, every other one fitted")
    print(f"  run times: KS distance {ks_distance(fitted.cdf, [d for _, d, _ in held]):.4f} to the "
          f"held-out half; {ks_distance(early.cdf, [d for _, d, _ in late]):.4f} from the first "
          "half in time to the second")
    for group in GROUPS:
        sample = [d for _, d, g in held if Jobs.group(g) == group]
        distance = ks_distance(lambda x, t=fitted.tables[group]: table_cdf(t, x), sample)
        print(f"    from {group} GPUs: {len(sample)} jobs, KS {distance:.4f}")
    held_sizes = collections.Counter(g for _, _, g in held)
    gap = max(abs(w - held_sizes[g] / len(held)) for g, w in fitted.weights.items())
    print(f"  sizes: largest gap of a share {gap:.4f}")
    hourly = collections.Counter()
    for submit, _, _ in rows:
        # Before that, jobs that happened to run on; after it, the cluster is emptied.
        if datetime.date(2017, 9, 25) <= submit.date() <= datetime.date(2017, 12, 10):
            hourly[submit.replace(minute=0, second=0)] += 1
    return fitted, fit_arrivals("philly arrivals", hourly)
