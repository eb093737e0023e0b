# Per-example gradients by torch.func.vmap, as the authors' code computes them: one step of an MLP with the statistics of
# a test. Answers "sizes;batch;what" with seconds.
import sys
import time

import torch

torch.set_num_threads(1)
print(torch.__version__, flush=True)


def setup(sizes, batch):
    torch.manual_seed(0)
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(torch.nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(torch.nn.Tanh())
    model = torch.nn.Sequential(*layers)
    x, y = torch.randn(batch, sizes[0]), torch.randint(sizes[-1], (batch,))
    return model, x, y


def plain(model, x, y):
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()


def per_example(model, x, y):
    parameters = {k: v.detach() for k, v in model.named_parameters()}

    def loss(parameters, x, y):
        out = torch.func.functional_call(model, parameters, (x.unsqueeze(0),))
        return torch.nn.functional.cross_entropy(out, y.unsqueeze(0))

    return torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(parameters, x, y)


def norm_test(model, x, y):
    gradients = per_example(model, x, y)
    variance = sum(g.var(dim=0).sum() for g in gradients.values())
    square = sum(g.mean(dim=0).square().sum() for g in gradients.values())
    return float(variance / square)


def augmented_test(model, x, y):
    gradients = torch.cat([g.flatten(1) for g in per_example(model, x, y).values()], dim=1)
    mean = gradients.mean(dim=0)
    square = mean @ mean
    along = gradients @ mean
    across = gradients - torch.outer(along / square, mean)
    return float(max(along.var() / square**2, across.var(dim=0).sum() / square))


WORK = {"plain": plain, "norm": norm_test, "augmented": augmented_test}
for line in sys.stdin:
    sizes, batch, what = line.strip().split(";")
    model, x, y = setup([int(s) for s in sizes.split("-")], int(batch))
    work = WORK[what]
    work(model, x, y)
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        work(model, x, y)
        best = min(best, time.perf_counter() - start)
    print(best, flush=True)
