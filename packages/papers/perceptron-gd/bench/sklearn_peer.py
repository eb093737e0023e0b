"""scikit-learn on data that the benchmark wrote into a file: n x d float64 rows, then n labels.

Reads "task file n d" lines, answers "seconds errors"; the seconds are CPU time.
"""

import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Perceptron


def load(file, n, d):
    numbers = np.fromfile(file)
    return numbers[: n * d].reshape(n, d), numbers[n * d :]


def timed(model, X, y):
    start = time.process_time()
    model.fit(X, y)
    seconds = time.process_time() - start
    return seconds, int((model.predict(X) != y).sum())


passes = {}


def perceptron(X, y, key):
    """Passes in order until no training error is left; the number is found once and not timed."""
    make = lambda p: Perceptron(max_iter=p, tol=None, shuffle=False)
    if key not in passes:
        p = 1
        while p < 4096 and timed(make(p), X, y)[1] > 0:
            p += 1
        passes[key] = p
    return timed(make(passes[key]), X, y)


def logistic(X, y, key):
    return timed(LogisticRegression(C=1e4, max_iter=1000), X, y)


print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", flush=True)
for line in sys.stdin:
    task, file, n, d = line.split()
    X, y = load(file, int(n), int(d))
    seconds, errors = {"perceptron": perceptron, "logistic": logistic}[task](X, y, file)
    print(seconds, errors, flush=True)
