"""scikit-learn's and scipy's stages on data that the benchmark wrote into a file.

Reads "task file n d k units iterations" lines: n x d float64 rows, then n x k residuals (or n
labels, for whole networks). Answers seconds of CPU time and a value.
"""

import sys
import time

import numpy as np
import sklearn
from scipy.optimize import minimize
from sklearn.neural_network import MLPClassifier, MLPRegressor

L2 = 1e-4


def scipy_stage(X, R, units, iterations):
    """One stage by scipy's L-BFGS-B on a plain numpy objective, from a random start."""
    m, d = X.shape
    k = R.shape[1]
    rng = np.random.default_rng(0)
    s, t = np.sqrt(2 / (d + units)), np.sqrt(2 / (units + k))
    start = np.concatenate([rng.uniform(-s, s, (d + 1) * units), rng.uniform(-t, t, (units + 1) * k)])
    a, b, c = d * units, (d + 1) * units, (d + 1 + k) * units

    def objective(x):
        W, V = x[:a].reshape(d, units), x[b:c].reshape(units, k)
        H = 1 / (1 + np.exp(-(X @ W + x[a:b])))
        E = H @ V + x[c:] - R
        value = (E * E).sum() / (2 * m) + L2 / (2 * m) * ((W * W).sum() + (V * V).sum())
        E /= m
        D = (E @ V.T) * H * (1 - H)
        parts = [X.T @ D + L2 / m * W, D.sum(0), H.T @ E + L2 / m * V, E.sum(0)]
        return value, np.concatenate([p.ravel() for p in parts])

    options = {"maxiter": iterations, "maxfun": 15000, "ftol": 1.4e-14, "gtol": 0}
    return minimize(objective, start, jac=True, method="L-BFGS-B", options=options).fun


def sklearn_stage(X, R, units, iterations):
    model = MLPRegressor(
        hidden_layer_sizes=(units,), activation="logistic", solver="lbfgs", max_iter=iterations, tol=0, alpha=L2
    )
    return model.fit(X, R if R.shape[1] > 1 else R.ravel()).loss_


def network(X, R, units, iterations, solver):
    model = MLPClassifier(
        hidden_layer_sizes=(units,), activation="logistic", solver=solver, max_iter=iterations, random_state=0
    )
    return model.fit(X, R.ravel()).loss_


tasks = {
    "scipy": scipy_stage,
    "sklearn": sklearn_stage,
    "adam": lambda *args: network(*args, "adam"),
    "lbfgs": lambda *args: network(*args, "lbfgs"),
}
print(f"numpy {np.__version__}, scikit-learn {sklearn.__version__}", flush=True)
for line in sys.stdin:
    task, file, *sizes = line.split()
    n, d, k, units, iterations = map(int, sizes)
    numbers = np.fromfile(file)
    X, R = numbers[: n * d].reshape(n, d), numbers[n * d :].reshape(n, k)
    start = time.process_time()
    value = tasks[task](X, R, units, iterations)
    print(time.process_time() - start, value, flush=True)
