"""Arrivals: the profile of a week and two-state bursts, with the error on held-out weeks."""

import datetime
import math


def week_of(hour):
    return hour.date() - datetime.timedelta(days=hour.weekday())


def profile_error(fitted, held_out):
    """Mean and worst relative error of a profile."""
    errors = [abs(a / b - 1) for a, b in zip(fitted, held_out)]
    return sum(errors) / len(errors), max(errors)


class Arrivals:
    """A profile over the hours of the day and the days of the week, with two-state bursts."""

    def __init__(self, hourly, weeks):
        """hourly: jobs in each clock hour; weeks: the Mondays of the weeks to fit to."""
        counts = {(week, d, h): 0 for week in weeks for d in range(7) for h in range(24)}
        for hour, count in hourly.items():
            if week_of(hour) in weeks:
                counts[week_of(hour), hour.weekday(), hour.hour] += count
        total = sum(counts.values())
        self.counts, self.weeks = counts, weeks
        self.rate_per_h = total / (168 * len(weeks))
        self.daily = [24 / total * sum(c for (_, _, h), c in counts.items() if h == i)
                      for i in range(24)]
        self.weekly = [7 / total * sum(c for (_, d, _), c in counts.items() if d == i)
                       for i in range(7)]

    def flatten_what_does_not_repeat(self, other):
        """Bursts leave hours with more jobs than others by chance. A profile that, from these weeks
        to the other ones and back, is further off than none is dropped."""
        for key in ("daily", "weekly"):
            mine, theirs = getattr(self, key), getattr(other, key)
            flat = [1.0] * len(mine)
            profile = profile_error(mine, theirs)[0] + profile_error(theirs, mine)[0]
            if profile > profile_error(flat, theirs)[0] + profile_error(flat, mine)[0]:
                setattr(self, key, flat)

    def fit_bursts(self):
        """Moments of the hidden rate (mean 1): what is left of the counts' variance after the
        profile, each week's own total and Poisson noise."""
        counts, series = self.counts, []
        for week in sorted(self.weeks):
            week_total = sum(counts[week, d, h] for d in range(7) for h in range(24))
            series.append([(counts[week, d, h], week_total / 168 * self.daily[h] * self.weekly[d])
                           for d in range(7) for h in range(24)])
        pairs = [p for week in series for p in week]

        def lagged(k):
            above = sum((w[i][0] - w[i][1]) * (w[i + k][0] - w[i + k][1])
                        for w in series for i in range(168 - k))
            return above / sum(w[i][1] * w[i + k][1] for w in series for i in range(168 - k))

        second = sum(c * (c - 1) for c, _ in pairs) / sum(e**2 for _, e in pairs)
        third = sum(c * (c - 1) * (c - 2) for c, _ in pairs) / sum(e**3 for _, e in pairs)
        self.variance = second - 1
        self.skewness = (third - 3 * second + 2) / self.variance**1.5
        self.tau_h = -1 / math.log(lagged(2) / lagged(1))
        # Averaging over an hour takes some of the variance away.
        shrink = (self.tau_h * (1 - math.exp(-1 / self.tau_h)))**2
        self.instant_variance = lagged(1) / shrink

    def states(self):
        """[(rate, mean sojourn in hours)] of the calm and the busy state, by the three moments."""
        v, s = self.instant_variance, self.skewness
        busy = (1 - s / math.sqrt(4 + s * s)) / 2
        calm_rate = 1 - math.sqrt(v * busy / (1 - busy))
        if calm_rate < 0.02:  # three moments that no two states have: keep mean and variance
            busy, calm_rate = 1 / (1 + v), 0.0
        busy_rate = (1 - calm_rate * (1 - busy)) / busy
        return [(calm_rate, self.tau_h / busy), (busy_rate, self.tau_h / (1 - busy))]


def fit_arrivals(name, hourly):
    """Fits to every other whole week and says how far off the weeks between are."""
    first, last = min(hourly), max(hourly)
    weeks = sorted({week_of(h) for h in hourly})
    weeks = [w for w in weeks if w >= first.date() and w + datetime.timedelta(days=7) <= last.date()
             + datetime.timedelta(days=1)]
    fit, held = Arrivals(hourly, weeks[0::2]), Arrivals(hourly, weeks[1::2])
    print(f"{name}: {len(weeks[0::2])} weeks fitted, {len(weeks[1::2])} held out")
    print(f"  rate {fit.rate_per_h:.2f}/h fitted, {held.rate_per_h:.2f}/h held out")
    fit.flatten_what_does_not_repeat(held)
    for key, label in (("daily", "hour of day"), ("weekly", "day of week")):
        mean, worst = profile_error(getattr(fit, key), getattr(held, key))
        flat = " (flat)" if len(set(getattr(fit, key))) == 1 else ""
        none = profile_error([1.0] * len(getattr(held, key)), getattr(held, key))[0]
        print(f"  {label}: mean error {mean:.1%}, worst {worst:.1%}{flat}; "
              f"a flat profile {none:.1%}")
    fit.fit_bursts()
    held.daily, held.weekly = fit.daily, fit.weekly
    held.fit_bursts()
    print(f"  variance of the hourly rate around the profile: {fit.variance:.3f} fitted, "
          f"{held.variance:.3f} held out; memory {fit.tau_h:.2f} h and {held.tau_h:.2f} h")
    print("  states (rate, mean sojourn h): "
          + ", ".join(f"({r:.3f}, {t:.2f})" for r, t in fit.states()))
    return fit
