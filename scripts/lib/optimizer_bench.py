"""Times one torch optimizer at a time: a line {make, shape, orthogonal} sets it up, a line {time: n} steps it n times, by CPU time."""
import json
import sys
import time
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
try:
    import pytorch_optimizer
    from importlib.metadata import version

    peers = f", pytorch_optimizer {version('pytorch_optimizer')}"
except ImportError:
    peers = ", no pytorch_optimizer"
print(f"torch {torch.__version__}{peers}.", flush=True)

optimizer = None
for line in sys.stdin:
    request = json.loads(line)
    if "make" in request:
        generator = torch.Generator().manual_seed(1)
        p = [torch.rand(request["shape"], generator=generator) * 2 - 1 for _ in range(4)]
        for x in p:
            x.requires_grad_()
            g = torch.rand(request["shape"], generator=generator) * 2 - 1
            if request["orthogonal"]:
                g -= x.detach() * (x.detach() * g).sum(1, keepdim=True) / (x.detach() ** 2).sum(1, keepdim=True)
            x.grad = g
        try:
            optimizer = eval(request["make"])
            optimizer.step()
            print(json.dumps({}), flush=True)
        except Exception as error:
            print(json.dumps({"missing": f"{type(error).__name__}: {error}"}), flush=True)
    else:
        start = time.process_time()
        for _ in range(request["time"]):
            optimizer.step()
        print(json.dumps({"seconds": (time.process_time() - start) / request["time"]}), flush=True)
