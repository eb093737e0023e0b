"""scipy, POT and lean numpy for the same work, on one thread. Answers CPU seconds and a result."""

import sys
import time
from itertools import combinations_with_replacement, product
from math import factorial

import numpy as np
import ot
import scipy
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

rng = np.random.default_rng(0)


def cloud(n, shift=0.0):
    return rng.normal(size=(n, 8)) + shift


def log_density(points, labels, centres, groups, eps):
    out = np.empty(len(points))
    for k in np.unique(groups):
        mine = labels == k
        squares = cdist(points[mine], centres[groups == k], "sqeuclidean")
        out[mine] = logsumexp(-squares / (2 * eps * eps), axis=1) - np.log(len(centres))
    return out


def profile(weights, a, b, labels, eps, M, m):
    ya = yb = labels
    found = []
    for w in weights[:-1]:
        ca, cb = np.tanh(a @ w.T), np.tanh(b @ w.T)
        i = rng.integers(len(ca), size=m)
        t = ca[i] + eps * rng.normal(size=(m, ca.shape[1]))
        v = log_density(t, ya[i], ca, ya, eps) - log_density(t, ya[i], cb, yb, eps)
        found.append(np.maximum(0, 1 - np.exp(-v)).mean())
        i, j = rng.integers(len(ca), size=M), rng.integers(len(cb), size=M)
        a, ya = ca[i] + eps * rng.normal(size=(M, ca.shape[1])), ya[i]
        b, yb = cb[j] + eps * rng.normal(size=(M, cb.shape[1])), yb[j]
    return found[-1]


def laboratory(drop, beta, n):
    points = [((a, b), y) for a in (-1, 1) for b in (-1, 1) for y in (-1, 1)]
    chances = np.repeat([0.2, 0.3, 0.3, 0.2], 2) * [0.85 if x[0] == y else 0.15 for x, y in points]
    masks = [(np.array(k), np.prod([1 - drop if v else drop for v in k])) for k in product((0, 1), repeat=2)]
    weights = list(product((-1, 1), repeat=6))
    x = np.array([p for p, _ in points], float)
    y = np.array([s for _, s in points])
    losses = np.zeros((64, 8))
    for w, values in enumerate(weights):
        first, last = np.array(values[:4]).reshape(2, 2), np.array(values[4:])
        for k1, c1 in masks:
            hidden = np.sign((x * k1) @ first.T)
            for k2, c2 in masks:
                losses[w] += c1 * c2 * (1 - y * np.clip((hidden * k2) @ last, -1, 1)) / 2
    test, gap = losses @ chances, 0.0
    for s in combinations_with_replacement(range(8), n):
        counts = np.bincount(s, minlength=8)
        chance = factorial(n) * np.prod([chances[z] ** c / factorial(c) for z, c in enumerate(counts)])
        train = losses @ counts / n
        p = np.exp(-beta * (train - train.min()))
        gap += chance * (p / p.sum()) @ (test - train)
    return gap


def run(name, *numbers):
    if name in ("assignment", "emd"):
        a, b = cloud(int(numbers[0])), cloud(int(numbers[0]), 0.5)
        start = time.process_time()
        cost = cdist(a, b)
        if name == "emd":
            found = ot.emd2([], [], cost)
        else:
            i, j = linear_sum_assignment(cost)
            found = cost[i, j].mean()
    elif name == "laboratory":
        start = time.process_time()
        found = laboratory(0.3, 6.0, 4)
    else:
        n, M, m, labelled = (int(v) for v in numbers)
        sizes = [64, 16, 8, 4, 10]
        weights = [rng.normal(size=(o, i)) / np.sqrt(i) for i, o in zip(sizes, sizes[1:])]
        a, b = rng.uniform(size=(n, 64)), rng.uniform(size=(n, 64))
        labels = np.arange(n) % 10 if labelled else np.zeros(n, int)
        start = time.process_time()
        found = profile(weights, a, b, labels, 0.3, M, m)
    return time.process_time() - start, float(found)


print(f"numpy {np.__version__}, scipy {scipy.__version__}, POT {ot.__version__}", flush=True)
for line in sys.stdin:
    print(*run(*line.split()), flush=True)
