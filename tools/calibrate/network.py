"""Fits the round-trip times of models/network to the data sets wondernetwork-2018, ibm-rtt and netlatency.

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.network          the fit with its errors
    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.network --cpp    models/network/rtt_data.inc
    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.network --svg    docs/models/network_residuals.svg

from the root. DIR holds one folder a data set. docs/models/network.md tells the method. numpy is
the only package it needs.
"""

import collections
import csv
import glob
import gzip
import math
import os
import re
import sys

import numpy as np

from tools.calibrate import residual_plot

# Light in fibre goes 200 km a millisecond: no route is faster.
FIBRE_MS_PER_KM = 2 / 200
# La Ceiba is at the wrong place; Kampala and Hangzhou answer others seconds late.
NOWHERE, LATE = {"La Ceiba"}, {"Kampala", "Hangzhou"}
# What a pair of areas without data falls back on, as pairs with an error of their own.
PRIOR_PAIRS = 6
# Distances at which the spread of pairs about the model changes [km].
RESIDUAL_KM = (300, 1000, 3000, 6000)
IBM_CITIES = {
    "Chennai": ("IN", 13.0827, 80.2707), "Dallas": ("US", 32.7831, -96.8067),
    "Frankfurt": ("DE", 50.1155, 8.6842), "London": ("GB", 51.5085, -0.1257),
    "Madrid": ("ES", 40.4165, -3.7026), "Montreal": ("CA", 45.5088, -73.5878),
    "Osaka": ("JP", 34.6937, 135.5022), "Sao Paulo": ("BR", -23.5475, -46.6361),
    "Sydney": ("AU", -33.8678, 151.2073), "Tokyo": ("JP", 35.6895, 139.6917),
    "Toronto": ("CA", 43.7001, -79.4163), "Washington DC": ("US", 38.8951, -77.0364),
}

Pair = collections.namedtuple("Pair", "a b km rtt_ms area_a area_b")


def hash64(text):
    """FNV-1a, folded; the C++ test takes the same."""
    value = 0xcbf29ce484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001b3 % 2**64
    return value ^ (value >> 32)


def held_city(name):
    return hash64("city " + name) % 100 < 15


def held_pair(a, b):
    return hash64(min(a, b) + "|" + max(a, b)) % 100 < 20


def areas():
    """Names of the areas in order, and the area of each country."""
    with open("models/network/areas.inc", encoding="utf-8") as file:
        text = file.read()
    names, of = [], {}
    for name, lists in re.findall(r'ORRERY_AREA\(\s*\w+, "(\w+)",((?:\s*"[A-Z ]*")+)\)', text):
        for country in "".join(re.findall('"([^"]*)"', lists)).split():
            of[country] = len(names)
        names.append(name)
    return names, of


