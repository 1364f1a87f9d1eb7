"""Figures of failures, repairs and churn, those built in and those of the pages, are what the fits give."""

import csv
import os
import re
import unittest

import numpy
from scipy import stats

from tools.calibrate import churn, failures


class PageTest(unittest.TestCase):

    def assert_shows(self, page, words):
        """A failure names the words, not the whole page."""
        self.assertTrue(words in page, words)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def built_in(path, name):
    """The first default of that name, such as `double shape = 0.68;`; times in their own unit."""
    found = re.search(rf"(?<!\w){name} = (?:Duration::\w+\()?([\d.']+(?:e-?\d+)?)", read(path))
    return float(found[1].replace("'", ""))


class FailureFitTest(unittest.TestCase):

    def test_finds_the_shape_that_made_the_spells(self):
        spells = {str(node): list(stats.weibull_min.rvs(0.7, scale=10 * (node + 1), size=200,
                                                        random_state=node)) for node in range(40)}
        fitted, held = failures.halves(spells)
        law = failures.law_of_failures(spells, fitted, held)
        self.assertAlmostEqual(law["shape"], 0.7, 1)
        self.assertLess(law["distance"], 0.02)
        self.assertGreater(law["exponential"], 0.1)

    def test_finds_the_median_that_made_the_repairs(self):
        spells = {str(node): list(stats.lognorm.rvs(1.4, scale=2, size=200, random_state=node))
                  for node in range(40)}
        law = failures.law_of_repairs(spells, *failures.halves(spells))
        self.assertAlmostEqual(law["median"], 2, delta=0.15)
        self.assertAlmostEqual(law["sigma"], 1.4, delta=0.05)
        self.assertLess(law["distance"], 0.03)


@unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
class FailureDataTest(PageTest):

    @classmethod
    def setUpClass(cls):
        cls.up, cls.down = failures.read(os.environ["ORRERY_TRACES"])
        cls.halves = failures.halves(set(cls.up) | set(cls.down))
        cls.page = read("docs/models/failures.md")

    def test_jobs_last_as_long_as_the_page_says(self):
        header = "models/failure/failures.h"
        nodes = 1 / built_in(header, "gpu_mtbf")
        every = nodes + 1 / built_in(header, "gpu_error_mtbf") + built_in(header, "job_rate_per_gpu_h")
        path = os.path.join(os.environ["ORRERY_TRACES"], "gpu-reliability", "reliability_facts.csv")
        with open(path, newline="", encoding="utf-8") as file:
            told = {(row["system"], row["quantity"]): row["value"] for row in csv.DictReader(file)}
        for gpus, kind in ((1024, "measured"), (16384, "projected"), (131072, "projected")):
            value = told["RSC-1", f"MTTF of a {gpus}-GPU job ({kind})"]
            row = f"| {gpus:,} GPUs | {1 / (gpus * every):.{1 if gpus == 1024 else 2}f} h "
            row += f"| {1 / (gpus * nodes):.{1 if gpus == 1024 else 2}f} h | {value} h, {kind}"
            self.assert_shows(self.page, row)
        rate = float(told["RSC-2 (8k A100)", "hardware failure rate"])
        self.assert_shows(self.page, f"`gpu_mtbf: {8 * 24 * 1000 / rate:.0f}h`")
        self.assertAlmostEqual(8 * 24 * 1000 / built_in(header, "gpu_mtbf"), 6.5, 3)

    def test_times_to_failure(self):
        law = failures.law_of_failures(self.up, *self.halves)
        self.assertAlmostEqual(law["shape"], built_in("models/failure/failures.h", "shape"), delta=0.005)
        self.assertLess(law["distance"], 0.02)
        self.assert_shows(self.page, f"| time to failure, Weibull | {law['distance']:.3f} "
                          f"({law['spells']:,} spells) | {law['exponential']:.3f} |")
        mean = numpy.mean(failures.pooled(self.up, [*self.up]))
        self.assertAlmostEqual(mean, built_in("models/failure/failures.h", "cpu_node_mtbf"), delta=1)

    def test_repairs(self):
        law = failures.law_of_repairs(self.down, *self.halves)
        self.assertAlmostEqual(60 * law["median"], built_in("models/failure/failures.h", "repair_median"),
                               delta=0.5)
        self.assertAlmostEqual(law["sigma"], built_in("models/failure/failures.h", "repair_sigma"), delta=0.005)
        self.assertLess(law["distance"], 0.04)
        self.assert_shows(self.page, f"| repair, log-normal | {law['distance']:.3f} "
                          f"({law['spells']:,} spells) | {law['exponential']:.2f} |")
        mean = numpy.mean(failures.pooled(self.down, [*self.down]))
        self.assertAlmostEqual(60 * mean, built_in("models/failure/failures.h", "mttr"), delta=4)
        page = " ".join(self.page.split())
        for q, places in ((0.1, 2), (0.5, 2), (0.75, 2), (0.9, 1), (0.99, 0)):
            seen, fit = law["quantiles"][q]
            self.assert_shows(page, f"{q:.0%} {seen:.{places}f}, {fit:.{places}f}")
        self.assert_shows(page, f"its mean is {law['mean']:.1f} h, that of the data {mean:.1f} h")


