"""POT's solvers on one problem a line: method, folder, n, m, epsilon -> CPU seconds, of an iteration (log, stabilized) or in all (emd)."""
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
        start = time.process_time()
        ot.sinkhorn(a, b, C, epsilon, method=method, numItermax=iterations, stopThr=0, warn=False)
        best = min(best, time.process_time() - start)
    return best / iterations


def exact(a, b, C):
    """Seconds of the network simplex, the best of three runs, or of one where that takes long."""
    best = np.inf
    for _ in range(25 if len(a) <= 1200 else 5 if len(a) < 5000 else 1):
        start = time.process_time()
        ot.emd(a, b, C, numItermax=10_000_000)
        best = min(best, time.process_time() - start)
    return best


for line in sys.stdin:
    method, folder, n, m, epsilon = line.split()
    n, m, epsilon = int(n), int(m), float(epsilon)
    a, b, C = (np.fromfile(f"{folder}/{name}") for name in ("a", "b", "C"))
    C = C.reshape(n, m)
    long = 100 if n * m < 5e5 else 40
    if method == "emd":
        result = exact(a, b, C)
    else:
        result = per_iteration(f"sinkhorn_{method}", a, b, C, epsilon, long // 4 if method == "log" else long)
    print(json.dumps(result), flush=True)
