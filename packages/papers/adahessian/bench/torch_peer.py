"""Training steps of small tanh networks by torch on one thread: [[ms with AdaHessian, ms with Adam], ...]."""
import json
import statistics
import sys
import time
import warnings

import pytorch_optimizer
import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
networks, rounds = json.loads(sys.argv[1]), int(sys.argv[2])
result = []
for sizes, batch in networks:
    torch.manual_seed(1)
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers += [torch.nn.Linear(a, b)] + ([torch.nn.Tanh()] if i + 2 < len(sizes) else [])
    model = torch.nn.Sequential(*layers)
    x, y = torch.rand(batch, sizes[0]), torch.randint(sizes[-1], (batch,))
    optimizers = [(pytorch_optimizer.AdaHessian(model.parameters()), True), (torch.optim.Adam(model.parameters()), False)]
    times = [[], []]
    for r in range(rounds + 3):
        for k, (optimizer, second) in enumerate(optimizers):
            start = time.perf_counter()
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward(create_graph=second)
            optimizer.step()
            if r >= 3:
                times[k].append(1e3 * (time.perf_counter() - start))
    result.append([statistics.median(t) for t in times])
print(json.dumps(result))
