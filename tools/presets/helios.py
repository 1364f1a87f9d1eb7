"""The helios-venus-arrivals data set: arrivals and sizes."""

import collections
import csv
import datetime
import gzip
import os

from tools.presets.arrivals import fit_arrivals
from tools.presets.roots import bisect_root


def fit(root):
    path = os.path.join(root, "helios-venus-arrivals", "cluster_throughput.csv.gz")
    with gzip.open(path, "rt") as file:
        rows = [(datetime.datetime.fromisoformat(r["time"]), int(r["submit_gpu_job"]),
                 int(r["submit_gpu_num"])) for r in csv.DictReader(file)]
    while rows[-1][1] == 0:
        rows.pop()
    hourly = collections.Counter()
    for time, jobs, _ in rows:
        hourly[time.replace(minute=0)] += jobs
    arrivals = fit_arrivals("helios_venus arrivals", hourly)
    # Bins with one job tell its size. They are quieter than others, with smaller jobs: the shares
    # are tilted by g^b so that the mean is that of all jobs.
    alone = collections.Counter(gpus for _, jobs, gpus in rows if jobs == 1)
    mean = sum(gpus for _, _, gpus in rows) / sum(jobs for _, jobs, _ in rows)
    sizes = {g: n for g, n in alone.items() if n >= 5 and g in (1, 2, 4, 8, 16, 24, 32)}

    def tilted(b):
        weights = {g: n * g**b for g, n in sizes.items()}
        total = sum(weights.values())
        return {g: w / total for g, w in sorted(weights.items())}

    b = bisect_root(lambda x: sum(g * w for g, w in tilted(x).items()) - mean, -1, 2)
    print(f"helios_venus sizes: mean {mean:.3f} GPUs; tilt b = {b:.3f}; "
          + ", ".join(f"{g}: {w:.3f}" for g, w in tilted(b).items()))
    return tilted(b), arrivals
