"""The same by numpy with scipy, and by torch: L-BFGS-B below, conjugate gradients for the adjoint; one request a line (JSON)."""
import json
import sys
import time

import numpy as np
import scipy
import torch
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit, log_softmax, softmax

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
print(f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}", flush=True)


def load(request):
    data = {}
    for part in ("train", "clean"):
        data[part] = np.array(request[part]["inputs"]), np.array(request[part]["labels"])
    return data, np.array(request["x"]), request["l2"], request["classes"], request["tolerance"]


def adjoint(apply, gy, tolerance):
    n = len(gy)
    return cg(LinearOperator((n, n), matvec=apply, dtype=float), gy, rtol=tolerance, maxiter=10000)[0]


def lower_solution(f, n, tolerance):
    return minimize(f, np.zeros(n), jac=True, method="L-BFGS-B", options={"gtol": tolerance, "ftol": 0, "maxiter": 10000, "maxfun": 100000}).x


def by_scipy():
    (X, labels), (Xv, labels_v) = data["train"], data["clean"]
    n, d = X.shape
    w = expit(x)
    if classes == 2:
        t, tv = 2 * labels - 1, 2 * labels_v - 1

        def f(y):
            m = t * (X @ y)
            return w @ np.logaddexp(0, -m) / n + l2 / 2 * y @ y, -(X.T @ (w * t * expit(-m))) / n + l2 * y

        y = lower_solution(f, d, tolerance)
        m = t * (X @ y)
        curvature = w * expit(m) * expit(-m) / n
        q = -t * expit(-m)
        z = adjoint(lambda v: X.T @ (curvature * (X @ v)) + l2 * v, -(Xv.T @ (tv * expit(-tv * (Xv @ y)))) / len(Xv), tolerance)
        return -w * (1 - w) * q * (X @ z) / n

    onehot = np.eye(classes)

    def f(y):
        Y = y.reshape(d, classes)
        L = log_softmax(X @ Y, axis=1)
        Q = w[:, None] * (np.exp(L) - onehot[labels]) / n
        return -(w @ L[np.arange(n), labels]) / n + l2 / 2 * y @ y, (X.T @ Q).ravel() + l2 * y

    y = lower_solution(f, d * classes, tolerance)
    Y = y.reshape(d, classes)
    P = softmax(X @ Y, axis=1)

    def apply(v):
        R = X @ v.reshape(d, classes)
        return (X.T @ (w[:, None] * P * (R - (P * R).sum(1, keepdims=True)))).ravel() / n + l2 * v

    gy = (Xv.T @ (softmax(Xv @ Y, axis=1) - onehot[labels_v])).ravel() / len(Xv)
    z = adjoint(apply, gy, tolerance)
    return -w * (1 - w) * ((P - onehot[labels]) * (X @ z.reshape(d, classes))).sum(1) / n


def by_torch():
    (X, labels), (Xv, labels_v) = tensors["train"], tensors["clean"]
    d = X.shape[1]
    upper = torch.tensor(x, requires_grad=True)
    outputs = 1 if classes == 2 else classes

    def losses(X, labels, y):
        scores = X @ y.reshape(d, outputs)
        if outputs == 1:
            return torch.nn.functional.binary_cross_entropy_with_logits(scores[:, 0], labels.double(), reduction="none")
        return torch.nn.functional.cross_entropy(scores, labels, reduction="none")

    def lower(y):
        return (torch.sigmoid(upper) * losses(X, labels, y)).mean() + l2 / 2 * y @ y

    def f(values):
        y = torch.tensor(values, requires_grad=True)
        value = lower(y)
        return value.item(), torch.autograd.grad(value, y)[0].numpy()

    y = torch.tensor(lower_solution(f, d * outputs, tolerance), requires_grad=True)
    gy = torch.autograd.grad(losses(Xv, labels_v, y).mean(), y)[0]
    g = torch.autograd.grad(lower(y), y, create_graph=True)[0]
    z = adjoint(lambda v: torch.autograd.grad(g, y, torch.tensor(v), retain_graph=True)[0].numpy(), gy.numpy(), tolerance)
    return -torch.autograd.grad(g, upper, torch.tensor(z))[0].numpy()


for line in sys.stdin:
    request = json.loads(line)
    if "train" in request:
        data, x, l2, classes, tolerance = load(request)
        tensors = {part: (torch.tensor(inputs), torch.tensor(labels)) for part, (inputs, labels) in data.items()}
        print("loaded", flush=True)
        continue
    best = float("inf")
    for _ in range(request["runs"]):
        start = time.perf_counter()
        gradient = {"scipy": by_scipy, "torch": by_torch}[request["peer"]]()
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"milliseconds": 1000 * best, "gradient": gradient.tolist()}), flush=True)
