"""PGD, steps of adversarial training and KL weights in PyTorch, on one thread.

Reads "pgd d hidden", "at d hidden", "done d hidden" (float32, batches of 100, attacks of 10 steps) and "kl n" (float64)
lines; answers the CPU seconds of one call, the median over some.
"""

import sys
import time

import torch

torch.set_num_threads(1)
EPSILON, STEPS, BATCH, C, TAU, R = 0.1, 10, 100, 2e-3, 0.02, 2.0
loss_of = torch.nn.functional.cross_entropy


def problem(d, hidden):
    generator = torch.Generator().manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(d, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
    x = torch.rand(BATCH, d, generator=generator) * (torch.rand(BATCH, d, generator=generator) > 0.6)
    y = torch.randint(0, 10, (BATCH,), generator=generator)
    return model, x, y


def slope(model, x, y):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(loss_of(model(x), y, reduction="sum"), x)[0]


def pgd(model, x, y):
    step = 2.5 * EPSILON / STEPS
    points = (x + EPSILON * (2 * torch.rand_like(x) - 1)).clamp(0, 1)
    for _ in range(STEPS):
        points = points + step * slope(model, points, y).sign()
        points = (x + (points - x).clamp(-EPSILON, EPSILON)).clamp(0, 1)
    return points


def barrier(model, x, y, low, high):
    width = high - low
    delta = 0.5 * (low + high) + 0.5 * width * (1 - 2 * TAU) * (2 * torch.rand_like(x) - 1)
    step, m, v = 2.5 * EPSILON / STEPS, torch.zeros_like(x), torch.zeros_like(x)
    for t in range(1, STEPS + 1):
        g = C * (1 / (high - delta) - 1 / (delta - low)) - slope(model, x + delta, y)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        delta = delta - step * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
        delta = torch.minimum(torch.maximum(delta, low + TAU * width), high - TAU * width)
    return delta


class Training:
    def __init__(self, d, hidden):
        self.model, self.x, self.y = problem(d, hidden)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)
        self.log_u = None

    def update(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def at(self):
        points = pgd(self.model, self.x, self.y)
        self.update(loss_of(self.model(points), self.y))

    def done(self):
        low = torch.clamp(-self.x, min=-EPSILON)
        high = torch.clamp(1 - self.x, max=EPSILON)
        delta = barrier(self.model, self.x, self.y, low, high)
        points = (self.x + delta).requires_grad_()
        losses = loss_of(self.model(points), self.y, reduction="none")
        (inside,) = torch.autograd.grad(losses.sum(), points, create_graph=True)
        q = inside.detach() / (C / (high - delta) ** 2 + C / (delta - low) ** 2)
        q = torch.minimum(torch.maximum(q, low - delta), high - delta)
        scaled = losses.detach() / R
        log_g = torch.logsumexp(scaled, 0) - torch.log(torch.tensor(float(BATCH)))
        if self.log_u is None:
            self.log_u = log_g
        else:
            self.log_u = torch.logaddexp(self.log_u + torch.log(torch.tensor(0.9)), log_g + torch.log(torch.tensor(0.1)))
        w = torch.exp(scaled - self.log_u).clamp(max=5) / BATCH
        self.update((w * (losses + (inside * q).sum(1))).sum())


def timed(call, repeats):
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return sorted(times)[repeats // 2]


def answer(task, sizes):
    if task == "kl":
        (n,) = sizes
        losses = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).exp()

        def weigh():
            w = torch.softmax(losses / R, 0)
            value = R * (torch.logsumexp(losses / R, 0) - torch.log(torch.tensor(float(n))))
            return w, value

        return timed(weigh, 5 if n > 100_000 else 50)
    if task == "pgd":
        model, x, y = problem(*sizes)
        return timed(lambda: pgd(model, x, y), 20)
    return timed(getattr(Training(*sizes), task), 20)


print(f"torch {torch.__version__}", flush=True)
for line in sys.stdin:
    task, *sizes = line.split()
    print(answer(task, [int(size) for size in sizes]), flush=True)
