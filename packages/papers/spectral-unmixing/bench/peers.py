"""The peers: a line names a task and a file of float64 (sizes first); CPU time and the largest error are answered."""
import sys
import time

import numpy as np
import sklearn
from pysptools.abundance_maps import amaps
from sklearn.decomposition import NMF

print(f"pysptools 0.15, scikit-learn {sklearn.__version__}, numpy {np.__version__}", flush=True)

for line in sys.stdin:
    task, path, argument = line.split()
    data = np.fromfile(path)
    if task == "fcls":
        L, N, K = data[:3].astype(int)
        Y = data[3 : 3 + L * N].reshape(L, N)
        M = data[3 + L * N : 3 + L * N + L * K].reshape(L, K)
        A = data[3 + L * N + L * K :].reshape(K, N)
        count = int(argument)
        start = time.process_time()
        found = amaps.FCLS(np.ascontiguousarray(Y[:, :count].T), np.ascontiguousarray(M.T))
        print((time.process_time() - start) / count, np.abs(found.T - A[:, :count]).max(), flush=True)
    else:
        L, N, K = data[:3].astype(int)
        Y = data[3 : 3 + L * N].reshape(L, N)
        solver, steps = task, int(argument)
        times = []
        for iterations in (1, 1 + steps):
            model = NMF(K, solver=solver, init="random", random_state=0, max_iter=iterations, tol=0)
            start = time.process_time()
            model.fit_transform(Y.T)
            times.append(time.process_time() - start)
        print((times[1] - times[0]) / steps, 0, flush=True)
