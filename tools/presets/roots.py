"""A root of a monotone function."""


def bisect_root(f, low, high, steps=60):
    """x in [low, high] with f(x) = 0, for f rising."""
    for _ in range(steps):
        middle = (low + high) / 2
        if f(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
