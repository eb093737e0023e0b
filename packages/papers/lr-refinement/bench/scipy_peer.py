"""scipy's median filter on the padded series, and the same formulas in numpy: 'task T' a line, best seconds in reply."""
import sys
import time

import numpy as np
import scipy
from scipy.ndimage import median_filter


def norms(n):
    t = np.arange(n)
    return 1 + 3 * np.exp(-8 * t / n) + (t * 7919 % 1009) / 1009


def task_of(task, n):
    g = norms(n)
    if task == "median":
        half = (n // 10) // 2

        def work():
            padded = np.concatenate([np.full(half, g[0]), g, g[-2 : -2 - half : -1]])
            return median_filter(padded, 2 * half + 1)[half : half + n]

        return work
    if task == "steps":
        def work():
            w = g**-2
            tails = np.cumsum(w[::-1])[::-1]
            return w * np.concatenate([tails[1:], [0]]) / tails[0]

        return work
    eta = 1 - np.arange(n) / n
    if task == "bound":
        def work():
            s = np.cumsum(eta[::-1])[::-1]
            q = np.cumsum((eta * eta * g * g)[::-1])[::-1]
            return (1 + q[0]) / (2 * s[0]) + (eta[:-1] * q[:-1] / (s[1:] * s[:-1])).sum() / 2

        return work
    return lambda: np.linalg.norm(g)


print(f"scipy {scipy.__version__}, numpy {np.__version__}", flush=True)
for line in sys.stdin:
    task, n = line.split()
    work = task_of(task, int(n))
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    print(best, flush=True)
