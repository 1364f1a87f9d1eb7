"""Fits scenarios/data/electricity.csv: electricity prices and carbon intensities by zone, hour and month.

    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.energy            errors of each zone
    ORRERY_TRACES=DIR /usr/bin/python3 -m tools.calibrate.energy --write    the table, too

A zone's profile is mean x hour factor x month factor, in UTC. Every fourth week is held back; the other three give the
parameters, and the held-back ones the error: the sum of |observed - fitted| over the sum of |observed|.
"""

import argparse
import csv
import gzip
import os
import pathlib
import sys

import numpy

TABLE = pathlib.Path("scenarios/data/electricity.csv")
HOURS, MONTHS = 24, 12
WEEK_HOURS = 168
HOLD_EVERY = 4
# Days before each month of a year without a leap day; the data's two years are such.
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Country and a place of each zone: its largest city (GeoNames, CC BY 4.0).
ZONES = {
    "AT": ("AT", 48.21, 16.37), "AU-NSW": ("AU", -33.87, 151.21), "AU-VIC": ("AU", -37.81, 144.96),
    "BE": ("BE", 50.85, 4.35), "BR-SP": ("BR", -23.55, -46.64), "CA-ON": ("CA", 43.70, -79.42),
    "CH": ("CH", 47.37, 8.55), "CL-SIC": ("CL", -33.46, -70.65), "DE-LU": ("DE", 52.52, 13.41),
    "ES": ("ES", 40.42, -3.70), "FR": ("FR", 48.85, 2.35), "GB": ("GB", 51.51, -0.13),
    "IN-WE": ("IN", 19.07, 72.88), "JP-TK": ("JP", 35.69, 139.69), "KR": ("KR", 37.57, 126.98),
    "NL": ("NL", 52.37, 4.89), "PT": ("PT", 38.72, -9.13), "SG": ("SG", 1.29, 103.85),
    "US-CAL-CISO": ("US", 34.05, -118.24), "US-MIDA-PJM": ("US", 39.95, -75.17),
    "US-NY-NYIS": ("US", 40.71, -74.01), "US-TEX-ERCO": ("US", 29.76, -95.37),
    "ZA": ("ZA", -26.20, 28.04),
}  # yapf: disable

# Countries of scenarios/data/regions.csv that have no carbon zone: ISO 3166-1 alpha-3 and alpha-2.
ANNUAL = {
    "ARE": "AE", "ARG": "AR", "CHE": "CH", "CHN": "CN", "COL": "CO", "CZE": "CZ", "ESP": "ES", "FIN": "FI",
    "FRA": "FR", "HKG": "HK", "IDN": "ID", "IRL": "IE", "ISR": "IL", "ITA": "IT", "KEN": "KE", "MEX": "MX",
    "NGA": "NG", "NLD": "NL", "NOR": "NO", "NZL": "NZ", "PHL": "PH", "POL": "PL", "SAU": "SA", "SWE": "SE",
    "THA": "TH", "TUR": "TR", "TWN": "TW", "UKR": "UA", "VNM": "VN", "WORLD": "ZZ",
}  # yapf: disable

HEAD = """\
# Electricity prices [USD/kWh] and life-cycle carbon intensities [g CO2e/kWh]: mean x hour factor x month factor.
# Hours are UTC. A row without factors is an annual mean; country ZZ stands for every country that has no row.
# Made by tools/calibrate/energy.py; docs/models/energy.md tells how, and how far off the profiles are.
# Prices: wholesale, 2022 and 2023, as collected in HewlettPackard/green-dcc (MIT licence).
# Carbon of zones: derived from data of Electricity Maps (https://www.electricitymaps.com), made available under the
# Open Database License (https://opendatacommons.org/licenses/odbl/1-0/); these rows are offered under the same.
# Carbon of countries: Ember (https://ember-energy.org), CC BY-SA 4.0, by way of the package @tgwf/co2 0.19.0.
# Price of country ZZ: businesses' world mean, globalpetrolprices.com, second quarter of 2025.
"""


def columns():
    hours = [f"h{hour:02}" for hour in range(HOURS)]
    months = [f"m{month:02}" for month in range(1, MONTHS + 1)]
    return ["quantity", "zone", "country", "lat_deg", "lon_deg", "mean", *hours, *months, "error"]


