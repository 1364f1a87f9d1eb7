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
from scipy import optimize

DEFAULT = "us-east-1"  # whose market and owners are the defaults of models/failure/churn.h
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


def stationary(count, leave, back, switch):
    """The law of (state, nodes that are there) in the long run, and the chain that it is of."""
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
    return law @ power, chain


def all_on(count, leave, back, switch):
    """(share of the time that one of the nodes is there, that all `count` are)."""
    law = stationary(count, leave, back, switch)[0].reshape(2, count + 1).sum(0)
    return law @ numpy.arange(count + 1) / count, law[count]


def binomial(n, p):
    law = numpy.ones(1)
    for _ in range(n):
        law = numpy.convolve(law, [1 - p, p])
    return law


def averages(leave, back, switch):
    """Chances a tick to leave and to come back, averaged over calm and tight times."""
    weights = switch[::-1] / switch.sum()
    return leave @ weights, back @ weights


def one_node(leave, back, switch):
    """Share of the time that a node is there, and its chance to leave in a tick, over all ticks."""
    share, chain = stationary(1, leave, back, switch)
    there = share.reshape(2, 2)[:, 1]
    goes = numpy.array([chain[2 * state + 1, [0, 2]].sum() for state in (0, 1)])
    return there.sum(), there @ goes


def own_habits(blocks, market):
    """The market for nodes that are there as long, and go as often, as those of these blocks: what
    a scenario says with `on` and `off` of a group, where all regions have the same market."""
    leave, back, switch = market
    means = averages(*market)
    share = numpy.mean([zone.mean() for zone in blocks])
    goes = numpy.mean([((zone[:, :-1] == 1) & (zone[:, 1:] == 0)).mean() for zone in blocks])

    def law(logs):
        scale = numpy.exp(logs) / means
        return leave * scale[0], back * scale[1], switch

    def off_by(logs):
        there, leaves = one_node(*law(logs))
        return there - share, numpy.log(leaves / goes)

    return law(optimize.fsolve(off_by, numpy.log([goes / share, goes / (1 - share)])))


def halves(found):
    """{region: (blocks to fit, zones of the others)}."""
    parts = {region: numpy.array_split(zones, _BLOCKS, axis=1) for region, zones in found.items()}
    return {region: (blocks[0::2], numpy.concatenate(blocks[1::2], axis=1)) for region, blocks in parts.items()}


def nine_zones(parts, laws, market):
    """Share of the time that all zones are there: on the blocks held back, and what follows from those fitted."""
    joint = {name: 1.0 for name in ("independent", "market of each", "market of one", "habits of one")}
    for region, (blocks, held) in parts.items():
        fitted = numpy.concatenate(blocks, axis=1)
        joint["independent"] *= fitted.mean(1).prod()
        for name, law in (("market of each", laws[region]), ("market of one", own_habits(blocks, market)),
                          ("habits of one", market)):
            joint[name] *= all_on(len(held), *law)[1]
    joint["held back"] = numpy.concatenate([held for _, held in parts.values()]).min(0).mean()
    return joint


def tell(name, law, zones_held, gap):
    leave, back, switch = law
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
    parts = halves(found)
    laws = {region: fit(blocks) for region, (blocks, _) in parts.items()}
    for region, law in laws.items():
        tell(region, law, [parts[region][1]], gap)
    tell("all regions alike", fit([block for blocks, _ in parts.values() for block in blocks]),
         [held for _, held in parts.values()], gap)
    market = laws[DEFAULT]
    for region, (blocks, _) in parts.items():
        law = own_habits(blocks, market)
        on, off = gap / 60 / numpy.array(averages(*law))
        one, joint = all_on(len(blocks[0]), *law)
        print(f"{region} with the market of {DEFAULT}: on {on:.0f} min, off {off:.0f} min; "
              f"one is there {one:.3f} of the time, all at once {joint:.3f}")
    joint = nine_zones(parts, laws, market)
    print("all zones at once:", ", ".join(f"{name} {share:.4f}" for name, share in joint.items()))


if __name__ == "__main__":
    main()
