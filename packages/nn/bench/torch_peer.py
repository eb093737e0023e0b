"""PyTorch on one thread: one request a line (JSON), the best processor time in seconds of one call in reply."""
import json
import sys
import time

import torch
from torch.func import functional_call, grad, jvp, vmap

torch.set_num_threads(1)
print(torch.__version__, flush=True)


def work_of(kind, sizes, n, dtype):
    torch.manual_seed(0)
    dtype = getattr(torch, dtype)
    layers = []
    for l in range(len(sizes) - 1):
        layers += [torch.nn.Linear(sizes[l], sizes[l + 1]), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1]).to(dtype)
    x = torch.rand(n, sizes[0], dtype=dtype)
    y = torch.arange(n) % sizes[-1]
    criterion = torch.nn.CrossEntropyLoss()
    if kind == "step":
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)

        def step():
            optimizer.zero_grad()
            criterion(net(x), y).backward()
            optimizer.step()

        return step
    p = {k: t.detach() for k, t in net.named_parameters()}
    v = {k: torch.randn_like(t) for k, t in p.items()}

    def loss(q, inputs, targets):
        return criterion(functional_call(net, q, (inputs,)), targets)

    if kind == "hvp":
        return lambda: jvp(grad(lambda q: loss(q, x, y)), (p,), (v,))[1]
    if kind == "hvp, double backward":
        parameters = list(net.parameters())
        direction = list(v.values())

        def double():
            g = torch.autograd.grad(criterion(net(x), y), parameters, create_graph=True)
            return torch.autograd.grad(g, parameters, grad_outputs=direction)

        return double

    def norms():
        gs = vmap(grad(lambda q, a, b: loss(q, a[None], b[None])), in_dims=(None, 0, 0))(p, x, y)
        return sum(g.flatten(1).square().sum(1) for g in gs.values()).sqrt()

    def spread():
        gs = vmap(grad(lambda q, a, b: loss(q, a[None], b[None])), in_dims=(None, 0, 0))(p, x, y)
        flat = [g.flatten(1) for g in gs.values()]
        means = [g.mean(0) for g in flat]
        squares = sum(g.square().sum(1) for g in flat)
        products = sum(g @ m for g, m in zip(flat, means))
        distances = sum((g - m).square().sum(1) for g, m in zip(flat, means))
        return squares.sqrt(), products, distances.sqrt()

    return spread if kind == "gradient statistics" else norms


for line in sys.stdin:
    request = json.loads(line)
    work = work_of(request["kind"], request["sizes"], request["n"], request["dtype"])
    inner, best, rounds = 1, float("inf"), 0
    work()
    end = time.process_time() + request["seconds"]
    while time.process_time() < end or rounds < 3:
        rounds += 1
        start = time.process_time()
        for _ in range(inner):
            work()
        took = (time.process_time() - start) / inner
        best = min(best, took)
        inner = max(1, min(200, int(0.01 / took)))
    print(best, flush=True)
