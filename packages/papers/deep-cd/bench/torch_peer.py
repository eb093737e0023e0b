"""The multi-level network, its training step and CG in torch and scipy, one thread. A line asks, a line answers:
call;N -> ms of a network call on N x N; step; -> ms of a training step; cg;N -> ms of scipy's CG."""

import sys
import time

import numpy as np
import scipy
import scipy.sparse as sparse
import scipy.sparse.linalg as linalg
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
C = 4


def weights(rng):
    shapes = [(C, 1, 3, 3), (1, C, 1, 1)] + [(C, C, 3, 3)] * 8
    made = [torch.tensor(rng.uniform(-0.2, 0.2, shape), dtype=torch.float32, requires_grad=True) for shape in shapes]
    return made + [torch.tensor([2.0, 2.0], requires_grad=True)]


def network(w, r):
    conv = lambda x, k: F.conv2d(x, w[k], padding=1)

    def level(x, i):
        o = 2 + 4 * i
        x = x + conv(conv(x, o), o + 1)
        if min(x.shape[2:]) >= 8:
            x = x + w[-1][i] * F.interpolate(level(F.avg_pool2d(x, 2), 1), scale_factor=2)
        return x + conv(conv(x, o + 2), o + 3)

    return F.conv2d(level(conv(r, 0), 0), w[1])


def times_A(x):
    return F.conv2d(x, torch.tensor([[[[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]]]), padding=1)


def step(w, batches):
    total = 0
    for r in batches:
        f = network(w, r)
        Af = times_A(f)
        dims = (1, 2, 3)
        alpha = ((f * r).sum(dims) / (f * Af).sum(dims)).view(-1, 1, 1, 1)
        total = total + ((r - alpha * Af) ** 2).sum(dims).mean()
    for one in w:
        one.grad = None
    total.backward()
    torch.nn.utils.clip_grad_norm_(w, 1.0)
    return float(total)


def laplacian(n):
    line = sparse.diags([-1, 2, -1], [-1, 0, 1], shape=(n, n))
    return (sparse.kron(sparse.eye(n), line) + sparse.kron(line, sparse.eye(n))).tocsr()


def timed(work, repeat):
    begin = time.process_time()
    for _ in range(repeat):
        work()
    return (time.process_time() - begin) * 1000 / repeat


rng = np.random.default_rng(0)
w = weights(rng)
optimizer = torch.optim.Adam(w, lr=4e-3)
systems = {}
print(f"torch {torch.__version__}, scipy {scipy.__version__}", flush=True)
for line in sys.stdin:
    what, size = line.strip().split(";")
    if what == "call":
        n = int(size)
        r = torch.tensor(rng.standard_normal((1, 1, n, n)), dtype=torch.float32)
        with torch.no_grad():
            print(timed(lambda: network(w, r), 10), flush=True)
    elif what == "step":
        batches = []
        for n, batch in [(16, 16), (32, 4), (64, 1)]:
            r = torch.tensor(rng.standard_normal((batch, 1, n, n)), dtype=torch.float32)
            batches.append(r / r.flatten(1).norm(dim=1).view(-1, 1, 1, 1))

        def work():
            step(w, batches)
            optimizer.step()

        print(timed(work, 5), flush=True)
    else:
        n = int(size)
        A = systems.setdefault(n, laplacian(n))
        b = rng.standard_normal(n * n)
        print(timed(lambda: linalg.cg(A, b, rtol=1e-4), 1), flush=True)