def calendar(count):
    """Hour of the day, month, and whether the hour is held back, of each hour since a 1 January."""
    at = numpy.arange(count)
    month_of_day = numpy.repeat(numpy.arange(MONTHS), MONTH_DAYS)
    return at % HOURS, month_of_day[at // HOURS % 365], at // WEEK_HOURS % HOLD_EVERY == HOLD_EVERY - 1


def fit(values):
    """Mean and factors from the hours that are not held back, by iterative proportional fitting."""
    hour, month, held = calendar(len(values))
    use = ~held & ~numpy.isnan(values)
    y, h, m = values[use], hour[use], month[use]
    mean = y.mean()
    of_hour, of_month = numpy.ones(HOURS), numpy.ones(MONTHS)
    for _ in range(50):
        fitted = mean * of_month[m]
        of_hour = numpy.bincount(h, y, HOURS) / numpy.bincount(h, fitted, HOURS)
        fitted = mean * of_hour[h]
        of_month = numpy.bincount(m, y, MONTHS) / numpy.bincount(m, fitted, MONTHS)
    # Each list has mean 1 over a year, so that `mean` is the year's mean.
    over_year = numpy.average(of_month, weights=MONTH_DAYS)
    return mean * over_year * of_hour.mean(), of_hour / of_hour.mean(), of_month / over_year


def error(values, mean, of_hour, of_month):
    """Of the held-back hours."""
    hour, month, held = calendar(len(values))
    held &= ~numpy.isnan(values)
    fitted = mean * of_hour[hour] * of_month[month]
    return numpy.abs(values - fitted)[held].sum() / numpy.abs(values[held]).sum()


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        zones = next(rows)[1:]
        table = numpy.array([[float(cell) if cell else numpy.nan for cell in row[1:]] for row in rows])
    return dict(zip(zones, table.T))


def profiles(quantity, path, scale, digits):
    """Rows of the table, and the error that constant prices would have."""
    for zone, values in sorted(read(path).items()):
        values = values * scale
        mean, of_hour, of_month = fit(values)
        mean = round(mean, digits)
        of_hour, of_month = numpy.round(of_hour, 4), numpy.round(of_month, 4)
        off = error(values, mean, of_hour, of_month)
        constant = error(values, mean, numpy.ones(HOURS), numpy.ones(MONTHS))
        factors = [f"{factor:g}" for factor in (*of_hour, *of_month)]
        yield [quantity, zone, *ZONES[zone], f"{mean:.{digits}f}", *factors, f"{off:.3f}"], constant


def annual(path):
    with open(path, newline="", encoding="utf-8") as file:
        means = {row["country_iso3"]: row["gco2_per_kwh"] for row in csv.DictReader(file)}
    blanks = [""] * (HOURS + MONTHS + 1)
    for iso3, iso2 in sorted(ANNUAL.items(), key=lambda item: item[1]):
        yield ["carbon", iso2, iso2, "", "", means[iso3], *blanks]
    yield ["price", "ZZ", "ZZ", "", "", "0.161", *blanks]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {TABLE}")
    write = parser.parse_args().write
    traces = os.environ.get("ORRERY_TRACES")
    if traces is None:
        sys.exit("ORRERY_TRACES is not set: it names the folder with the data sets (docs/models/energy.md)")
    data = pathlib.Path(traces) / "electricity-carbon"
    rows = []
    for quantity, name, scale, digits in (("price", "price_usd_per_mwh_2022_2023.csv.gz", 1e-3, 5),
                                          ("carbon", "carbon_lca_g_per_kwh_2022_2023.csv.gz", 1, 1)):
        for row, constant in profiles(quantity, data / name, scale, digits):
            rows.append(row)
            print(f"{quantity:<7}{row[1]:<13} mean {row[5]:>8}  error {float(row[-1]):6.1%}  of the mean alone {constant:6.1%}")
    rows.extend(annual(pathlib.Path(traces) / "geo" / "grid_gco2_per_kwh_by_country.csv"))
    if write:
        with open(TABLE, "w", newline="", encoding="utf-8") as file:
            file.write(HEAD)
            csv.writer(file, lineterminator="\n").writerows([columns(), *rows])


if __name__ == "__main__":
    main()
