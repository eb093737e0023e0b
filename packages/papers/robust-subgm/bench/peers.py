"""The peers on one problem: a line names a file with d, m, A (m x d x d), y and X*; then what to time. CPU time."""
import sys
import time

import clarabel
import cvxpy as cp
import numpy as np
import torch

torch.set_num_threads(1)
print(f"cvxpy {cp.__version__} with Clarabel {clarabel.__version__}, torch {torch.__version__}, numpy {np.__version__}", flush=True)
A = y = truth = None


def solve_cvxpy():
    m, d = A.shape[0], truth.shape[0]
    X = cp.Variable((d, d), PSD=True)
    cp.Problem(cp.Minimize(cp.sum(cp.abs(A @ cp.vec(X, order="C") - y)))).solve(solver=cp.CLARABEL)
    return np.linalg.norm(X.value - truth) / np.linalg.norm(truth)


def run_numpy(iterations):
    m, d = A.shape[0], truth.shape[0]
    U = np.random.default_rng(0).normal(size=(d, d)) * 1e-3
    for _ in range(iterations):
        r = A @ (U @ U.T).ravel() - y
        S = (np.sign(r) @ A).reshape(d, d)
        np.abs(r).mean()
        U -= 0.01 / m * (S + S.T) @ U
    return 0.0


def run_torch(iterations):
    d = truth.shape[0]
    a, b = torch.from_numpy(A), torch.from_numpy(y)
    U = (torch.randn(d, d, dtype=torch.float64) * 1e-3).requires_grad_()
    for _ in range(iterations):
        loss = (a @ (U @ U.T).reshape(-1) - b).abs().mean()
        loss.backward()
        with torch.no_grad():
            U -= 0.01 * U.grad
            U.grad = None
    return 0.0


for line in sys.stdin:
    task, argument = line.split()
    if task == "load":
        data = np.fromfile(argument)
        d, m = int(data[0]), int(data[1])
        A = data[2 : 2 + m * d * d].reshape(m, d * d)
        y = data[2 + m * d * d : 2 + m * d * d + m].copy()
        truth = data[2 + m * d * d + m :].reshape(d, d)
        print("ready", flush=True)
        continue
    start = time.process_time()
    answer = solve_cvxpy() if task == "cvxpy" else {"numpy": run_numpy, "torch": run_torch}[task](int(argument))
    print(time.process_time() - start, answer, flush=True)
