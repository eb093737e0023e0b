"""Projections by sorting in numpy: reads "set n radius repeats" lines, answers with milliseconds a call, the least."""
import sys
import time

import numpy as np


def simplex(y, total):
    u = np.sort(y)[::-1]
    sums = np.cumsum(u) - total
    k = np.arange(1, len(y) + 1)
    last = np.nonzero(u > sums / k)[0][-1]
    return np.maximum(y - sums[last] / (last + 1), 0)


def l1Ball(y, radius):
    sizes = np.abs(y)
    return y if sizes.sum() <= radius else np.sign(y) * simplex(sizes, radius)


print(f"numpy {np.__version__}", flush=True)
for line in sys.stdin:
    name, n, radius, repeats = line.split()
    y = np.random.default_rng(0).normal(size=int(n))
    project = globals()[name]
    least = float("inf")
    for _ in range(int(repeats)):
        start = time.perf_counter()
        project(y, float(radius))
        least = min(least, time.perf_counter() - start)
    print(1000 * least, flush=True)
