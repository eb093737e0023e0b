"""The same supernet in PyTorch and Kendall's tau of SciPy, float32, one thread.

Reads "step batch channels steps", "norms batch channels calls" or "tau n" lines, answers CPU seconds of one.
"""

import sys
import time

import torch

torch.set_num_threads(1)
EDGES = ((0, 1), (0, 2), (1, 2))
CELLS, INPUTS, CLASSES, WIDTH = 2, 196, 10, 2


class Net(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        linear = torch.nn.Linear
        self.stem, self.head = linear(INPUTS, channels), linear(channels, CLASSES)
        self.dense = torch.nn.ModuleList(linear(channels, channels) for _ in range(CELLS * len(EDGES)))
        self.narrow = torch.nn.ModuleList(linear(channels, WIDTH) for _ in range(CELLS * len(EDGES)))
        self.wide = torch.nn.ModuleList(linear(WIDTH, channels) for _ in range(CELLS * len(EDGES)))

    def forward(self, x, path):
        h = self.stem(x)
        for cell in range(CELLS):
            nodes = [h, None, None]
            for e, (a, b) in enumerate(EDGES):
                i, source = cell * len(EDGES) + e, nodes[a]
                if path[e] == 0 or source is None:
                    continue
                if path[e] == 1:
                    y = source
                elif path[e] == 2:
                    y = self.wide[i](torch.tanh(self.narrow[i](torch.relu(source))))
                elif path[e] == 3:
                    y = self.dense[i](torch.relu(source))
                else:
                    y = (source + source.roll(1, 1) + source.roll(-1, 1)) / 3
                nodes[b] = y if nodes[b] is None else nodes[b] + y
            out = nodes[2] if nodes[2] is not None else torch.zeros_like(h)
            h = out / torch.sqrt((out * out).mean(1, keepdim=True) + 1e-5)
        return self.head(torch.relu(h))


def clock(work, count):
    start = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - start) / count


def step(batch, channels, count):
    torch.manual_seed(1)
    net = Net(channels)
    x, y = torch.randn(10_000, INPUTS), torch.randint(0, CLASSES, (10_000,))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=2.5e-4)

    def work():
        rows = torch.randint(0, 10_000, (batch,))
        path = torch.randint(0, 5, (3,)).tolist()
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(x[rows], path), y[rows]).backward()
        torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.grad is not None], 5)
        optimizer.step()

    clock(work, 20)
    return clock(work, count)


def norms(batch, channels, count):
    torch.manual_seed(1)
    net = Net(channels)
    x, y = torch.randn(batch, INPUTS), torch.randint(0, CLASSES, (batch,))
    parameters = {name: p.detach() for name, p in net.named_parameters()}

    def loss(p, row, label):
        logits = torch.func.functional_call(net, p, (row[None], (3, 2, 3)))
        return torch.nn.functional.cross_entropy(logits, label[None])

    gradients = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    work = lambda: sum(g.flatten(1).square().sum(1) for g in gradients(parameters, x, y).values()).sqrt()
    clock(work, 2)
    return clock(work, count)


def tau(n):
    import numpy
    from scipy.stats import kendalltau

    rng = numpy.random.default_rng(1)
    a = rng.integers(0, 5000, n) / 5000
    b = a + rng.normal(0, 0.1, n)
    kendalltau(a, b)
    return clock(lambda: kendalltau(a, b), 5)


print(f"torch {torch.__version__}", flush=True)
for line in sys.stdin:
    kind, *sizes = line.split()
    print({"step": step, "norms": norms, "tau": tau}[kind](*map(int, sizes)), flush=True)
