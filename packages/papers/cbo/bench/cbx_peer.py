# CBO of CBXpy, and the same step written in vectorised numpy: answers "who;d;N;steps" with microseconds of CPU time per
# step, objective included.
import sys
import time

import numpy as np

try:
    import cbx
    from cbx.dynamics import CBO

    VERSION = f"CBXpy {getattr(cbx, '__version__', '1.0.4')}"
except ImportError:
    CBO, VERSION = None, "no CBXpy"

print(f"{VERSION}, numpy {np.__version__}", flush=True)


def rastrigin(x):
    return np.sum(x * x + 2.5 * (1 - np.cos(2 * np.pi * x)), axis=-1)


def by_cbx(d, n, steps):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, n, d)) * 4 + 4
    dynamics = CBO(
        rastrigin, f_dim="3D", x=x, d=d, N=n, M=1, dt=0.01, lamda=1.0, alpha=1000.0, sigma=9.0,
        noise="anisotropic", max_it=10**9, verbosity=0,
    )
    for _ in range(20):
        dynamics.step()
    begin = time.process_time()
    for _ in range(steps):
        dynamics.step()
    return time.process_time() - begin


def by_numpy(d, n, steps):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, d)) * 4 + 4

    def step():
        nonlocal x
        f = rastrigin(x)
        w = np.exp(-1000.0 * (f - f.min()))
        D = x - (w / w.sum()) @ x
        x = x - 0.01 * D + 0.9 * np.abs(D) * rng.standard_normal((n, d))

    for _ in range(20):
        step()
    begin = time.process_time()
    for _ in range(steps):
        step()
    return time.process_time() - begin


for line in sys.stdin:
    who, *numbers = line.strip().split(";")
    d, n, steps = map(int, numbers)
    if who == "cbx" and CBO is None:
        print("none", flush=True)
        continue
    seconds = (by_cbx if who == "cbx" else by_numpy)(d, n, steps)
    print(1e6 * seconds / steps, flush=True)
