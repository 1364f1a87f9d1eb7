#!/usr/bin/env python3
"""Fits the workload presets to the data sets philly, helios-venus-arrivals and acme-summary.

    ORRERY_TRACES=DIR tools/fit_presets.py          prints each fit with its error (docs/models/workload.md)
    ORRERY_TRACES=DIR tools/fit_presets.py --cpp    prints models/workload/preset_data.inc

DIR holds one folder a data set. Needs nothing but Python 3. docs/models/workload.md tells the method.
"""

import bisect
import collections
import csv
import datetime
import gzip
import math
import os
import sys

# Probabilities of the quantile tables.
GRID = ([0.0, 0.01, 0.025] + [round(0.05 * i, 2) for i in range(1, 20)]
        + [0.975, 0.99, 0.995, 0.999, 1.0])
# Sizes that share a table of run times: the rare large ones have too few jobs for tables of their own.
PHILLY_GROUPS = [1, 2, 4, 8, 12]
# Share of one-GPU jobs: Philly and Helios from the data sets philly and helios-venus-arrivals (there 0.498
# of the jobs, while the median of all Helios clusters is one GPU). Assumption: preset_single_gpu.
SINGLE_GPU = {"Seren": 0.6, "Kalos": 0.6, "Philly": 0.93, "Helios": 0.55}
# Days from the first to the last submission. Seren and Kalos: March to August 2023 (their README). Philly:
# 2017-08-07 to 12-22 (its README). Helios: 2020-04-01 to 09-28 (helios-venus-arrivals). PAI: July and August
# 2020. Assumption: pai_span.
SPAN_DAYS = {"Seren": 184, "Kalos": 184, "Philly": 137, "Helios": 181, "PAI": 62}


