"""The convex program by CVXPY (its default solver) and by scnn (PyPI: pyscnn).

Reads lines "who folder n d P beta" and answers each with a line of JSON. X (n x d), y (n) and
G (P x d, the normals of the patterns) are float64 files in the folder.
"""

import json
import sys
import time

import numpy as np


def by_cvxpy(X, y, G, beta):
    import cvxpy as cp

    D = (X @ G.T >= 0).astype(float)
    v, w = cp.Variable((X.shape[1], len(G))), cp.Variable((X.shape[1], len(G)))
    fit = cp.sum(cp.multiply(D, X @ (v - w)), axis=1)
    norms = cp.sum(cp.norm(v, 2, axis=0)) + cp.sum(cp.norm(w, 2, axis=0))
    sides = [cp.multiply(2 * D - 1, X @ v) >= 0, cp.multiply(2 * D - 1, X @ w) >= 0]
    start = time.perf_counter()
    problem = cp.Problem(cp.Minimize(0.5 * cp.sum_squares(fit - y) + beta * norms), sides)
    problem.solve()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "objective": problem.value, "solver": problem.solver_stats.solver_name}


def by_scnn(X, y, G, beta):
    from scnn.metrics import Metrics
    from scnn.models import ConvexReLU
    from scnn.optimize import optimize_model
    from scnn.regularizers import NeuronGL1
    from scnn.solvers import AL

    n = len(y)
    model = ConvexReLU(G.T)
    # Tighter than its defaults, with which it stops short of a gap of 1e-3.
    solver = AL(model, tol=1e-8, constraint_tol=1e-8)
    metrics = Metrics(metric_freq=10, model_loss=True, constraint_gaps=True)
    _, metrics = optimize_model(
        model, solver, metrics, X, y, regularizer=NeuronGL1(beta / n), dtype="float64", unitize_data=False
    )
    return {
        "times": [float(t) for t in metrics.time],
        "objectives": [n * float(value) for value in metrics.model_loss],
    }


def versions():
    found = {}
    try:
        import cvxpy

        found["cvxpy"] = f"CVXPY {cvxpy.__version__}"
    except ImportError:
        pass
    try:
        import scnn.solvers  # noqa: F401
        import torch

        torch.set_num_threads(1)
        found["scnn"] = "scnn (pyscnn)"
    except ImportError:
        pass
    return found


print(json.dumps(versions()), flush=True)
for line in sys.stdin:
    who, folder, n, d, P, beta = line.split()
    n, d, P = int(n), int(d), int(P)
    X, y, G = (np.fromfile(f"{folder}/{name}").reshape(shape) for name, shape in [("X", (n, d)), ("y", n), ("G", (P, d))])
    try:
        answer = (by_cvxpy if who == "cvxpy" else by_scnn)(X, y, G, float(beta))
    except Exception as error:  # noqa: BLE001
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(answer), flush=True)
