"""OTT in JAX on the CPU, one thread. Answers lines of JSON, each with CPU seconds a call."""

import json
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import jax

import jax.numpy as jnp
import numpy as np
import optax
import ott
from ott.geometry import costs, pointcloud
from ott.neural.methods import monge_gap
from ott.solvers.linear import sinkhorn
from ott.tools import sinkhorn_divergence


def of_bits(values, dtype):
    return jnp.asarray(np.asarray(values), dtype=dtype)


def gap_of(x, y, cost, epsilon):
    return monge_gap.monge_gap_from_samples(
        x, y, cost_fn=cost, epsilon=epsilon, threshold=1e-3
    )


def fit_of(y, z, epsilon):
    value, _ = sinkhorn_divergence.sinkdiv(
        y, z, cost_fn=costs.SqEuclidean(), epsilon=epsilon, solve_kwargs={"threshold": 1e-3}
    )
    return value


def network(parameters, x):
    for k, (w, b) in enumerate(parameters):
        x = x @ w + b
        if k < len(parameters) - 1:
            x = jnp.tanh(x)
    return x


def timed(run, argument, repeats):
    jax.block_until_ready(run(argument))
    best = float("inf")
    answer = None
    for _ in range(repeats):
        start = time.process_time()
        answer = jax.block_until_ready(run(argument))
        best = min(best, time.process_time() - start)
    return best, answer


COSTS = {"sqEuclidean": costs.SqEuclidean(), "euclidean": costs.Euclidean()}


def answer(request):
    dtype = jnp.float64 if request["dtype"] == "float64" else jnp.float32
    x, y, z = (of_bits(request[name], dtype) for name in ("x", "y", "z"))
    cost = COSTS[request["cost"]]
    fitting, gap, strength = (request[k] for k in ("epsilonFitting", "epsilonGap", "strength"))
    repeats = request["repeats"]
    task = request["task"]
    if task == "gap":
        run = jax.jit(jax.value_and_grad(lambda y: gap_of(x, y, cost, gap)))
        seconds, (value, _) = timed(run, y, repeats)
        return {"seconds": seconds, "value": float(value)}
    if task == "divergence":
        run = jax.jit(jax.value_and_grad(lambda y: fit_of(y, z, fitting)))
        seconds, (value, _) = timed(run, y, repeats)
        return {"seconds": seconds, "value": float(value)}
    parameters = [(of_bits(w, dtype), of_bits(b, dtype)) for w, b in request["parameters"]]
    optimizer = optax.adam(request["learningRate"])

    def loss(parameters):
        images = network(parameters, x)
        return fit_of(images, z, fitting) + strength * gap_of(x, images, cost, gap)

    @jax.jit
    def step(carry):
        parameters, state = carry
        value, gradient = jax.value_and_grad(loss)(parameters)
        updates, state = optimizer.update(gradient, state)
        return value, (optax.apply_updates(parameters, updates), state)

    carry = (parameters, optimizer.init(parameters))
    _, carry = jax.block_until_ready(step(carry))
    times = []
    value = None
    for _ in range(repeats):
        start = time.process_time()
        value, carry = jax.block_until_ready(step(carry))
        times.append(time.process_time() - start)
    times.sort()
    return {"seconds": times[len(times) // 2], "value": float(value)}


print(f"OTT {ott.__version__}, JAX {jax.__version__}", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    with jax.enable_x64(request["dtype"] == "float64"):
        print(json.dumps(answer(request)), flush=True)
