"""The acme-summary data set: sizes and run times of five clusters, from a row of moments each."""

import csv
import math
import os

from tools.presets.roots import bisect_root

# Share of one-GPU jobs. Philly: as in the data set philly. Helios: in helios-venus-arrivals 0.498
# of the jobs that arrive alone have one GPU, while the median of all Helios clusters is one GPU.
# Seren and Kalos, whose median is one GPU too: Assumption: preset_single_gpu.
SINGLE_GPU = {"Seren": 0.6, "Kalos": 0.6, "Philly": 0.93, "Helios": 0.55}
# Days from the first to the last submission. Seren, Kalos: March to August 2023 (their README).
# Philly: 2017-08-07 to 12-22 (its README). Helios: 2020-04-01 to 09-28 (helios-venus-arrivals).
# PAI: July and August 2020. Assumption: pai_span.
SPAN_DAYS = {"Seren": 184, "Kalos": 184, "Philly": 137, "Helios": 181, "PAI": 62}


def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def geometric_sizes(values, mean, single):
    """Shares of `values`: `single` for the first; the rest fall by a ratio found from the mean."""
    def shares(ratio):
        rest = [ratio**i for i in range(len(values) - 1)]
        return [single] + [(1 - single) * r / sum(rest) for r in rest]

    ratio = bisect_root(lambda r: sum(v * s for v, s in zip(values, shares(r))) - mean, 1e-6, 2)
    return list(zip(values, shares(ratio)))


def pai_sizes(mean):
    """A quarter of a GPU, a half, then whole ones: one, and from two on each half as common as the
    one before. The median is a half. Assumption: pai_shares (0.3 each for a quarter and a half)."""
    def shares(single):
        return [0.3, 0.3, 0.4 * single] + [0.4 * (1 - single) * s for s in (4 / 7, 2 / 7, 1 / 7)]

    values = [0.25, 0.5, 1, 2, 4, 8]
    single = bisect_root(lambda p: mean - sum(v * s for v, s in zip(values, shares(p))), 0, 1)
    return list(zip(values, shares(single)))


class AcmeFit:
    """Run times are log-normal, cut at the longest one, with median m g^b for jobs of g GPUs: mean,
    median and (where the row has it) the mean of GPUs x run time fix sigma, m and b."""

    def __init__(self, row):
        self.name = row["id"]
        number = {k: float(v) for k, v in row.items() if v and k != "id"}
        self.mean, self.median = number["avg_run_time_gpu"], number["med_run_time_gpu"]
        self.longest, self.gpus = number["max_run_time_gpu"], number["avg_gpu_num"]
        self.rate_per_h = number["gpu_job_num"] / (24 * SPAN_DAYS[self.name])
        keys = ("complete_gpu_time", "cancel_gpu_time", "fail_gpu_time")
        self.gpu_time = None
        if all(k in number for k in keys):
            self.gpu_time = sum(number[k] for k in keys) / number["gpu_job_num"]
        if self.name == "PAI":
            self.sizes = pai_sizes(self.gpus)
        else:
            powers = [2**i for i in range(int(math.log2(number["max_gpu"])) + 1)]
            self.sizes = geometric_sizes(powers, self.gpus, SINGLE_GPU[self.name])
        self.b = 0.0
        if self.gpu_time:
            self.b = bisect_root(lambda b: self.solve(b)[3] - self.gpu_time, 0, 1.5, 30)
        self.sigma, self.m, self.got_mean, self.got_gpu_time = self.solve(self.b)

    def cdf(self, x, m, sigma, g):
        m *= g**self.b_now
        return phi(math.log(x / m) / sigma) / phi(math.log(self.longest / m) / sigma)

    def means(self, m, sigma):
        """Mean run time, and mean of GPUs x run time."""
        time = gpu_time = 0.0
        for g, share in self.sizes:
            z = math.log(self.longest / (m * g**self.b_now)) / sigma
            mean = m * g**self.b_now * math.exp(sigma**2 / 2) * phi(z - sigma) / phi(z)
            time += share * mean
            gpu_time += share * g * mean
        return time, gpu_time

    def solve(self, b):
        """(sigma, m, mean run time, mean GPU time) for an exponent b."""
        self.b_now = b

        def scale(sigma):
            def above(x):
                return 0.5 - sum(s * self.cdf(self.median, math.exp(x), sigma, g)
                                 for g, s in self.sizes)

            start = math.log(self.median)
            return math.exp(bisect_root(above, start - 12, start + 3, 45))

        sigma = bisect_root(lambda s: self.means(scale(s), s)[0] - self.mean, 0.3, 4, 30)
        m = scale(sigma)
        return (sigma, m) + self.means(m, sigma)

    def report(self):
        print(f"acme_{self.name.lower()}: sigma {self.sigma:.4f}, "
              f"median {self.m:.2f} s x GPUs^{self.b:.3f}")
        median = sum(s * self.cdf(self.median, self.m, self.sigma, g) for g, s in self.sizes)
        print(f"  mean {self.got_mean:.1f} s (row {self.mean:.1f}); "
              f"share of jobs below the row's median {median:.4f}; "
              f"GPUs {sum(g * s for g, s in self.sizes):.3f} (row {self.gpus:.3f})")
        if self.gpu_time:
            print(f"  mean GPU time {self.got_gpu_time:.0f} GPU s (row {self.gpu_time:.0f})")


def fit(root):
    with open(os.path.join(root, "acme-summary", "cluster_summary.csv")) as file:
        fits = [AcmeFit(row) for row in csv.DictReader(file)]
    for row in fits:
        row.report()
    return fits
