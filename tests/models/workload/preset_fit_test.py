"""The presets are what the fit prints, and the fit does what it says."""

import contextlib
import io
import math
import os
import unittest

from tools.presets import acme
from tools.presets import arrivals
from tools.presets import fit
from tools.presets import philly


class SizesTest(unittest.TestCase):

    def test_geometric_sizes_have_the_mean_and_the_single_share_asked_for(self):
        sizes = acme.geometric_sizes([1, 2, 4, 8], 2.0, 0.6)
        self.assertAlmostEqual(sizes[0][1], 0.6)
        self.assertAlmostEqual(sum(share for _, share in sizes), 1)
        self.assertAlmostEqual(sum(gpus * share for gpus, share in sizes), 2.0, 6)

    def test_pai_sizes_have_half_a_gpu_as_their_median(self):
        sizes = acme.pai_sizes(0.683)
        self.assertAlmostEqual(sum(gpus * share for gpus, share in sizes), 0.683, 6)
        self.assertLess(sizes[0][1], 0.5)
        self.assertGreater(sizes[0][1] + sizes[1][1], 0.5)


class TableTest(unittest.TestCase):

    def test_quantiles_of_a_known_sample(self):
        table = philly.quantiles(list(range(1, 1002)))
        self.assertEqual(table[philly.GRID.index(0.5)], 501)
        self.assertEqual((table[0], table[-1]), (1, 1001))

    def test_distance_to_a_sample_of_the_table_itself_is_small(self):
        table = [math.exp(p) for p in philly.GRID]
        sample = [1000 * math.exp((i + 0.5) / 500) for i in range(500)]
        scaled = [1000 * value for value in table]
        self.assertLess(philly.ks_distance(lambda x: philly.table_cdf(scaled, x), sample), 0.003)

    def test_distance_to_a_shifted_sample_is_the_shift(self):
        scaled = [1000 * math.exp(p) for p in philly.GRID]
        sample = [1000 * math.exp(0.25 + 0.75 * (i + 0.5) / 500) for i in range(500)]
        distance = philly.ks_distance(lambda x: philly.table_cdf(scaled, x), sample)
        self.assertAlmostEqual(distance, 0.25, 2)


class BurstsTest(unittest.TestCase):

    def test_two_states_reproduce_the_moments_they_are_made_from(self):
        bursts = arrivals.Arrivals.__new__(arrivals.Arrivals)
        bursts.instant_variance, bursts.skewness, bursts.tau_h = 0.8, 3.0, 2.0
        (calm, calm_h), (busy, busy_h) = bursts.states()
        share = busy_h / (calm_h + busy_h)
        self.assertAlmostEqual((1 - share) * calm + share * busy, 1)
        variance = (1 - share) * (calm - 1)**2 + share * (busy - 1)**2
        self.assertAlmostEqual(variance, 0.8)
        third = (1 - share) * (calm - 1)**3 + share * (busy - 1)**3
        self.assertAlmostEqual(third / variance**1.5, 3.0)
        self.assertAlmostEqual(1 / (1 / calm_h + 1 / busy_h), 2.0)


class PresetDataTest(unittest.TestCase):

    @unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
    def test_the_committed_table_is_what_the_fit_prints(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            fit.main(["--cpp"])
        with open("models/workload/preset_data.inc", encoding="utf-8") as file:
            self.assertEqual(file.read(), out.getvalue())


if __name__ == "__main__":
    unittest.main()
