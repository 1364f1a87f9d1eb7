"""Draws what a round-trip time was against what the model says, a dot for each pair of cities."""

import math

WIDTH, HEIGHT, LEFT, TOP, SIZE = 1590, 400, 40, 40, 310


def panel(out, left, title, pairs, predict):
    def x(km):
        return left + SIZE * km / 20_000

    def y(ratio):
        return TOP + SIZE * (0.5 - math.log2(min(max(ratio, 0.26), 3.9)) / 4)

    out.append('<text x="%d" y="%d" class="title">%s: %d pairs</text>' % (left, TOP - 12, title, len(pairs)))
    for ratio, text in ((0.25, "1/4"), (0.5, "1/2"), (1, "1"), (2, "2"), (4, "4")):
        at = TOP + SIZE * (0.5 - math.log2(ratio) / 4)
        out.append('<path d="M%d %.1fh%d" class="grid"/>' % (left, at, SIZE))
        out.append('<text x="%d" y="%.1f" class="mark">%s</text>' % (left - 6, at + 4, text))
    for km in range(0, 20_001, 5_000):
        out.append('<text x="%.1f" y="%d" class="foot">%d</text>' % (x(km), TOP + SIZE + 18, km))
    # Dots are strokes of no length, a path for all of them.
    dots = "".join("M%.0f %.0fh0" % (x(p.km), y(predict(p) / p.rtt_ms)) for p in pairs)
    out.append('<path d="%s" class="dot"/>' % dots)


def draw(panels):
    """Of each panel its name, its pairs and what predicts their round trips."""
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img">' % (WIDTH, HEIGHT),
           "<title>Modelled over measured round-trip time, by distance</title>",
           "<style>text{font:12px sans-serif;fill:#445}.title{font-weight:bold}.mark{text-anchor:end}"
           ".foot{text-anchor:middle}.grid{stroke:#ccd;stroke-width:.6}"
           ".dot{stroke:#2a6fb0;stroke-width:2;stroke-linecap:round;opacity:.35;fill:none}</style>"]
    for i, (name, pairs, predict) in enumerate(panels):
        panel(out, LEFT + i * (SIZE + 80), name, pairs, predict)
    out.append('<text x="%d" y="%d">modelled / measured round-trip time, by kilometres</text>'
               % (LEFT, HEIGHT - 10))
    out.append("</svg>")
    print("\n".join(out))