def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def bisect_root(f, low, high, steps=60):
    """x in [low, high] with f(x) = 0, for f rising."""
    for _ in range(steps):
        middle = (low + high) / 2
        if f(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def digits(x, n=4):
    return float(f"{x:.{n}g}")


# ---- Arrivals ------------------------------------------------------------------------------------------


def week_of(hour):
    return hour.date() - datetime.timedelta(days=hour.weekday())


def profile_error(fitted, held_out):
    """Mean and worst relative error of a profile."""
    errors = [abs(a / b - 1) for a, b in zip(fitted, held_out)]
    return sum(errors) / len(errors), max(errors)


class Arrivals:
    """A profile over the hours of the day and the days of the week, and two-state bursts around it."""

    def __init__(self, hourly, weeks):
        """hourly: jobs in each clock hour; weeks: the Mondays of the weeks to fit to."""
        counts = {(week, d, h): 0 for week in weeks for d in range(7) for h in range(24)}
        for hour, count in hourly.items():
            if week_of(hour) in weeks:
                counts[week_of(hour), hour.weekday(), hour.hour] += count
        total = sum(counts.values())
        self.counts, self.weeks = counts, weeks
        self.rate_per_h = total / (168 * len(weeks))
        self.daily = [24 * sum(c for (_, _, h), c in counts.items() if h == i) / total for i in range(24)]
        self.weekly = [7 * sum(c for (_, d, _), c in counts.items() if d == i) / total for i in range(7)]

    def flatten_what_does_not_repeat(self, other):
        """Bursts leave hours with more jobs than others by chance. A profile that, from these weeks to the
        other ones and back, is further off than none is dropped."""
        for key in ("daily", "weekly"):
            mine, theirs = getattr(self, key), getattr(other, key)
            flat = [1.0] * len(mine)
            profile = profile_error(mine, theirs)[0] + profile_error(theirs, mine)[0]
            if profile > profile_error(flat, theirs)[0] + profile_error(flat, mine)[0]:
                setattr(self, key, flat)

    def fit_bursts(self):
        """Moments of the hidden rate (mean 1): what is left of the counts' variance after the profile, each
        week's own total and Poisson noise."""
        counts, series = self.counts, []
        for week in sorted(self.weeks):
            week_total = sum(counts[week, d, h] for d in range(7) for h in range(24))
            series.append([(counts[week, d, h], week_total / 168 * self.daily[h] * self.weekly[d])
                           for d in range(7) for h in range(24)])
        pairs = [p for week in series for p in week]

        def lagged(k):
            above = sum((w[i][0] - w[i][1]) * (w[i + k][0] - w[i + k][1])
                        for w in series for i in range(168 - k))
            return above / sum(w[i][1] * w[i + k][1] for w in series for i in range(168 - k))

        second = sum(c * (c - 1) for c, _ in pairs) / sum(e**2 for _, e in pairs)
        third = sum(c * (c - 1) * (c - 2) for c, _ in pairs) / sum(e**3 for _, e in pairs)
        self.variance = second - 1
        self.skewness = (third - 3 * second + 2) / self.variance**1.5
        self.tau_h = -1 / math.log(lagged(2) / lagged(1))
        # Averaging over an hour takes some of the variance away.
        shrink = (self.tau_h * (1 - math.exp(-1 / self.tau_h)))**2
        self.instant_variance = lagged(1) / shrink

    def states(self):
        """[(rate, mean sojourn in hours)] of the calm and the busy state, by the three moments."""
        v, s = self.instant_variance, self.skewness
        busy = (1 - s / math.sqrt(4 + s * s)) / 2
        calm_rate = 1 - math.sqrt(v * busy / (1 - busy))
        if calm_rate < 0.02:  # three moments that no two states have: keep mean and variance
            busy, calm_rate = 1 / (1 + v), 0.0
        busy_rate = (1 - calm_rate * (1 - busy)) / busy
        return [(calm_rate, self.tau_h / busy), (busy_rate, self.tau_h / (1 - busy))]


def fit_arrivals(name, hourly):
    """Fits to every other whole week and says how far off the weeks between are."""
    first, last = min(hourly), max(hourly)
    weeks = sorted({week_of(h) for h in hourly})
    weeks = [w for w in weeks if w >= first.date() and w + datetime.timedelta(days=7) <= last.date()
             + datetime.timedelta(days=1)]
    fit, held = Arrivals(hourly, weeks[0::2]), Arrivals(hourly, weeks[1::2])
    print(f"{name}: {len(weeks[0::2])} weeks fitted, {len(weeks[1::2])} held out")
    print(f"  rate {fit.rate_per_h:.2f}/h fitted, {held.rate_per_h:.2f}/h held out")
    fit.flatten_what_does_not_repeat(held)
    for key, label in (("daily", "hour of day"), ("weekly", "day of week")):
        mean, worst = profile_error(getattr(fit, key), getattr(held, key))
        flat = " (flat)" if len(set(getattr(fit, key))) == 1 else ""
        none = profile_error([1.0] * len(getattr(held, key)), getattr(held, key))[0]
        print(f"  {label}: mean error {mean:.1%}, worst {worst:.1%}{flat}; a flat profile {none:.1%}")
    fit.fit_bursts()
    held.daily, held.weekly = fit.daily, fit.weekly
    held.fit_bursts()
    print(f"  variance of the hourly rate around the profile: {fit.variance:.3f} fitted, "
          f"{held.variance:.3f} held out; memory {fit.tau_h:.2f} h and {held.tau_h:.2f} h")
    print("  states (rate, mean sojourn h): "
          + ", ".join(f"({r:.3f}, {t:.2f})" for r, t in fit.states()))
    return fit


# ---- philly --------------------------------------------------------------------------------------------


def read_philly(root):
    with gzip.open(os.path.join(root, "philly", "philly.csv.gz"), "rt") as file:
        rows = [(datetime.datetime.fromisoformat(r["timestamp"]), float(r["duration"]), int(r["num_gpus"]))
                for r in csv.DictReader(file)]
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
    """P(X <= x) of a table whose logarithm is linear between points (x itself where values are equal)."""
    if x < table[0]:
        return 0.0
    if x >= table[-1]:
        return 1.0
    i = bisect.bisect_right(table, x) - 1
    share = math.log(x / table[i]) / math.log(table[i + 1] / table[i])
    return GRID[i] + (GRID[i + 1] - GRID[i]) * share


def ks_distance(cdf, sample):
    """Largest gap between the distribution and the sample's; atoms count once, at their top and bottom."""
    n, worst, below = len(sample), 0.0, 0
    for x, count in sorted(collections.Counter(sample).items()):
        # A trace in whole seconds stands for the second around it.
        worst = max(worst, abs(cdf(x - 0.5) - below / n))
        below += count
        worst = max(worst, abs(cdf(x + 0.5) - below / n))
    return worst


class PhillyJobs:
    """Weights of sizes and a table of run times for each group of sizes."""

    def __init__(self, rows):
        self.sizes = sorted(collections.Counter(g for _, _, g in rows).items())
        self.tables = {}
        for group in PHILLY_GROUPS:
            self.tables[group] = quantiles([max(1.0, d) for _, d, g in rows if self.group(g) == group])
        total = sum(count for _, count in self.sizes)
        self.weights = {g: count / total for g, count in self.sizes}

    @staticmethod
    def group(gpus):
        return max(g for g in PHILLY_GROUPS if g <= gpus)

    def cdf(self, x):
        return sum(w * table_cdf(self.tables[self.group(g)], x) for g, w in self.weights.items())


def fit_philly(root):
    rows = read_philly(root)
    fit, held = PhillyJobs(rows[0::2]), rows[1::2]
    halves = PhillyJobs(rows[:len(rows) // 2])
    print(f"philly: {len(rows)} jobs, every other one fitted")
    print(f"  run times: KS distance {ks_distance(fit.cdf, [d for _, d, _ in held]):.4f} to the held-out "
          f"half; {ks_distance(halves.cdf, [d for _, d, _ in rows[len(rows) // 2:]]):.4f} from the first half "
          "in time to the second")
    for group in PHILLY_GROUPS:
        sample = [d for _, d, g in held if PhillyJobs.group(g) == group]
        distance = ks_distance(lambda x, t=fit.tables[group]: table_cdf(t, x), sample)
        print(f"    from {group} GPUs: {len(sample)} jobs, KS {distance:.4f}")
    held_sizes = collections.Counter(g for _, _, g in held)
    gap = max(abs(w - held_sizes[g] / len(held)) for g, w in fit.weights.items())
    print(f"  sizes: largest gap of a share {gap:.4f}")
    hourly = collections.Counter()
    for submit, _, _ in rows:
        # Before that, jobs that happened to run on; after it, the cluster is emptied.
        if datetime.date(2017, 9, 25) <= submit.date() <= datetime.date(2017, 12, 10):
            hourly[submit.replace(minute=0, second=0)] += 1
    return fit, fit_arrivals("philly arrivals", hourly)


# ---- helios-venus-arrivals -----------------------------------------------------------------------------


def fit_helios(root):
    path = os.path.join(root, "helios-venus-arrivals", "cluster_throughput.csv.gz")
    with gzip.open(path, "rt") as file:
        rows = [(datetime.datetime.fromisoformat(r["time"]), int(r["submit_gpu_job"]), int(r["submit_gpu_num"]))
                for r in csv.DictReader(file)]
    while rows[-1][1] == 0:
        rows.pop()
    hourly = collections.Counter()
    for time, jobs, _ in rows:
        hourly[time.replace(minute=0)] += jobs
    arrivals = fit_arrivals("helios_venus arrivals", hourly)
    # Bins with one job tell its size. They are quieter than others, with smaller jobs: the shares are
    # tilted by g^b so that the mean is that of all jobs.
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


# ---- acme-summary --------------------------------------------------------------------------------------


def geometric_sizes(values, mean, single):
    """Shares of `values`: `single` for the first, the rest falling by one ratio so that the mean is right."""
    def shares(ratio):
        rest = [ratio**i for i in range(len(values) - 1)]
        return [single] + [(1 - single) * r / sum(rest) for r in rest]

    ratio = bisect_root(lambda r: sum(v * s for v, s in zip(values, shares(r))) - mean, 1e-6, 2)
    return list(zip(values, shares(ratio)))


def pai_sizes(mean):
    """A quarter of a GPU, a half, then whole ones, each of which is half as common as the one before but
    for the first. The median is a half. Assumption: pai_shares (0.3 each for a quarter and a half)."""
    def shares(single):
        return [0.3, 0.3, 0.4 * single] + [0.4 * (1 - single) * s for s in (4 / 7, 2 / 7, 1 / 7)]

    values = [0.25, 0.5, 1, 2, 4, 8]
    single = bisect_root(lambda p: mean - sum(v * s for v, s in zip(values, shares(p))), 0, 1)
    return list(zip(values, shares(single)))


class AcmeFit:
    """Run times are log-normal, cut at the longest one, with median m g^b for jobs of g GPUs: mean, median
    and (where the row has it) the mean of GPUs x run time fix sigma, m and b."""

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
            return math.exp(bisect_root(
                lambda x: 0.5 - sum(s * self.cdf(self.median, math.exp(x), sigma, g) for g, s in self.sizes),
                math.log(self.median) - 12, math.log(self.median) + 3, 45))

        sigma = bisect_root(lambda s: self.means(scale(s), s)[0] - self.mean, 0.3, 4, 30)
        m = scale(sigma)
        return (sigma, m) + self.means(m, sigma)

    def report(self):
        print(f"acme_{self.name.lower()}: sigma {self.sigma:.4f}, median {self.m:.2f} s x GPUs^{self.b:.3f}")
        median = sum(s * self.cdf(self.median, self.m, self.sigma, g) for g, s in self.sizes)
        print(f"  mean {self.got_mean:.1f} s (row {self.mean:.1f}); share of jobs below the row's median "
              f"{median:.4f}; GPUs {sum(g * s for g, s in self.sizes):.3f} (row {self.gpus:.3f})")
        if self.gpu_time:
            print(f"  mean GPU time {self.got_gpu_time:.0f} GPU s (row {self.gpu_time:.0f})")


def fit_acme(root):
    with open(os.path.join(root, "acme-summary", "cluster_summary.csv")) as file:
        fits = [AcmeFit(row) for row in csv.DictReader(file)]
    for fit in fits:
        fit.report()
    return fits


# ---- The table for the program -------------------------------------------------------------------------


def numbers(values, n=5):
    return ", ".join(f"{digits(v, n):g}" if digits(v, n) < 1e6 else str(int(digits(v, n))) for v in values)


def print_arrivals(name, fit):
    states = fit.states()
    print(f"constexpr ArrivalData k{name}Arrivals = {{")
    print(f"    {digits(fit.rate_per_h):g},\n    {{{numbers(fit.daily, 4)}}},\n    {{{numbers(fit.weekly, 4)}}},")
    print("    {" + ", ".join(f"{{{digits(r):g}, {digits(t):g}}}" for r, t in states) + "}};")


def print_sizes(name, sizes):
    """sizes: [(share, GPUs, median, sigma, longest)], a median of 0 meaning a table."""
    print(f"constexpr SizeData k{name}Sizes[] = {{")
    for share, gpus, median, sigma, longest in sizes:
        print(f"    {{{digits(share, 5):g}, {gpus:g}, {digits(median, 5):g}, {digits(sigma, 5):g}, {int(longest)}}},")
    print("};")


def print_cpp(philly, philly_arrivals, helios_sizes, helios_arrivals, acme):
    print("// Printed by tools/fit_presets.py --cpp from the data sets philly, helios-venus-arrivals and\n"
          "// acme-summary. docs/models/workload.md tells the method and the errors.\n\n// clang-format off")
    print(f"constexpr double kGrid[] = {{{numbers(GRID, 6)}}};")
    for group, table in philly.tables.items():
        print(f"constexpr double kPhilly{group}[] = {{{numbers(table)}}};")
    print_sizes("Philly", [(w, g, 0, 0, 0) for g, w in philly.weights.items()])
    print_arrivals("Philly", philly_arrivals)
    print_arrivals("HeliosVenus", helios_arrivals)
    helios = next(f for f in acme if f.name == "Helios")
    print_sizes("HeliosVenus", [(w, g, helios.m * g**helios.b, helios.sigma, helios.longest)
                                for g, w in helios_sizes.items()])
    for fit in acme:
        print_sizes("Acme" + fit.name.capitalize(),
                    [(s, g, fit.m * g**fit.b, fit.sigma, fit.longest) for g, s in fit.sizes])
        print(f"constexpr double kAcme{fit.name.capitalize()}RatePerH = {digits(fit.rate_per_h):g};")
    print("// clang-format on")


def main():
    root = os.environ.get("ORRERY_TRACES")
    if not root or not os.path.isdir(root):
        sys.exit("fit_presets.py: set ORRERY_TRACES to the folder that holds philly, helios-venus-arrivals "
                 "and acme-summary")
    cpp = "--cpp" in sys.argv[1:]
    out = sys.stdout
    if cpp:
        sys.stdout = open(os.devnull, "w")
    philly, philly_arrivals = fit_philly(root)
    helios_sizes, helios_arrivals = fit_helios(root)
    acme = fit_acme(root)
    sys.stdout = out
    if cpp:
        print_cpp(philly, philly_arrivals, helios_sizes, helios_arrivals, acme)


if __name__ == "__main__":
    main()
