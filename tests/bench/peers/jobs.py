"""Writes the job file of the peers' comparison: SWF, whole hosts, Poisson arrivals."""

import argparse
import random


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--jobs", type=int, default=20000)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--load", type=float, default=0.95)
    arguments = parser.parse_args()
    draw = random.Random(1)
    sizes = [1, 2, 4, 8, 16, 32, 64]
    weights = [1 / size for size in sizes]
    mean_size = sum(s * w for s, w in zip(sizes, weights)) / sum(weights)
    # Long enough that hardly any two events fall into one second: simulators differ in whether they
    # decide after each event or after each instant.
    mean_run = 1.8e7
    gap = mean_size * mean_run / (arguments.load * arguments.hosts)
    now = 0.0
    with open(arguments.path, "w", encoding="ascii") as file:
        file.write("; Version: 2.2\n; MaxProcs: %d\n" % arguments.hosts)
        for job in range(1, arguments.jobs + 1):
            now += draw.expovariate(1 / gap)
            run = max(1, round(draw.expovariate(1 / mean_run)))
            size = draw.choices(sizes, weights)[0]
            estimate = round(run * draw.uniform(1, 5))
            file.write("%d %d -1 %d %d -1 -1 %d %d -1 1 1 1 -1 -1 -1 -1 -1\n"
                       % (job, round(now), run, size, size, estimate))


if __name__ == "__main__":
    main()
