"""The attention SVM by cvxpy, as the official code states it (a constraint for each pair) or with one matrix of rows.

Reads {"form", "norm", "solver", "tokens", "queries", "select"} lines, answers {"seconds", "norm", "W"}; the seconds
are CPU time of the statement and the solution together.
"""
import json
import sys
import time

import clarabel
import cvxpy as cp
import numpy as np
import scs

SOLVERS = {
    "clarabel": (cp.CLARABEL, dict(tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13)),
    "scs": (cp.SCS, {}),
}


def solve(form, norm, solver, tokens, queries, select):
    X, Z = np.array(tokens), np.array(queries)
    d, e = X.shape[2], Z.shape[1]
    start = time.process_time()
    W = cp.Variable((d, e))
    pairs = [(i, t) for i in range(len(Z)) for t in range(X.shape[1]) if t != select[i]]
    if form == "pairs":
        constraints = [(X[i, select[i]] - X[i, t]) @ W @ Z[i] >= 1 for i, t in pairs]
    else:
        rows = np.stack([np.outer(X[i, select[i]] - X[i, t], Z[i]).ravel() for i, t in pairs])
        constraints = [rows @ cp.vec(W, order="C") >= 1]
    objective = cp.sum_squares(W) if norm == "frobenius" else cp.normNuc(W)
    problem = cp.Problem(cp.Minimize(objective), constraints)
    name, options = SOLVERS[solver]
    problem.solve(solver=name, **options)
    seconds = time.process_time() - start
    values = np.linalg.svd(W.value, compute_uv=False)
    size = np.sqrt((values**2).sum()) if norm == "frobenius" else values.sum()
    return dict(seconds=seconds, norm=size, W=W.value.ravel().tolist())


print(f"cvxpy {cp.__version__}, Clarabel {clarabel.__version__}, SCS {scs.__version__}", flush=True)
for line in sys.stdin:
    print(json.dumps(solve(**json.loads(line))), flush=True)
