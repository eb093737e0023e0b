"""Steps of BO-REP on a representation, by torch's autograd and by numpy in closed form; one request a line (JSON)."""
import json
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
print(f"numpy {np.__version__}, torch {torch.__version__}", flush=True)


def torch_oracles(data):
    (X, labels), (Xv, labels_v) = [(torch.tensor(a), torch.tensor(b)) for a, b in data]

    def loss(x, y, inputs, targets):
        h = torch.tanh(inputs @ x[:-1] + x[-1])
        return torch.nn.functional.cross_entropy(h @ y[:-1] + y[-1], targets)

    def lower_gradient(x, y, batch):
        y = y.detach().requires_grad_()
        g = loss(x, y, X[batch], labels[batch]) + l2 / 2 * (y * y).sum()
        return torch.autograd.grad(g, y)[0]

    def upper_gradient(x, y, batch):
        x, y = x.detach().requires_grad_(), y.detach().requires_grad_()
        return torch.autograd.grad(loss(x, y, Xv[batch], labels_v[batch]), (x, y))

    def hvp(x, y, v, batch):
        x, y = x.detach().requires_grad_(), y.detach().requires_grad_()
        g = loss(x, y, X[batch], labels[batch]) + l2 / 2 * (y * y).sum()
        gy = torch.autograd.grad(g, y, create_graph=True)[0]
        return torch.autograd.grad((gy * v).sum(), (x, y))

    return lower_gradient, upper_gradient, hvp, torch.tensor, torch.zeros_like, torch.linalg.norm


def numpy_oracles(data):
    (X, labels), (Xv, labels_v) = [(np.hstack([a, np.ones((len(a), 1))]), b) for a, b in data]

    def forward(x, y, inputs, targets):
        h = np.tanh(inputs @ x)
        o = h @ y[:-1] + y[-1]
        p = np.exp(o - o.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        q = p.copy()
        q[np.arange(len(targets)), targets] -= 1
        return h, np.hstack([h, np.ones((len(h), 1))]), p, q / len(targets)

    def lower_gradient(x, y, batch):
        _, h1, _, q = forward(x, y, X[batch], labels[batch])
        return h1.T @ q + l2 * y

    def upper_gradient(x, y, batch):
        inputs = Xv[batch]
        h, h1, _, q = forward(x, y, inputs, labels_v[batch])
        return inputs.T @ ((q @ y[:-1].T) * (1 - h * h)), h1.T @ q

    def hvp(x, y, v, batch):
        inputs = X[batch]
        h, h1, p, q = forward(x, y, inputs, labels[batch])
        r = h1 @ v
        d = p * (r - (p * r).sum(axis=1, keepdims=True)) / len(batch)
        return inputs.T @ ((d @ y[:-1].T + q @ v[:-1].T) * (1 - h * h)), h1.T @ d + l2 * v

    return lower_gradient, upper_gradient, hvp, np.array, np.zeros_like, np.linalg.norm


def run(oracles, batches):
    lower_gradient, upper_gradient, hvp, array, zeros_like, norm = oracles
    x, y = array(start["x"]), array(start["y"])
    z, m = zeros_like(y), zeros_like(x)
    lower, products, upper = [iter(part) for part in batches]
    for k in range(len(batches[1])):
        if k > 0 and k % 2 == 0:
            for _ in range(3):
                y = y - lower_gradient(x, y, next(lower))
        b = next(products)
        Hz = hvp(x, y, z, b)[1]
        Fx, Fy = upper_gradient(x, y, next(upper))
        z = z - 0.5 * (Hz - Fy)
        m = 0.9 * m + 0.1 * (Fx - hvp(x, y, z, b)[0])
        x = x - 0.02 * m / (norm(m) + 1e-10)
    return x


for line in sys.stdin:
    request = json.loads(line)
    if "train" in request:
        data = [(np.array(request[p]["inputs"]), np.array(request[p]["targets"])) for p in ("train", "clean")]
        start, l2 = request["start"], request["l2"]
        batches = [[np.array(b) for b in part] for part in request["batches"]]
        made = {"torch": torch_oracles(data), "numpy": numpy_oracles(data)}
        tensors = [[torch.tensor(b) for b in part] for part in batches]
        print("{}", flush=True)
        continue
    peer = request["peer"]
    began = time.perf_counter()
    x = run(made[peer], tensors if peer == "torch" else batches)
    seconds = time.perf_counter() - began
    print(json.dumps({"microseconds": 1e6 * seconds / len(batches[1]), "x": np.array(x).ravel().tolist()}), flush=True)
