# PyTorch's optimizers on one thread, timed on request: a line "name variant n steps" on stdin gives seconds a step on stdout.
import sys
import time

import torch

torch.set_num_threads(1)


class Lion:
    """Lion in PyTorch operations: tensor by tensor, or with the foreach functions."""

    def __init__(self, params, foreach):
        self.params = params
        self.moments = [torch.zeros_like(p) for p in params]
        self.foreach = foreach

    @torch.no_grad()
    def step(self, lr=1e-4, b1=0.9, b2=0.99, wd=0.1):
        grads = [p.grad for p in self.params]
        if self.foreach:
            updates = torch._foreach_mul(self.moments, b1)
            torch._foreach_add_(updates, grads, alpha=1 - b1)
            torch._foreach_sign_(updates)
            torch._foreach_mul_(self.params, 1 - lr * wd)
            torch._foreach_add_(self.params, updates, alpha=-lr)
            torch._foreach_lerp_(self.moments, grads, 1 - b2)
            return
        for p, m, g in zip(self.params, self.moments, grads):
            update = m.mul(b1).add_(g, alpha=1 - b1).sign_()
            p.mul_(1 - lr * wd).add_(update, alpha=-lr)
            m.lerp_(g, 1 - b2)


def make(name, variant, params):
    if name == "Lion":
        if variant in ("for-loop", "foreach"):
            return Lion(params, variant == "foreach")
        if variant.startswith("pytorch_optimizer"):
            import pytorch_optimizer

            return pytorch_optimizer.Lion(params, lr=1e-4, weight_decay=0.1, foreach=variant.endswith("foreach"))
        raise ValueError(variant)
    kind = {"SGD": torch.optim.SGD, "RMSProp": torch.optim.RMSprop}.get(name) or getattr(torch.optim, name)
    options = {"momentum": 0.9} if name == "SGD" else {}
    if variant == "fused":
        options["fused"] = True
    else:
        options["foreach"] = variant == "foreach"
    return kind(params, lr=1e-4, **options)


arrays = {}


def bandwidth(n, steps):
    """Bytes a second of y += a x over as much memory as an optimizer's arrays take: twice two arrays of n."""
    if n not in arrays:
        arrays.clear()
        arrays[n] = [torch.randn(n) for _ in range(4)]
    x, y, z, w = arrays[n]

    def work():
        y.add_(x, alpha=1e-9)
        w.add_(z, alpha=1e-9)

    work()
    start = time.process_time()
    for _ in range(steps):
        work()
    return 24 * n * steps / (time.process_time() - start)


optimizers = {}
print(torch.__version__, flush=True)
for line in sys.stdin:
    name, variant, n, steps = line.split()
    n, steps = int(n), int(steps)
    try:
        if name == "bandwidth":
            print(bandwidth(n, steps), flush=True)
            continue
        key = (name, variant, n)
        if key not in optimizers:
            for old in [k for k in optimizers if k[2] != n or n > 10**6]:
                del optimizers[old]
            params = [torch.randn(n // 4, requires_grad=True) for _ in range(4)]
            for p in params:
                p.grad = torch.randn_like(p)
            optimizers[key] = make(name, variant, params)
            optimizers[key].step()
        optimizer = optimizers[key]
        optimizer.step()
        start = time.process_time()
        for _ in range(steps):
            optimizer.step()
        print((time.process_time() - start) / steps, flush=True)
    except Exception:
        print("nan", flush=True)