def read_public(root, of):
    """The mean of what was measured between two cities, both ways."""
    with open("tools/calibrate/countries.csv", encoding="utf-8") as file:
        codes = dict(line.strip().rsplit(",", 1) for line in file if not line.startswith("#"))
    path = os.path.join(root, "wondernetwork-2018", "city_pings.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    area, found, jitter = {}, collections.defaultdict(list), []
    for row in rows:
        city = row["dst"].replace("+", " ")
        label = row["dst_label"].rsplit(", ", 1)[0]
        if label.startswith(city + " "):
            area[city] = of[codes[label[len(city) + 1:]]]
    for row in rows:
        a, b = row["src"].replace("+", " "), row["dst"].replace("+", " ")
        if a == b or {a, b} & NOWHERE or b in LATE or a not in area or b not in area:
            continue
        km = float(row["km"])
        if float(row["rtt_min_ms"]) < FIBRE_MS_PER_KM * km:
            continue
        found[min(a, b), max(a, b)].append((km, float(row["rtt_avg_ms"])))
        if not held_city(a) and not held_city(b) and not held_pair(a, b):
            jitter.append(float(row["rtt_mdev_ms"]))
    pairs = [Pair(a, b, np.mean([k for k, _ in v]), np.mean([r for _, r in v]), area[a], area[b])
             for (a, b), v in sorted(found.items())]
    return pairs, jitter


def great_circle_km(a, b):
    la, oa, lb, ob = (math.radians(x) for x in (*a, *b))
    h = math.sin((lb - la) / 2)**2 + math.cos(la) * math.cos(lb) * math.sin((ob - oa) / 2)**2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def read_backbone(root, of):
    """The median of the windows of three years between two regions."""
    path = os.path.join(root, "ibm-rtt", "inter_region_rtt.csv.gz")
    found = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            a, b = sorted((row["src"], row["dst"]))
            if a != b:
                found[a, b].append(float(row["rtt_ms_mean30d"]))
    pairs = []
    for (a, b), values in sorted(found.items()):
        km = great_circle_km(IBM_CITIES[a][1:], IBM_CITIES[b][1:])
        pairs.append(Pair(a, b, km, float(np.median(values)), of[IBM_CITIES[a][0]],
                          of[IBM_CITIES[b][0]]))
    return pairs


def bounded_least_squares(matrix, target, low, start, sweeps=200):
    """argmin |matrix x - target| with x >= low, by coordinate descent."""
    gram, right, x = matrix.T @ matrix, matrix.T @ target, np.maximum(start, low)
    for _ in range(sweeps):
        for i in range(len(x)):
            if gram[i, i] > 0:
                x[i] = max(low[i], x[i] + (right[i] - gram[i] @ x) / gram[i, i])
    return x


def fit_relative(design, rtt_ms, low, start, prior=None):
    """x >= low that makes the sum of |design x / rtt - 1| small, by reweighting. `prior`: rows that
    say where x tends to."""
    rows, target, x = design / rtt_ms[:, None], np.ones(len(rtt_ms)), start
    for _ in range(30):
        weight = 1 / np.sqrt(np.maximum(np.abs(rows @ x - target), 0.02))
        matrix, goal = rows * weight[:, None], weight
        if prior is not None:
            matrix, goal = np.vstack([matrix, prior[0]]), np.concatenate([goal, prior[1]])
        x = bounded_least_squares(matrix, goal, low, x, 20)
    return x


class Model:
    """Round trips in ms: an end of each pair adds what its area adds, the way what its pair of
    areas takes a kilometre."""

    def __init__(self, pairs, count):
        self.count = count
        km, rtt = np.array([p.km for p in pairs]), np.array([p.rtt_ms for p in pairs])
        design = np.stack([np.ones(len(pairs)), km], axis=1)
        self.simple = fit_relative(design, rtt, np.array([0, FIBRE_MS_PER_KM]), np.array([20, 0.02]))
        base, slope = self.simple[0] / 2, self.simple[1]
        start = np.concatenate([np.full(count, base), np.full(count * count, slope)])
        low = np.concatenate([np.zeros(count), np.full(count * count, FIBRE_MS_PER_KM)])
        weights = math.sqrt(PRIOR_PAIRS) / start
        prior = np.diag(weights), weights * start
        x = fit_relative(np.array([self.row(p) for p in pairs]), rtt, low, start, prior)
        self.base, self.slope = x[:count].round(2), (x[count:] * 1000).round(3) / 1000
        self.backbone = np.array([1.0, 1.0])

    def cell(self, p):
        return self.count + min(p.area_a, p.area_b) * self.count + max(p.area_a, p.area_b)

    def row(self, p):
        row = np.zeros(self.count + self.count**2)
        row[p.area_a] += 1
        row[p.area_b] += 1
        row[self.cell(p)] = p.km
        return row

    def parts(self, p):
        return (self.base[p.area_a] + self.base[p.area_b],
                self.slope[self.cell(p) - self.count] * p.km)

    def fit_backbone(self, pairs):
        design = np.array([self.parts(p) for p in pairs])
        rtt = np.array([p.rtt_ms for p in pairs])
        self.backbone = fit_relative(design, rtt, np.zeros(2), np.ones(2)).round(3)

    def full_ms(self, p):
        return sum(self.parts(p))

    def backbone_ms(self, p):
        return float(self.backbone @ np.array(self.parts(p)))

    def simple_ms(self, p):
        return float(self.simple @ np.array([1, p.km]))


def split(pairs):
    """Pairs to fit to, held-back pairs of known cities, and all pairs of held-back cities."""
    cities = [p for p in pairs if held_city(p.a) or held_city(p.b)]
    known = [p for p in pairs if not (held_city(p.a) or held_city(p.b))]
    return ([p for p in known if not held_pair(p.a, p.b)], [p for p in known if held_pair(p.a, p.b)],
            cities)


def errors(pairs, predict):
    relative = np.array([abs(predict(p) / p.rtt_ms - 1) for p in pairs])
    return "%d pairs: median %.1f%%, p90 %.1f%%" % (
        len(pairs), 100 * np.median(relative), 100 * np.quantile(relative, 0.9))


def log_residuals(pairs, predict):
    return np.array([math.log(p.rtt_ms / predict(p)) for p in pairs])


def band(km):
    return sum(km >= edge for edge in RESIDUAL_KM)


def spread(residuals):
    """The sigma of a normal law of median 0 that holds as many of them within one sigma."""
    return float(np.quantile(np.abs(residuals), 0.6827))


def fit_residuals(pairs, predict):
    """Sigma of ln(measured / modelled) by band of distance."""
    residuals, bands = log_residuals(pairs, predict), np.array([band(p.km) for p in pairs])
    return [spread(residuals[bands == i]) for i in range(len(RESIDUAL_KM) + 1)]


def read_home(root):
    """Round trips [s] between personal devices: slices x devices x devices; nan: not measured."""
    slices = []
    for path in sorted(glob.glob(os.path.join(root, "netlatency", "SeattleData_*.tsv.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            slices.append([[float(x) for x in line.split()] for line in file])
    data = np.array(slices)
    data[data <= 0] = np.nan
    data[:, range(data.shape[1]), range(data.shape[1])] = np.nan
    return data


def tail_ratios(data):
    """How far above its own median a pair is, over all pairs and slices above it."""
    known = ~np.all(np.isnan(data), axis=0)
    pairs = data[:, known]
    ratio = pairs / np.nanmedian(pairs, axis=0)
    return ratio[ratio > 1]


def fit_home(root):
    """Milliseconds that a home adds to each round trip, and the exponent of the tail (Hill)."""
    data = read_home(root)
    with gzip.open(os.path.join(root, "netlatency", "PlanetLabData_1.tsv.gz"), "rt",
                   encoding="utf-8") as file:
        sites = np.array([[float(x) for x in line.split()] for line in file])
    median_ms = 1000 * np.nanmedian(data), np.median(sites[sites > 0])
    access_ms = (median_ms[0] - median_ms[1]) / 2
    exponent = 1 / np.mean(np.log(tail_ratios(data[::2])))
    held = tail_ratios(data[1::2])
    quantiles = [(p, np.quantile(held, p), (1 - p)**(-1 / exponent)) for p in (0.5, 0.8, 0.9, 0.98)]
    return access_ms, exponent, median_ms, quantiles


def fit(root):
    names, of = areas()
    public, jitter = read_public(root, of)
    train, pairs, cities = split(public)
    model = Model(train, len(names))
    backbone = read_backbone(root, of)
    model.fit_backbone([p for p in backbone if not held_pair(p.a, p.b)])
    model.jitter_ms = float(np.median(jitter))
    model.residual = fit_residuals(train, model.full_ms)
    model.backbone_residual = spread(log_residuals(
        [p for p in backbone if not held_pair(p.a, p.b)], model.backbone_ms))
    return names, model, {"fitted": train, "held-back pairs": pairs, "held-back cities": cities}, backbone


def print_cpp(names, model, home):
    access_ms, exponent = home[:2]
    print("// Made by tools/calibrate/network.py from wondernetwork-2018, ibm-rtt and netlatency.")
    print("// docs/models/network.md tells the method and the errors.")
    print("constexpr double kSimpleBaseMs = %.2f;" % model.simple[0])
    print("constexpr double kSimpleMsPerKm = %.6f;" % model.simple[1])
    print("constexpr double kBackboneBase = %.3f;" % model.backbone[0])
    print("constexpr double kBackboneWay = %.3f;" % model.backbone[1])
    print("constexpr double kJitterMs = %.3f;" % model.jitter_ms)
    print("constexpr double kHomeAccessMs = %.1f;" % access_ms)
    print("constexpr double kHomeTailExponent = %.3f;" % exponent)
    print("// Standard deviations of ln(measured / modelled), of public routes by distance: below each of these,")
    print("// and beyond.")
    print("constexpr double kResidualKm[] = {%s};" % ", ".join(map(str, RESIDUAL_KM)))
    print("constexpr double kResidualSigma[] = {%s};" % ", ".join("%.3f" % s for s in model.residual))
    print("constexpr double kBackboneResidualSigma = %.3f;" % model.backbone_residual)
    print("// What each end adds [ms].")
    print("constexpr double kBaseMs[] = {")
    for name, base in zip(names, model.base):
        print("    %.2f,  // %s" % (base, name))
    print("};")
    print("// Microseconds a kilometre: row by row, from the area of the row to itself and those after it.")
    print("constexpr double kWayUsPerKm[] = {")
    for i, name in enumerate(names):
        cells = ", ".join("%.3f" % (1000 * s) for s in model.slope[i * len(names) + i:(i + 1) * len(names)])
        print("    // %s\n    %s," % (name, cells))
    print("};")


def main(arguments):
    root = os.environ.get("ORRERY_TRACES")
    if root is None or arguments not in ([], ["--cpp"], ["--svg"]):
        sys.exit(__doc__)
    names, model, public, backbone = fit(root)
    if arguments == ["--svg"]:
        names = "held-back pairs", "held-back cities", "fitted"
        residual_plot.draw([(name, public[name], model.full_ms) for name in names]
                           + [("a provider's backbone", backbone, model.backbone_ms)])
        return
    home = fit_home(root)
    if arguments == ["--cpp"]:
        print_cpp(names, model, home)
        return
    for name, pairs in public.items():
        print("%s, full: %s" % (name, errors(pairs, model.full_ms)))
        print("%s, simple: %s" % (name, errors(pairs, model.simple_ms)))
    for held in (False, True):
        pairs = [p for p in backbone if held_pair(p.a, p.b) == held]
        print("backbone, %s: %s" % ("held-back pairs" if held else "fitted", errors(pairs, model.backbone_ms)))
    for name, pairs in public.items():
        print("%s, sigma of residuals by distance: %s" % (
            name, " ".join("%.3f" % s for s in fit_residuals(pairs, model.full_ms))))
    for held in (False, True):
        pairs = [p for p in backbone if held_pair(p.a, p.b) == held]
        print("backbone, %s, sigma of residuals: %.3f" % (
            "held-back pairs" if held else "fitted", spread(log_residuals(pairs, model.backbone_ms))))
    print("home: medians %.0f ms and %.0f ms at sites; adds %.1f ms an end; tail exponent %.3f"
          % (*home[2], *home[:2]))
    for p, seen, predicted in home[3]:
        print("  above the median, quantile %.2f on held-back slices: %.2f, model %.2f" % (p, seen, predicted))


if __name__ == "__main__":
    main(sys.argv[1:])
