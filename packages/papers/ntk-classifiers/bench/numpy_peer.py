"""The recursion in logarithms as lean numpy, on one thread. Reads "pairs depth" lines, answers CPU seconds."""

import sys
import time

import numpy as np


def horner(coefficients, s):
    out = np.full_like(s, coefficients[-1])
    for c in coefficients[-2::-1]:
        out = out * s + c
    return out


def log_ntk(c, depth, delta):
    c = np.asarray(c)
    k = int(np.flatnonzero(c)[0])
    q, p = c[k:], np.arange(k, len(c)) * c[k:]
    log_s, log_r, gap = np.log1p(-delta), np.zeros_like(delta), delta
    for _ in range(depth):
        s = np.exp(log_s)
        qs = horner(q, s)
        log_r = np.logaddexp(log_r + np.log(horner(p, s) / qs), 0)
        t = np.log1p(-gap)
        new = -sum(ci * np.expm1(i * t) for i, ci in enumerate(c) if i and ci)
        near = (gap < 0.5) & (new < 0.5)
        log_s = np.where(near, np.log1p(-np.where(near, new, 0)), k * log_s + np.log(qs))
        gap = np.where(near, new, -np.expm1(log_s))
    return log_s + log_r


C = [0, 2**-1.5, 1 - 2**-0.5, 2**-1.5]
print(f"numpy {np.__version__}", flush=True)
for line in sys.stdin:
    pairs, depth = map(int, line.split())
    delta = (np.arange(pairs) + 0.5) / pairs
    start = time.process_time()
    found = log_ntk(C, depth, delta)
    print(time.process_time() - start, float(found.sum()), flush=True)
