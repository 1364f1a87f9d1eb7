"""Draws docs/quickstart.svg: GPUs allocated and jobs waiting over the quickstart's week.

    ./orrery run scenarios/quickstart.yaml --output week.h5
    /usr/bin/python3 tools/plots/week.py week.h5 docs/quickstart.svg
"""

import sys

import h5py

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP, BOTTOM = 860, 360, 70, 20, 34, 34, 34
DAY = 86400.0


def panel(out, top, height, times, values, most, label, colour, marks):
    """One line chart with a filled area; `marks` are (value, text) of the left axis."""
    span = times[-1]

    def x(time):
        return LEFT + (WIDTH - LEFT - RIGHT) * time / span

    def y(value):
        return top + height * (1 - value / most)

    points = " ".join("%.1f,%.1f" % (x(t), y(v)) for t, v in zip(times, values))
    out.append('<text x="%d" y="%d" class="title">%s</text>' % (LEFT, top - 8, label))
    for value, text in marks:
        out.append('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" class="grid"/>'
                   % (LEFT, WIDTH - RIGHT, y(value), y(value)))
        out.append('<text x="%d" y="%.1f" class="mark">%s</text>' % (LEFT - 8, y(value) + 4, text))
    out.append('<polygon points="%d,%.1f %s %d,%.1f" fill="%s" opacity="0.18"/>'
               % (LEFT, y(0), points, WIDTH - RIGHT, y(0), colour))
    out.append('<polyline points="%s" fill="none" stroke="%s" stroke-width="1.4"/>' % (points, colour))
    return x


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: week.py RESULTS.h5 PICTURE.svg")
    with h5py.File(sys.argv[1], "r") as file:
        series = file["timeseries"]
        times = series["time"][:].tolist()
        ratio = series["gpu_allocation_ratio"][:].tolist()
        queued = series["queued_jobs"][:].tolist()
    height = (HEIGHT - TOP - GAP - BOTTOM) // 2
    most = max(max(queued), 1)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">' % (WIDTH, HEIGHT),
           "<title>The quickstart's week: GPUs allocated, and jobs waiting</title>",
           "<style>text{font:12px sans-serif;fill:#445}.title{font-weight:bold}.mark{text-anchor:end}"
           ".grid{stroke:#ccd;stroke-width:.6}.day{text-anchor:middle}</style>",
           '<rect width="100%" height="100%" fill="#fff"/>']
    x = panel(out, TOP, height, times, ratio, 1.0, "GPUs allocated", "#2266aa",
              [(0, "0%"), (0.5, "50%"), (1, "100%")])
    panel(out, TOP + height + GAP, height, times, queued, most, "jobs waiting", "#bb5522",
          [(0, "0"), (most / 2, "%d" % (most / 2)), (most, "%d" % most)])
    for day in range(int(times[-1] / DAY)):
        out.append('<text x="%.1f" y="%d" class="day">day %d</text>'
                   % (x((day + 0.5) * DAY), HEIGHT - 12, day + 1))
    out.append("</svg>")
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
