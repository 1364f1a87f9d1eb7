"""Fits the churn of spot nodes, with what the nodes of a region have in common, to spot-traces (docs/models/churn.md).

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.churn

DIR holds one folder a data set. A region is calm or tight, and changes between the two at constant rates; a node leaves and
comes back at constant rates that depend on it: a hidden Markov model, fitted by expectation-maximisation on every other one of
ten blocks of 4.5 days. The other blocks tell the error. (Availability drifts over the 45 days: halves would differ by more than
any model's error.)
"""

import glob
import gzip
import json
import os

import numpy

_ROUNDS = 40
_BLOCKS = 10
_HOUR = 3600


def regions(folder):
    """{region: matrix of zones × ticks, 1 where a node could be had}, and the length of a tick [s]."""
    found, gap = {}, 0
    for path in sorted(glob.glob(os.path.join(folder, "availability_1-node_aws-02-15-2023_*_v100_1.json.gz"))):
        with gzip.open(path, "rt") as file:
            trace = json.load(file)
        gap = trace["metadata"]["gap_seconds"]
        region = os.path.basename(path).split("_")[3][:-1]
        found.setdefault(region, []).append((numpy.array(trace["data"]) > 0).astype(int))
    ticks = min(len(zone) for zones in found.values() for zone in zones)
    return {region: numpy.array([zone[:ticks] for zone in zones]) for region, zones in found.items()}, gap


def likelihoods(zones, leave, back):
    """P(this tick's zones | those of the tick before, state), ticks × states."""
    before, after = zones[:, :-1], zones[:, 1:]
    chances = []
    for state in (0, 1):
        on = numpy.where(before == 1, 1 - leave[state], back[state])
        chances.append(numpy.prod(numpy.where(after == 1, on, 1 - on), axis=0))
    return numpy.array(chances).T


def expectations(chances, switch):
    """Chances of the states at each tick, and of each change of state between two."""
    moves = numpy.array([[1 - switch[0], switch[0]], [switch[1], 1 - switch[1]]])
    ahead = numpy.zeros_like(chances)
    state = numpy.array([0.5, 0.5])
    for t, chance in enumerate(chances):
        state = (state @ moves) * chance
        state /= state.sum()
        ahead[t] = state
    behind = numpy.ones(2)
    states = numpy.zeros_like(chances)
    changes = numpy.zeros((2, 2))
    states[-1] = ahead[-1]
    for t in range(len(chances) - 2, -1, -1):
        joint = ahead[t][:, None] * moves * (chances[t + 1] * behind)[None, :]
        changes += joint / joint.sum()
        behind = moves @ (chances[t + 1] * behind)
        behind /= behind.sum()
        states[t] = ahead[t] * behind
        states[t] /= states[t].sum()
    return states, changes


def fit(all_zones):
    """(leave, back, switch): chances a tick, each by state (calm, tight), one for all regions."""
    leave, back, switch = numpy.array([0.03, 0.2]), numpy.array([0.2, 0.03]), numpy.array([0.005, 0.005])
    for _ in range(_ROUNDS):
        left, came, on, off = (numpy.zeros(2) for _ in range(4))
        changes = numpy.zeros((2, 2))
        for zones in all_zones:
            states, moved = expectations(likelihoods(zones, leave, back), switch)
            changes += moved
            before, after = zones[:, :-1], zones[:, 1:]
            on += ((before == 1).sum(0)[:, None] * states).sum(0)
            off += ((before == 0).sum(0)[:, None] * states).sum(0)
            left += (((before == 1) & (after == 0)).sum(0)[:, None] * states).sum(0)
            came += (((before == 0) & (after == 1)).sum(0)[:, None] * states).sum(0)
        leave, back = left / on, came / off
        switch = numpy.array([changes[0, 1], changes[1, 0]]) / changes.sum(1)
    return leave, back, switch


def all_on(count, leave, back, switch):
    """(share of the time that one of the nodes is there, that all `count` are), in the stationary state."""
    moves = numpy.array([[1 - switch[0], switch[0]], [switch[1], 1 - switch[1]]])
    size = 2 * (count + 1)  # state × nodes on
    chain = numpy.zeros((size, size))
    for state in (0, 1):
        for on in range(count + 1):
            for following in (0, 1):
                stay = binomial(on, 1 - leave[following])
                come = binomial(count - on, back[following])
                spread = numpy.convolve(stay, come)
                row = state * (count + 1) + on
                chain[row, following * (count + 1):(following + 1) * (count + 1)] = moves[state, following] * spread
    law = numpy.ones(size) / size
    power = numpy.linalg.matrix_power(chain, 1 << 20)
    law = (law @ power).reshape(2, count + 1).sum(0)
    return law @ numpy.arange(count + 1) / count, law[count]


def binomial(n, p):
    law = numpy.ones(1)
    for _ in range(n):
        law = numpy.convolve(law, [1 - p, p])
    return law


def tell(name, zones_fitted, zones_held, gap):
    leave, back, switch = fit(zones_fitted)
    hours = gap / _HOUR
    print(f"{name}: calm for {hours / switch[0]:.1f} h, tight for {hours / switch[1]:.1f} h; a node stays "
          f"{hours / leave[0]:.2f} h in calm, {hours / leave[1]:.2f} h in tight times, and is away for "
          f"{hours / back[0]:.2f} h, {hours / back[1]:.2f} h")
    for zones in zones_held:
        count = len(zones)
        one, joint = all_on(count, leave, back, switch)
        print(f"  held back, {count} zones: one is there {zones.mean():.3f} of the time (fit {one:.3f}); "
              f"all at once {zones.min(0).mean():.3f}, fit {joint:.3f}, "
              f"if they were independent {zones.mean(1).prod():.3f}")


def main():
    found, gap = regions(os.path.join(os.environ["ORRERY_TRACES"], "spot-traces"))
    every = numpy.concatenate(list(found.values()))
    print(f"all {len(every)} zones at once: {every.min(0).mean():.4f} of the time; "
          f"if they were independent {every.mean(1).prod():.4f}; if their regions were "
          f"{numpy.prod([zones.min(0).mean() for zones in found.values()]):.4f}")
    parts = {region: numpy.array_split(zones, _BLOCKS, axis=1) for region, zones in found.items()}
    held = [numpy.concatenate(blocks[1::2], axis=1) for blocks in parts.values()]
    for (region, blocks), rest in zip(parts.items(), held):
        tell(region, blocks[0::2], [rest], gap)
    tell("all regions alike", [block for blocks in parts.values() for block in blocks[0::2]], held, gap)


if __name__ == "__main__":
    main()
