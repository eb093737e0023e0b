"""The projection by cvxpy with Clarabel, built once with parameters; one request a line (JSON)."""
import json
import sys
import time

import clarabel
import cvxpy as cp
import numpy as np

print(f"cvxpy {cp.__version__}, Clarabel {clarabel.__version__}", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "A" in request:
        A = np.array(request["A"])
        n, d = A.shape
        u, xi, u0, xi0 = cp.Variable(d), cp.Variable(n), cp.Parameter(d), cp.Parameter(n)
        problem = cp.Problem(cp.Minimize(cp.sum_squares(u - u0) + cp.sum_squares(xi - xi0)), [A @ u + xi >= 1])
        u0.value, xi0.value = np.zeros(d), np.zeros(n)
        problem.solve(solver=cp.CLARABEL)
        print("ready", flush=True)
        continue
    point = np.array(request["point"])
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        u0.value, xi0.value = point[:d], point[d:]
        problem.solve(solver=cp.CLARABEL, warm_start=True)
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"milliseconds": 1000 * best, "nearest": np.concatenate([u.value, xi.value]).tolist()}), flush=True)
