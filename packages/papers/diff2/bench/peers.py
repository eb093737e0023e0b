"""Peers of @opt/diff2: answers lines `<what> <records> <repeats>` with JSON."""
import json
import sys
import time
import warnings

warnings.filterwarnings('ignore')
import numpy as np
import torch

torch.set_num_threads(1)
versions = [f'torch {torch.__version__}']
try:
    import opacus
    from opacus.grad_sample import GradSampleModule
    from opacus.accountants.analysis import rdp as opacus_rdp

    versions.append(f'opacus {opacus.__version__}')
except ImportError:
    opacus = None
try:
    from importlib.metadata import version

    import dp_accounting
    from dp_accounting import rdp as dp_rdp

    versions.append(f'dp-accounting {version("dp-accounting")}')
except ImportError:
    dp_accounting = None
print(', '.join(versions), flush=True)


def data(n, dtype):
    rng = np.random.default_rng(0)
    x = torch.tensor(rng.uniform(-1, 1, (n, 8)), dtype=dtype)
    y = torch.tensor(rng.integers(0, 2, (n, 1)), dtype=dtype)
    model = torch.nn.Sequential(torch.nn.Linear(8, 10), torch.nn.Softplus(), torch.nn.Linear(10, 1)).to(dtype)
    return model, x, y


def vmap(n, dtype):
    model, x, y = data(n, dtype)
    parameters = {k: v.detach() for k, v in model.named_parameters()}

    def loss(p, a, b):
        return 0.5 * ((torch.func.functional_call(model, p, a) - b) ** 2).sum()

    rows = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))

    def run():
        g = rows(parameters, x, y)
        norms = torch.sqrt(sum((v.reshape(n, -1) ** 2).sum(1) for v in g.values()))
        weights = torch.clamp(1.5 / norms, max=1) / n
        return [torch.einsum('i,i...->...', weights, v) for v in g.values()]

    return run


def vmap_difference(n, dtype):
    model, x, y = data(n, dtype)
    parameters = {k: v.detach() for k, v in model.named_parameters()}
    previous = {k: v + 1e-3 for k, v in parameters.items()}

    def loss(p, a, b):
        return 0.5 * ((torch.func.functional_call(model, p, a) - b) ** 2).sum()

    rows = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))

    def run():
        g, h = rows(parameters, x, y), rows(previous, x, y)
        d = {k: g[k] - h[k] for k in g}
        norms = torch.sqrt(sum((v.reshape(n, -1) ** 2).sum(1) for v in d.values()))
        weights = torch.clamp(1e-3 / norms, max=1) / n
        return [torch.einsum('i,i...->...', weights, v) for v in d.values()]

    return run


def with_opacus(n, dtype):
    model, x, y = data(n, dtype)
    model = GradSampleModule(model)

    def run():
        model.zero_grad()
        (0.5 * ((model(x) - y) ** 2).sum()).backward()
        g = [p.grad_sample for p in model.parameters()]
        norms = torch.sqrt(sum((v.reshape(n, -1) ** 2).sum(1) for v in g))
        weights = torch.clamp(1.5 / norms, max=1) / n
        return [torch.einsum('i,i...->...', weights, v) for v in g]

    return run


def best(run, repeats):
    run()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


ORDERS = [1.25, 1.5, 1.75, *range(2, 33), 40, 48, 64]


def curve(q, s):
    out = {}
    if opacus:
        start = time.process_time()
        out['opacus'] = [float(v) for v in opacus_rdp.compute_rdp(q=q, noise_multiplier=s, steps=1, orders=ORDERS)]
        out['opacusTime'] = time.process_time() - start
    if dp_accounting:
        start = time.process_time()
        accountant = dp_rdp.RdpAccountant(ORDERS)
        event = dp_accounting.PoissonSampledDpEvent(q, dp_accounting.GaussianDpEvent(s))
        accountant.compose(event)
        out['google'] = [float(v) if np.isfinite(v) else None for v in accountant._rdp]
        out['googleTime'] = time.process_time() - start
    return out


def epsilon(s, rounds, delta):
    if not dp_accounting:
        return {}
    start = time.process_time()
    from dp_accounting import pld

    accountant = pld.PLDAccountant()
    accountant.compose(dp_accounting.GaussianDpEvent(s), rounds)
    value = float(accountant.get_epsilon(delta))
    return {'epsilon': value, 'time': time.process_time() - start}


for line in sys.stdin:
    what, *rest = line.split()
    if what == 'curve':
        answer = curve(*map(float, rest))
    elif what == 'epsilon':
        answer = epsilon(float(rest[0]), int(rest[1]), float(rest[2]))
    else:
        n, repeats = int(rest[0]), int(rest[1])
        runs = {
            'vmap64': lambda: vmap(n, torch.float64),
            'vmap32': lambda: vmap(n, torch.float32),
            'difference64': lambda: vmap_difference(n, torch.float64),
            'opacus64': lambda: with_opacus(n, torch.float64) if opacus else None,
            'opacus32': lambda: with_opacus(n, torch.float32) if opacus else None,
        }
        run = runs[what]()
        answer = best(run, repeats) if run else None
    print(json.dumps(answer), flush=True)
