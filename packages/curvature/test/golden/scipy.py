"""python test/golden/scipy.py > test/golden/scipy.json     with numpy and scipy"""
import json

import numpy as np
import scipy
from scipy.linalg import eigh, eigh_tridiagonal
from scipy.sparse import diags_array
from scipy.sparse.linalg import eigsh


def laplacian(n):
    """The five-point Laplacian on an n x (n + 1) grid, plus x/10 on the diagonal."""
    m = n + 1
    one = lambda k: diags_array([[2.0] * k, [-1.0] * (k - 1), [-1.0] * (k - 1)], offsets=[0, 1, -1])
    full = scipy.sparse.kron(one(n), scipy.sparse.eye(m)) + scipy.sparse.kron(scipy.sparse.eye(n), one(m))
    return full + diags_array([[0.1 * (i % 10) for i in range(n * m)]], offsets=[0])


hilbert = scipy.linalg.hilbert(10)
wilkinson = ([abs(i - 10.0) for i in range(21)], [1.0] * 20)
graded = np.array([[10.0 ** -(i + j) * (1 + (i == j)) for j in range(8)] for i in range(8)])
L = laplacian(20)
dense = L.toarray()
print(json.dumps({
    "made": "test/golden/scipy.py, numpy " + np.__version__ + ", scipy " + scipy.__version__,
    "hilbert": eigh(hilbert, eigvals_only=True).tolist(),
    "graded": eigh(graded, eigvals_only=True).tolist(),
    "wilkinson": eigh_tridiagonal(*wilkinson, eigvals_only=True).tolist(),
    "laplacian": {
        "largest": sorted(eigsh(L, 4, which="LA", tol=0, return_eigenvectors=False).tolist()),
        "smallest": sorted(eigsh(L, 4, which="SA", tol=0, return_eigenvectors=False).tolist()),
        "both": sorted(eigsh(L, 4, which="BE", tol=0, return_eigenvectors=False).tolist()),
        "logDeterminant": float(np.linalg.slogdet(dense)[1]),
        "traceOfInverse": float(np.trace(np.linalg.inv(dense))),
    },
}, indent=1))
