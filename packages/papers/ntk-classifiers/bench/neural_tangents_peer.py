"""neural-tangents on n x n pairs in float64, compiled. Reads "activation n depth" lines and answers CPU seconds and
the kernel of rows 0 and 1 over that of row 0 with itself."""

import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax

jax.config.update("jax_enable_x64", True)
import neural_tangents as nt
import numpy as np
from neural_tangents import stax


def layer(activation):
    if activation == "relu":
        return stax.ABRelu(0, 2**0.5)
    a, b = 2**-0.75, (1 - 2**-0.5) ** 0.5
    r2, r6 = 2**0.5, 6**0.5
    return stax.Polynomial((-b / r2, a - 3 * a / r6, b / r2, a / r6))


compiled = {}


def kernel(activation, depth):
    if (activation, depth) not in compiled:
        dense = lambda: stax.Dense(1, W_std=1, b_std=None)
        parts = [part for _ in range(depth) for part in (dense(), layer(activation))]
        compiled[activation, depth] = jax.jit(lambda x: stax.serial(*parts, dense())[2](x, None, "ntk"))
    return compiled[activation, depth]


print(f"neural-tangents {nt.__version__}, jax {jax.__version__}", flush=True)
for line in sys.stdin:
    activation, n, depth = line.split()
    n = int(n)
    t = (np.arange(n) + 0.5) / n * np.pi / 2
    # The kernel of the first layer is x.x' over the number of columns.
    x = np.stack([np.cos(t), np.sin(t)], axis=1) * 2**0.5
    call = kernel(activation, int(depth))
    try:
        call(x).block_until_ready()
        start = time.process_time()
        out = np.asarray(call(x).block_until_ready())
        print(time.process_time() - start, out[0, 1] / out[0, 0], out[0, 0], flush=True)
    except Exception as error:
        print("nan nan nan", str(error).replace("\n", " ")[:80], flush=True)
