"""scipy on one thread: one request a line (JSON), seconds, products and a value to compare in reply."""
import json
import sys
import time

import numpy as np
import scipy
from scipy.linalg import eigh
from scipy.sparse import diags_array, eye, kron
from scipy.sparse.linalg import LinearOperator, eigsh

print(scipy.__version__, flush=True)


def laplacian(side):
    one = diags_array([[2.0] * side, [-1.0] * (side - 1), [-1.0] * (side - 1)], offsets=[0, 1, -1])
    wide = diags_array([[2.0] * (side + 1), [-1.0] * side, [-1.0] * side], offsets=[0, 1, -1])
    return (kron(one, eye(side + 1)) + kron(eye(side), wide)).tocsr()


for line in sys.stdin:
    request = json.loads(line)
    products = 0
    if request["kind"] == "dense":
        A = np.random.default_rng(1).standard_normal((request["n"], request["n"]))
        A = A + A.T
        work = lambda: eigh(A)[0]
    else:
        A = laplacian(request["side"])

        def apply(x):
            global products
            products += 1
            return A @ x

        operator = LinearOperator(A.shape, matvec=apply, dtype=float)
        work = lambda: eigsh(operator, request["count"], which=request["which"], tol=1e-8, v0=np.random.default_rng(0).standard_normal(A.shape[0]))[0]
    best = float("inf")
    for _ in range(request["runs"]):
        products = 0
        start = time.perf_counter()
        values = work()
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best, "products": products, "values": sorted(values.tolist())[-6:]}), flush=True)