class ChurnFitTest(unittest.TestCase):

    def test_finds_the_market_that_made_the_zones(self):
        leave, back, switch = (numpy.array(p) for p in ((0.02, 0.2), (0.3, 0.03), (0.01, 0.02)))
        draw = numpy.random.default_rng(1)
        ticks = 8000
        state, zones = 0, numpy.ones((4, ticks), dtype=int)
        for t in range(1, ticks):
            state ^= draw.random() < switch[state]
            chance = numpy.where(zones[:, t - 1] == 1, 1 - leave[state], back[state])
            zones[:, t] = draw.random(4) < chance
        law = churn.fit([zones])
        for found, made in zip(law, (leave, back, switch)):
            numpy.testing.assert_allclose(found, made, rtol=0.25)
        self.assertAlmostEqual(churn.all_on(4, *law)[1], zones.min(0).mean(), 1)

    def test_without_a_market_nodes_are_independent(self):
        alike = numpy.array([0.1, 0.1]), numpy.array([0.3, 0.3]), numpy.array([0.01, 0.02])
        one, joint = churn.all_on(3, *alike)
        self.assertAlmostEqual(one, 0.75, 9)
        self.assertAlmostEqual(joint, 0.75**3, 9)

    def test_own_habits_keep_share_and_turnover(self):
        market = numpy.array([0.02, 0.2]), numpy.array([0.3, 0.03]), numpy.array([0.01, 0.02])
        zones = numpy.array([([1] * 60 + [0] * 20) * 50])
        law = churn.own_habits([zones], market)
        share, goes = churn.one_node(*law)
        self.assertAlmostEqual(share, 0.75, 6)
        self.assertAlmostEqual(goes, 1 / 80, 4)
        self.assertAlmostEqual(law[0][1] / law[0][0], 10)


@unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
class ChurnDataTest(PageTest):

    @classmethod
    def setUpClass(cls):
        found, cls.gap = churn.regions(os.path.join(os.environ["ORRERY_TRACES"], "spot-traces"))
        cls.parts = churn.halves(found)
        cls.laws = {region: churn.fit(blocks) for region, (blocks, _) in cls.parts.items()}
        cls.page = read("docs/models/churn.md")

    def test_the_market_that_is_built_in_is_that_of_us_east_1(self):
        leave, back, switch = self.laws[churn.DEFAULT]
        header = "models/failure/churn.h"
        minutes = self.gap / 60
        self.assertAlmostEqual(minutes / switch[0], built_in(header, "calm"), delta=6)
        self.assertAlmostEqual(minutes / switch[1], built_in(header, "tight"), delta=6)
        self.assertAlmostEqual(leave[1] / leave[0], built_in(header, "leave"), 1)
        self.assertAlmostEqual(back[1] / back[0], built_in(header, "back"), 2)
        goes, comes = churn.averages(leave, back, switch)
        self.assertAlmostEqual(minutes / goes, built_in(header, r"\.on"), delta=0.5)
        self.assertAlmostEqual(minutes / comes, built_in(header, r"\.off"), delta=0.5)

    def test_the_page_tells_the_error_on_the_blocks_held_back(self):
        for region, (_, held) in self.parts.items():
            one, joint = churn.all_on(len(held), *self.laws[region])
            self.assert_shows(self.page, f"| {region} | {len(held)} | {held.mean():.3f} (fit {one:.3f}) "
                              f"| {held.min(0).mean():.3f} | {joint:.3f} | {held.mean(1).prod():.3f} |")

    def test_nine_zones_at_once(self):
        joint = churn.nine_zones(self.parts, self.laws, self.laws[churn.DEFAULT])
        for name, row in (("held back", "data, the blocks held back"),
                          ("independent", "independent nodes, each zone with its own share"),
                          ("market of each", "a market for each region, each fitted on its own"),
                          ("market of one", "the market that is built in, `on` and `off` by region"),
                          ("habits of one", "the defaults everywhere")):
            self.assert_shows(self.page, f"| {row} | {joint[name]:.2%} |")
        # Of what nodes have in common the model has most: a factor of 2.6 is left of 18.
        self.assertGreater(joint["held back"] / joint["independent"], 15)
        self.assertLess(joint["held back"] / joint["market of one"], 3)


if __name__ == "__main__":
    unittest.main()
