"""The table of electricity is what the fit gives, and its errors are those on the weeks held back."""

import csv
import os
import pathlib
import unittest

import numpy

from tools.calibrate import energy

_SOURCES = {
    "price": ("price_usd_per_mwh_2022_2023.csv.gz", 1e-3),
    "carbon": ("carbon_lca_g_per_kwh_2022_2023.csv.gz", 1),
}


def shipped():
    with open(energy.TABLE, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


class FitTest(unittest.TestCase):

    def setUp(self):
        self.hour, self.month, self.held = energy.calendar(2 * 365 * 24)
        self.hours = 1 + 0.5 * numpy.sin(numpy.arange(24) / 24 * 2 * numpy.pi)
        self.months = 1 + 0.1 * numpy.cos(numpy.arange(12) / 12 * 2 * numpy.pi)
        self.months /= numpy.average(self.months, weights=energy.MONTH_DAYS)

    def test_finds_the_factors_that_made_the_data(self):
        values = 0.1 * self.hours[self.hour] * self.months[self.month]
        mean, hours, months = energy.fit(values)
        self.assertAlmostEqual(mean, 0.1, 6)
        numpy.testing.assert_allclose(hours, self.hours, rtol=1e-6)
        numpy.testing.assert_allclose(months, self.months, rtol=1e-6)
        self.assertLess(energy.error(values, mean, hours, months), 1e-6)

    def test_does_not_see_the_weeks_held_back(self):
        values = 0.1 * self.hours[self.hour]
        values[self.held] = 1e9
        self.assertAlmostEqual(energy.fit(values)[0], 0.1, 6)
        self.assertAlmostEqual(self.held.mean(), 0.25, 2)


class TableTest(unittest.TestCase):

    @unittest.skipUnless(os.environ.get("ORRERY_TRACES"), "ORRERY_TRACES is not set")
    def test_errors_on_the_weeks_held_back_are_as_stated(self):
        folder = pathlib.Path(os.environ["ORRERY_TRACES"]) / "electricity-carbon"
        zones = [row for row in shipped() if row["error"]]
        self.assertEqual(len(zones), 38)
        observed = {quantity: energy.read(folder / name) for quantity, (name, _) in _SOURCES.items()}
        for row in zones:
            values = observed[row["quantity"]][row["zone"]] * _SOURCES[row["quantity"]][1]
            hours = numpy.array([float(row[f"h{hour:02}"]) for hour in range(24)])
            months = numpy.array([float(row[f"m{month:02}"]) for month in range(1, 13)])
            off = energy.error(values, float(row["mean"]), hours, months)
            self.assertAlmostEqual(off, float(row["error"]), 3, row["zone"])

    def test_every_profile_is_positive_with_mean_one(self):
        for row in shipped():
            if not row["error"]:
                continue
            hours = [float(row[f"h{hour:02}"]) for hour in range(24)]
            self.assertGreater(min(hours), 0, row["zone"])
            self.assertAlmostEqual(sum(hours) / 24, 1, 3, row["zone"])


if __name__ == "__main__":
    unittest.main()
