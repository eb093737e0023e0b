"""One epoch of scikit-learn's compiled SGD, one example a step. Reads "d rows l1" lines, answers seconds."""

import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import SGDRegressor


def seconds(d, rows, l1):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, d))
    y = X @ (np.arange(d) % 3) + rng.normal(size=rows)
    model = SGDRegressor(
        loss="squared_error",
        penalty="l1" if l1 > 0 else None,
        alpha=l1,
        learning_rate="invscaling",
        eta0=0.1 / d,
        power_t=0.5,
        shuffle=False,
        max_iter=1,
        tol=None,
        fit_intercept=False,
    )
    start = time.perf_counter()
    model.fit(X, y)
    return time.perf_counter() - start


print(f"scikit-learn {sklearn.__version__}, one thread", flush=True)
for line in sys.stdin:
    d, rows, l1 = line.split()
    print(seconds(int(d), int(rows), float(l1)), flush=True)
