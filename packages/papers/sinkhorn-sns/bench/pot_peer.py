"""POT's solvers on one problem a line: folder, n, m, epsilon -> seconds per Sinkhorn iteration (log, stabilized) and of emd."""
import json
import sys
import time
import warnings

import numpy as np
import ot

warnings.filterwarnings("ignore")
print(f"POT {ot.__version__}, numpy {np.__version__}", flush=True)


def per_iteration(method, a, b, C, epsilon, iterations):
    """Seconds an iteration, the best of three runs (the set-up, one pass over C, is in it)."""
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        ot.sinkhorn(a, b, C, epsilon, method=method, numItermax=iterations, stopThr=0, warn=False)
        best = min(best, time.perf_counter() - start)
    return best / iterations


for line in sys.stdin:
    folder, n, m, epsilon = line.split()
    n, m, epsilon = int(n), int(m), float(epsilon)
    a, b, C = (np.fromfile(f"{folder}/{name}") for name in ("a", "b", "C"))
    C = C.reshape(n, m)
    long = 100 if n * m < 5e5 else 40
    result = {
        "log": per_iteration("sinkhorn_log", a, b, C, epsilon, long // 4),
        "stabilized": per_iteration("sinkhorn_stabilized", a, b, C, epsilon, long),
    }
    start = time.perf_counter()
    ot.emd(a, b, C, numItermax=10_000_000)
    result["emd"] = time.perf_counter() - start
    print(json.dumps(result), flush=True)
