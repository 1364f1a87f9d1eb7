"""Fits the laws of failures and repairs to the data set fta-lanl (docs/models/failures.md).

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.failures

DIR holds one folder a data set. The nodes are halved at random: one half is fitted, the other one tells the error.
"""

import collections
import gzip
import os

import numpy
from scipy import stats

_LEAST_SPELLS = 20  # of a node whose own mean is divided out
_HOUR = 3600


def spells(path):
    """{node: [hours]} of the spells up, and of the spells down."""
    up, down = collections.defaultdict(list), collections.defaultdict(list)
    with gzip.open(path, "rt") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            try:
                kind, start, stop = int(fields[5]), float(fields[6]), float(fields[7])
            except (IndexError, ValueError):
                continue  # the head of the table
            if stop > start:
                (up if kind == 1 else down)[fields[2]].append((stop - start) / _HOUR)
    return up, down


def halves(nodes, seed=1):
    nodes = sorted(nodes)
    numpy.random.RandomState(seed).shuffle(nodes)
    return nodes[: len(nodes) // 2], nodes[len(nodes) // 2 :]


def pooled(spells_by_node, nodes):
    return numpy.concatenate([spells_by_node[node] for node in nodes if spells_by_node.get(node)])


def relative(spells_by_node, nodes):
    """Spells over their node's own mean: nodes differ in how often they fail, not in the law."""
    return numpy.concatenate([numpy.array(own) / numpy.mean(own)
                              for own in map(spells_by_node.get, nodes)
                              if own is not None and len(own) >= _LEAST_SPELLS])


def law_of_failures(up, fitted, held):
    """Of times to failure: shape and distances of the distribution functions on the half held back."""
    shape, _, scale = stats.weibull_min.fit(relative(up, fitted), floc=0)
    rest = relative(up, held)
    return {"shape": shape, "spells": len(rest),
            "distance": stats.kstest(rest, "weibull_min", args=(shape, 0, scale)).statistic,
            "exponential": stats.kstest(rest, "expon").statistic}


def law_of_repairs(down, fitted, held):
    """Median [h] and sigma; distances and quantiles (of the half held back, and of the fit [h])."""
    logs = numpy.log(pooled(down, fitted))
    law = (logs.std(), 0, numpy.exp(logs.mean()))
    rest = pooled(down, held)
    mean = pooled(down, fitted + held).mean()
    return {"median": law[2], "sigma": law[0], "mean": stats.lognorm.mean(*law), "spells": len(rest),
            "distance": stats.kstest(rest, "lognorm", args=law).statistic,
            "exponential": stats.kstest(rest, "expon", args=(0, mean)).statistic,
            "quantiles": {q: (numpy.quantile(rest, q), stats.lognorm.ppf(q, *law))
                          for q in (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)}}


def read(root):
    return spells(os.path.join(root, "fta-lanl", "event_trace.tsv.gz"))


def main():
    up, down = read(os.environ["ORRERY_TRACES"])
    fitted, held = halves(set(up) | set(down))
    every = pooled(up, fitted + held)
    print(f"time to failure: mean {every.mean():.0f} h over {len(every)} spells")
    law = law_of_failures(up, fitted, held)
    print(f"  Weibull shape {law['shape']:.3f} (relative to each node's mean)")
    print(f"  held back ({law['spells']} spells): greatest distance of the distribution functions "
          f"{law['distance']:.3f}; exponential {law['exponential']:.3f}")
    every = pooled(down, fitted + held)
    print(f"repair: mean {every.mean():.2f} h over {len(every)} spells")
    law = law_of_repairs(down, fitted, held)
    print(f"  log-normal median {law['median'] * 60:.0f} min, sigma {law['sigma']:.2f}, mean {law['mean']:.1f} h")
    print(f"  held back ({law['spells']} spells): greatest distance {law['distance']:.3f}; "
          f"exponential {law['exponential']:.3f}")
    for q, (seen, fit) in law["quantiles"].items():
        print(f"  quantile {q}: {seen:.2f} h, fit {fit:.2f} h")


if __name__ == "__main__":
    main()
