"""What jitter and homes are off by on data that they were not fitted to is what the page says."""

import os
import re
import unittest

import numpy as np

from tools.calibrate import last_mile, network


class HomeErrorsTest(unittest.TestCase):

    def test_devices_alike_are_foretold(self):
        homes, sites = np.full((3, 20, 20), 220.0), np.full((30, 30), 135.0)
        np.testing.assert_allclose(last_mile.home_errors(homes, sites, 5), 0, atol=1e-12)

    def test_devices_that_differ_are_not(self):
        # Round trips of 100 ms among one half of the devices, of 300 ms among the other.
        slow = np.arange(40) % 2
        homes = 100.0 + 200 * np.maximum(slow[:, None], slow[None, :])[None]
        homes[:, range(40), range(40)] = np.nan
        errors = last_mile.home_errors(homes[:, :9, :9], np.full((30, 30), 80.0), 50)
        self.assertGreater(np.max(abs(errors)), 0.5)


@unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
class PageTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.root = os.environ["ORRERY_TRACES"]
        with open("docs/models/network.md", encoding="utf-8") as file:
            cls.page = file.read()

    def test_jitter(self):
        with open("models/network/rtt_data.inc", encoding="utf-8") as file:
            jitter_ms = float(re.search(r"kJitterMs = ([\d.]+)", file.read())[1])
        for part, values in last_mile.deviations(self.root).items():
            median, high = np.median(values), np.quantile(values, 0.9)
            self.assertLess(abs(jitter_ms / median - 1), 0.1)
            row = (f"| {part} | {len(values):,} | {median:.2f} ms ({jitter_ms / median - 1:+.0%}) | "
                   f"{high:.1f} ms |")
            self.assertTrue(row in self.page, row)

    def test_homes(self):
        errors = abs(last_mile.home_errors(1000 * network.read_home(self.root),
                                           last_mile.read_sites(self.root)))
        words = (f"by {np.median(errors):.0%} in the median and by {np.quantile(errors, 0.9):.0%} at "
                 f"the 90th percentile of {len(errors)} splits")
        self.assertTrue(words in " ".join(self.page.split()), words)


if __name__ == "__main__":
    unittest.main()
