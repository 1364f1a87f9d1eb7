"""The table of round-trip times is what the fit prints, and the fit does what it says."""

import contextlib
import io
import os
import unittest

import numpy as np

from tools.calibrate import network


class FitTest(unittest.TestCase):

    def test_bounded_least_squares_stops_at_the_bound(self):
        x = network.bounded_least_squares(np.eye(2), np.array([-1.0, 2.0]), np.zeros(2), np.ones(2))
        np.testing.assert_allclose(x, [0, 2])

    def test_pairs_made_by_the_model_are_found_again(self):
        rng = np.random.default_rng(1)
        pairs = [network.Pair("a", "b", km, 2 * (3 + 3 * (i % 2)) + 0.02 * km, i % 2, i % 2)
                 for i, km in enumerate(rng.uniform(100, 9000, 2000))]
        model = network.Model(pairs, 2)
        self.assertLess(max(abs(model.full_ms(p) / p.rtt_ms - 1) for p in pairs), 0.01)

    def test_an_outlier_does_not_move_the_fit(self):
        pairs = [network.Pair("a", "b", km, 10 + 0.02 * km, 0, 0) for km in range(100, 9000, 10)]
        pairs.append(network.Pair("a", "b", 500, 9000.0, 0, 0))
        model = network.Model(pairs, 1)
        self.assertAlmostEqual(model.full_ms(pairs[100]) / pairs[100].rtt_ms, 1, 2)

    def test_a_pair_is_held_back_whichever_way_it_is_named(self):
        self.assertEqual(network.held_pair("x", "y"), network.held_pair("y", "x"))

    def test_no_country_is_in_two_areas(self):
        with open("models/network/areas.inc", encoding="utf-8") as file:
            lines = [part for line in file if not line.startswith("//") for part in line.split('"')]
        countries = [word for part in lines for word in part.split()
                     if len(word) == 2 and word.isupper()]
        self.assertEqual(len(countries), len(set(countries)))
        self.assertEqual(len(countries), len(network.areas()[1]))


@unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
class TableTest(unittest.TestCase):

    def printed(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            network.main(list(arguments))
        return out.getvalue()

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_the_committed_table_is_what_the_fit_prints(self):
        self.assertEqual(self.read("models/network/rtt_data.inc"), self.printed("--cpp"))

    def test_the_plot_of_the_docs_is_what_the_fit_draws(self):
        same = self.read("docs/models/network_residuals.svg") == self.printed("--svg")
        self.assertTrue(same, "run tools.calibrate.network --svg > docs/models/network_residuals.svg")

    def test_errors_are_as_stated_and_within_bounds(self):
        _, model, public, backbone = network.fit(os.environ["ORRERY_TRACES"])
        rows = {f"{name}, {level}": (pairs, predict)
                for level, predict in (("full", model.full_ms), ("simple", model.simple_ms))
                for name, pairs in public.items()}
        rows["fitted"] = rows["fitted, full"]
        for held, name in ((False, "backbone, fitted"), (True, "backbone, held-back pairs")):
            pairs = [p for p in backbone if network.held_pair(p.a, p.b) == held]
            rows[name] = pairs, model.backbone_ms
        page = self.read("docs/models/network.md").replace("**", "")
        for name in ("fitted", "held-back pairs, full", "held-back cities, full", "held-back pairs, simple",
                     "held-back cities, simple", "backbone, fitted", "backbone, held-back pairs"):
            pairs, predict = rows[name]
            relative = [abs(predict(p) / p.rtt_ms - 1) for p in pairs]
            median, high = np.median(relative), np.quantile(relative, 0.9)
            row = f"| {name} | {len(pairs):,} | {median:.1%} | {high:.1%} |"
            self.assertTrue(row in page, row)
            if "held-back" in name and "simple" not in name:
                self.assertLess(median, 0.15, name)
                self.assertLess(high, 0.45, name)


if __name__ == "__main__":
    unittest.main()
