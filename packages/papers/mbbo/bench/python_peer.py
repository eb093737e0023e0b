"""Steps of BSVRB on logistic regressions of several temperatures, by numpy in closed form; one request a line (JSON)."""
import json
import sys
import time

import numpy as np

print(f"numpy {np.__version__}", flush=True)


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def lower(i, x, y, rows):
    """Gradient in y, and what its Hessian needs."""
    A = X[rows] / temperatures[i]
    p = sigmoid(A @ y)
    w = sigmoid(x[rows])
    return A, p, w, -A.T @ (w * (1 - p)) / len(rows) + l2 * y


def upper(i, y, rows):
    A = Xv[rows] / temperatures[i]
    return -A.T @ (1 - sigmoid(A @ y)) / len(rows)


def project(H, least):
    H = (H + H.T) / 2
    try:
        np.linalg.cholesky(H - least * np.eye(len(H)))
        return H
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(H)
        return (vectors * np.maximum(values, least)) @ vectors.T


def run(version, blocks, samples, steps, alpha, beta, gamma, tau, eta, least, radius):
    n, d = X.shape
    m = len(temperatures)
    x, y, v = np.zeros(n), np.zeros((m, d)), np.zeros((m, d))
    s, u, z = np.zeros((m, d)), np.zeros((m, d)), np.zeros(n)
    H = np.zeros((m, d, d)) if version == 1 else None

    def parts(i, x, y, a, H, rows, valid):
        """Estimates at a point: the gradient in y, the second estimate, and the hypergradient."""
        A, p, w, g = lower(i, x, y, rows)
        f = upper(i, y, valid)
        c = w * p * (1 - p)
        if version == 1:
            second = A.T @ (c[:, None] * A) / len(rows) + l2 * np.eye(d)
            a = np.linalg.solve(second if H is None else H, f)
        r = A @ a
        if version == 2:
            second = A.T @ (c * r) / len(rows) + l2 * a - f
        G = np.zeros(n)
        np.subtract.at(G, rows, -w * (1 - w) * (1 - p) * r / len(rows))
        return g, second, G

    def mix(s, now, before):
        return (1 - alpha) * s + (alpha + gamma) * now - gamma * before

    for i in range(m):
        rows, valid = samples[i]
        s[i], second, G = parts(i, x, y[i], v[i], None, rows, valid)
        if version == 1:
            H[i] = project(second, least)
        else:
            u[i] = second
        z += G / m
    old_x, old_y, old_v, old_H = x, y.copy(), v.copy(), None if H is None else H.copy()
    at = m
    for k in range(steps):
        G, old_G = np.zeros(n), np.zeros(n)
        I = len(blocks[k])
        # What blocks are before this step: H or v, and their previous values.
        new = {}
        for i in blocks[k]:
            rows, valid = samples[at]
            at += 1
            now = parts(i, x, y[i], v[i], None if H is None else H[i], rows, valid)
            before = parts(i, old_x, old_y[i], old_v[i], None if H is None else old_H[i], rows, valid)
            s[i] = mix(s[i], now[0], before[0])
            new[i] = project(mix(H[i], now[1], before[1]), least) if version == 1 else mix(u[i], now[1], before[1])
            G += now[2] / I
            old_G += before[2] / I
        old_y = y
        y = y - tau * s
        if version == 1:
            changed = [i for i in blocks[k]]
            for i in (blocks[k - 1] if k else []):
                old_H[i] = H[i]
            for i in changed:
                old_H[i] = H[i]
                H[i] = new[i]
        else:
            for i, value in new.items():
                u[i] = value
            old_v = v
            v = v - tau * u
            length = np.linalg.norm(v, axis=1, keepdims=True)
            v = np.where(length > radius, v * (radius / np.maximum(length, 1e-300)), v)
        z = (1 - beta) * (z - old_G) + G
        old_x, x = x, x - eta * z
    return x


for line in sys.stdin:
    request = json.loads(line)
    if "X" in request:
        X, Xv, temperatures, l2 = np.array(request["X"]), np.array(request["Xv"]), request["temperatures"], request["l2"]
        blocks = request["blocks"]
        samples = [(np.array(q["lower"]), np.array(q["upper"])) for q in request["samples"]]
        print("ready", flush=True)
    else:
        start = time.process_time()
        x = run(blocks=blocks, samples=samples, **request)
        seconds = time.process_time() - start
        print(json.dumps({"microseconds": 1e6 * seconds / request["steps"], "x": x.tolist()}), flush=True)
