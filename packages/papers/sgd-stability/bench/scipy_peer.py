"""numpy and scipy on one thread: one request a line (JSON), seconds and the critical rate in reply."""
import json
import sys
import time

import numpy as np
import scipy
from scipy.linalg import eigh
from scipy.sparse.linalg import LinearOperator, eigsh

print(scipy.__version__, flush=True)


def rotated(A):
    n = len(A)
    U, s, _ = np.linalg.svd(A, full_matrices=False)
    keep = s > 1e-12 * s[0]
    return U[:, keep] * s[keep], s[keep] ** 2 / n


def dense(A, c):
    """The eigenproblem of all r x r second moments, formed."""
    R, h = rotated(A)
    n, r = R.shape
    P = (R[:, :, None] * R[:, None, :]).reshape(n, r * r)
    T = c * P.T @ P / n + np.diag((1 - c) * np.outer(h, h).ravel())
    w = 1 / np.sqrt(np.add.outer(h, h).ravel())
    return 1 / eigh(T * np.outer(w, w), eigvals_only=True, subset_by_index=[r * r - 1, r * r - 1])[0]


def matrix_free(A, c):
    """The same by eigsh from M = I, without forming it."""
    R, h = rotated(A)
    n, r = R.shape
    W = 1 / np.sqrt(np.add.outer(h, h))
    hh = (1 - c) * np.outer(h, h)

    def apply(x):
        M = W * x.reshape(r, r)
        q = np.einsum("ij,ij->i", R @ M, R)
        return (W * (hh * M + (c / n) * (R.T * q) @ R)).ravel()

    operator = LinearOperator((r * r, r * r), matvec=apply, dtype=float)
    start = np.diag(np.sqrt(2 * h)).ravel()
    return 1 / eigsh(operator, 1, which="LA", v0=start, tol=1e-8, return_eigenvectors=False)[0]


for line in sys.stdin:
    request = json.loads(line)
    if "n" in request:
        data = np.array(request["A"]).reshape(request["n"], request["d"])
        print("{}", flush=True)
        continue
    work = {"dense": dense, "eigsh": matrix_free}[request["kind"]]
    best = float("inf")
    for _ in range(request["runs"]):
        start = time.perf_counter()
        rate = work(data, request["c"])
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best, "rate": rate}), flush=True)
