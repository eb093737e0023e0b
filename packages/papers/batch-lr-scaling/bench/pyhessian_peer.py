"""PyHessian's spectral density on one thread: one request a line (JSON), seconds of CPU time and the largest node in reply.

PyHessian 0.1 calls torch.eig, which torch has removed; its successor is put in its place, and nothing else is changed.
"""
import json
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)


def eig(T, eigenvectors=False):
    values, vectors = torch.linalg.eigh(T)
    return torch.stack([values, torch.zeros_like(values)], 1), vectors


torch.eig = eig
from pyhessian import hessian  # noqa: E402

print(f"0.1, torch {torch.__version__}", flush=True)

for line in sys.stdin:
    r = json.loads(line)
    inputs, hidden, outputs = r["sizes"]
    dtype = getattr(torch, r["dtype"])
    x = torch.tensor(np.fromfile(r["inputs"]).reshape(-1, inputs), dtype=dtype)
    y = torch.tensor(np.fromfile(r["labels"], dtype=np.int32), dtype=torch.long)
    flat = np.fromfile(r["parameters"])
    first, last = torch.nn.Linear(inputs, hidden), torch.nn.Linear(hidden, outputs)
    with torch.no_grad():
        at = 0
        for layer in (first, last):
            rows, columns = layer.weight.shape[1], layer.weight.shape[0]
            layer.weight.copy_(torch.tensor(flat[at : at + rows * columns].reshape(rows, columns).T))
            at += rows * columns
            layer.bias.copy_(torch.tensor(flat[at : at + columns]))
            at += columns
    activation = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[r["activation"]]()
    model = torch.nn.Sequential(first, activation, last).to(dtype)
    torch.manual_seed(0)
    start = time.process_time()
    nodes, _ = hessian(model, torch.nn.CrossEntropyLoss(), data=(x, y), cuda=False).density(iter=r["steps"], n_v=r["probes"])
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "highest": float(max(max(one) for one in nodes))}), flush=True)
