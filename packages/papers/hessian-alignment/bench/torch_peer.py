"""HGP and Hutchinson penalties by PyTorch's double backward, float32, one thread, gradients in features and head.

Reads "method K d n E" lines, answers CPU seconds, the penalty and the norm of the head's gradient.
"""

import sys
import time

import torch

torch.set_num_threads(1)


def loss_of(z, y, weight, bias):
    logits = z @ weight + bias
    if logits.shape[1] == 1:
        return torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], y.float())
    return torch.nn.functional.cross_entropy(logits, y)


def total(method, features, targets, weight, bias, probes):
    losses = [loss_of(z, y, weight, bias) for z, y in zip(features, targets)]
    gradients = [torch.autograd.grad(loss, (weight, bias), create_graph=True) for loss in losses]
    mean = [sum(g[i] for g in gradients) / len(gradients) for i in (0, 1)]
    penalty = sum(((g[i] - mean[i]) ** 2).sum() for g in gradients for i in (0, 1))
    if method == "hgp":
        curvatures = [
            torch.autograd.grad(g, (weight, bias), grad_outputs=g, create_graph=True)
            for g in gradients
        ]
    else:
        curvatures = []
        for g in gradients:
            estimate = [torch.zeros_like(weight), torch.zeros_like(bias)]
            for _ in range(probes):
                zeta = [torch.randint_like(x, 0, 2) * 2 - 1 for x in (weight, bias)]
                product = torch.autograd.grad(g, (weight, bias), grad_outputs=zeta, create_graph=True)
                estimate = [e + z * h / probes for e, z, h in zip(estimate, zeta, product)]
            curvatures.append(estimate)
    centre = [sum(c[i] for c in curvatures).detach() / len(curvatures) for i in (0, 1)]
    penalty = penalty + sum(((c[i] - centre[i]) ** 2).sum() for c in curvatures for i in (0, 1))
    return sum(losses) / len(losses) + penalty, penalty


def run(method, K, d, n, E):
    generator = torch.Generator().manual_seed(1)
    features = [torch.relu(torch.randn(n, d, generator=generator)).requires_grad_() for _ in range(E)]
    targets = [torch.randint(0, max(K, 2), (n,), generator=generator) for _ in range(E)]
    weight = (torch.randn(d, K, generator=generator) * 0.1).requires_grad_()
    bias = torch.zeros(K, requires_grad=True)
    start = time.process_time()
    value, penalty = total(method, features, targets, weight, bias, 30)
    value.backward()
    spent = time.process_time() - start
    return spent, float(penalty), float(weight.grad.norm())


print(f"torch {torch.__version__}", flush=True)
for line in sys.stdin:
    method, *sizes = line.split()
    print(*run(method, *map(int, sizes)), flush=True)
