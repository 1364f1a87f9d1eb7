"""Tells how far lengths of requests are from requests that their quantiles were not taken from.

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.lengths

DIR holds one folder a data set. The table in models/workload/serving/requests.cc holds quantiles of an hour of Azure's
conversations. Here quantiles of the first half hour, by number of requests, are compared with the second half.
"""

import csv
import gzip
import os
import re

import numpy as np

TABLE = "models/workload/serving/requests.cc"
TOLD = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
COLUMNS = {"AzurePrompts": "ContextTokens", "AzureOutputs": "GeneratedTokens"}


def tables():
    """{function: [(p, tokens)]} as built in."""
    with open(TABLE, encoding="utf-8") as file:
        text = file.read()
    found = {}
    for name in COLUMNS:
        body = re.search(name + r"\(\) \{\s*return \{\.law = Empirical\{\{(.*?)\}\}\};", text, re.DOTALL)[1]
        found[name] = [(float(p), float(tokens.replace("'", "")))
                       for p, tokens in re.findall(r"\{([\d.]+), ([\d']+)\}", body)]
    return found


def read(root):
    """{function: tokens of each request, in order of time}."""
    path = os.path.join(root, "azure-llm-2023", "AzureLLMInferenceTrace_conv.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["TIMESTAMP"])
    return {name: np.array([int(row[column]) for row in rows]) for name, column in COLUMNS.items()}


def below(table, tokens):
    """The share of the law below so many tokens: quantiles are joined by straight lines of the logarithm."""
    p, values = np.array(table).T
    return np.interp(np.log(tokens), np.log(values), p)


def mean(table):
    """Of the law: between two quantiles it is the logarithmic mean of both."""
    p, values = np.array(table).T
    low, high = values[:-1], values[1:]
    ratio = np.log(np.where(high > low, high / low, 2))
    return np.diff(p) @ np.where(high > low, (high - low) / ratio, low)


def distance(table, sample):
    """Greatest distance of the distribution functions (Kolmogorov–Smirnov)."""
    values, counts = np.unique(sample, return_counts=True)
    after = np.cumsum(counts) / len(sample)
    law = below(table, values)
    return max(np.max(np.abs(law - after)), np.max(np.abs(law - after + counts / len(sample))))


def quantiles_of(sample, grid):
    return [(p, float(np.quantile(sample, p))) for p in grid]


def held_back(sample, grid):
    """The first half's quantiles against the second half: distance, {p: (fitted, seen)}, error of the
    law's mean."""
    first, second = np.array_split(sample, 2)
    table = quantiles_of(first, grid)
    at = {p: (fitted, float(np.quantile(second, p))) for p, fitted in table if p in TOLD}
    return distance(table, second), at, mean(table) / second.mean() - 1


def main():
    requests = read(os.environ["ORRERY_TRACES"])
    for name, table in tables().items():
        sample = requests[name]
        print(f"{name}: {len(sample)} requests, mean {sample.mean():.0f}; the table: mean {mean(table):.0f}, distance "
              f"to all of them {distance(table, sample):.3f}")
        apart, at, off = held_back(sample, [p for p, _ in table])
        print(f"  first half against second half: distance {apart:.3f}, mean {off:+.1%}; quantiles "
              + ", ".join(f"{p:.0%} {fitted:.0f} ({seen:.0f})" for p, (fitted, seen) in at.items()))


if __name__ == "__main__":
    main()
