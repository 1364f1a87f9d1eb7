"""Lengths of requests: the tables are quantiles of the data, and their error on requests not seen is as stated."""

import os
import unittest

import numpy as np

from tools.calibrate import lengths


class DistanceTest(unittest.TestCase):

    def test_quantiles_are_joined_in_the_logarithm(self):
        table = [(0, 1), (0.5, 100), (1, 10_000)]
        np.testing.assert_allclose(lengths.below(table, [1, 10, 100, 1000, 20_000]), [0, 0.25, 0.5, 0.75, 1])

    def test_distance_to_what_is_all_alike(self):
        self.assertAlmostEqual(lengths.distance([(0, 1), (1, 10_000)], np.full(50, 100)), 0.5)

    def test_mean_of_a_table(self):
        # The mean of 100^u is 99 / ln 100.
        self.assertAlmostEqual(lengths.mean([(0, 1), (1, 100)]), 99 / np.log(100))
        self.assertAlmostEqual(lengths.mean([(0, 7), (0.5, 7), (1, 7)]), 7)

    def test_halves_in_time_are_compared(self):
        apart, at, mean = lengths.held_back(np.array([10] * 100 + [20] * 100), [0, 0.5, 1])
        self.assertAlmostEqual(apart, 1)
        self.assertEqual(at[0.5], (10, 20))
        self.assertAlmostEqual(mean, -0.5)


class TableTest(unittest.TestCase):

    @unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
    def test_the_tables_are_quantiles_of_the_data(self):
        requests = lengths.read(os.environ["ORRERY_TRACES"])
        for name, table in lengths.tables().items():
            self.assertEqual(len(requests[name]), 19_366)
            for p, tokens in table:
                self.assertAlmostEqual(np.quantile(requests[name], p), tokens, delta=1, msg=f"{name} {p}")

    @unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
    def test_errors_on_the_second_half_hour_are_as_stated(self):
        with open("docs/models/services.md", encoding="utf-8") as file:
            page = file.read()
        requests = lengths.read(os.environ["ORRERY_TRACES"])
        for (name, table), row in zip(lengths.tables().items(), ("prompts", "answers")):
            apart, at, mean = lengths.held_back(requests[name], [p for p, _ in table])
            cells = [f"{fitted:.0f}, {seen:.0f}"
                     for fitted, seen in (at[p] for p in (0.1, 0.5, 0.9, 0.99))]
            line = f"| {row} | {apart:.3f} | {' | '.join(cells)} | {mean:+.0%} |"
            self.assertTrue(line in page, line)


if __name__ == "__main__":
    unittest.main()
