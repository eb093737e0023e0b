"""SLSQP of scipy on the problems that a caller describes; one request a line (JSON).

The caller's functions are evaluated there: they are asked for by lines {"x": [...]} and answered with f, c and their
derivatives. Times are those of this process without the time that the answers took.
"""
import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import minimize

print(f"scipy {scipy.__version__}", flush=True)


def ask(x):
    print(json.dumps({"x": list(x)}), flush=True)
    return json.loads(sys.stdin.readline())


for line in sys.stdin:
    request = json.loads(line)
    known = {}
    waited = 0.0

    def at(x):
        global waited
        key = x.tobytes()
        if key not in known:
            known.clear()
            start = time.perf_counter()
            answer = ask(x)
            waited += time.perf_counter() - start
            known[key] = {name: np.array(value, dtype=float) for name, value in answer.items()}
        return known[key]

    start = time.perf_counter()
    with np.errstate(all="ignore"):
        result = minimize(
            lambda x: float(at(x)["f"]),
            np.array(request["start"], dtype=float),
            jac=lambda x: at(x)["g"],
            constraints=[{"type": "eq", "fun": lambda x: at(x)["c"], "jac": lambda x: at(x)["G"]}],
            method="SLSQP",
            options={"ftol": request["ftol"], "maxiter": request["limit"]},
        )
    spent = time.perf_counter() - start - waited
    print(
        json.dumps(
            {
                "done": True,
                "iterations": int(result.nit),
                "f": float(result.fun),
                "x": list(map(float, result.x)),
                "success": bool(result.success),
                "milliseconds": 1000 * spent,
            }
        ),
        flush=True,
    )
