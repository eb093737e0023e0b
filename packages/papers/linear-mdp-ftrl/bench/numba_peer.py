"""The same learners as compiled scalar loops. Reads "task world episodes" lines, answers seconds and the mean loss."""

import json
import sys
import time

import numba
import numpy as np
from numba import njit


@njit
def step(log_barrier, c, eta, out):
    n = len(c)
    least = c.min()
    if not log_barrier:
        for i in range(n):
            out[i] = np.exp(-eta * (c[i] - least))
        out /= out.sum()
        return
    s, before = 1.0, 0.0
    while s > before:
        f = f2 = 0.0
        for i in range(n):
            p = 1 / (eta * (c[i] - least) + s)
            f += p
            f2 += p * p
        before = s
        s += (1 - 1 / f) * f * f / f2
    total = 0.0
    for i in range(n):
        out[i] = 1 / (eta * (c[i] - least) + s)
        total += out[i]
    for i in range(n):
        out[i] /= total


@njit
def draw(p):
    u, s = np.random.random(), 0.0
    for i in range(len(p)):
        s += p[i]
        if u < s:
            return i
    return len(p) - 1


@njit
def usage_of(phi, nu, policy, mu, usage):
    H, S, A, d = phi.shape
    mu[:] = 0
    usage[:] = 0
    mu[0, 0] = 1
    for h in range(H):
        for x in range(S):
            for a in range(A):
                w = mu[h, x] * policy[h, x, a]
                for i in range(d):
                    usage[h, i] += w * phi[h, x, a, i]
        if h < H - 1:
            for y in range(S):
                for i in range(d):
                    mu[h + 1, y] += usage[h, i] * nu[h, i, y]


@njit
def counter(usage, theta):
    H, d = usage.shape
    theta[:] = 0
    for h in range(H):
        most = usage[h].max()
        i = 0
        while usage[h, i] < most - 1e-12:
            i += 1
        theta[h, i] = 1


@njit
def play(phi, P, policy, theta, states, actions, losses, to_go):
    H = phi.shape[0]
    x = 0
    for h in range(H):
        a = draw(policy[h, x])
        states[h], actions[h] = x, a
        losses[h] = 0.0
        for i in range(phi.shape[3]):
            losses[h] += phi[h, x, a, i] * theta[h, i]
        if h < H - 1:
            x = draw(P[h, x, a])
    rest = 0.0
    for h in range(H - 1, -1, -1):
        rest += losses[h]
        to_go[h] = rest


@njit
def quadratic(G, f):
    total = 0.0
    for i in range(len(f)):
        s = 0.0
        for j in range(len(f)):
            s += G[i, j] * f[j]
        total += f[i] * s
    return total


@njit
def with_simulator(phi, nu, P, K, log_barrier, reduced, eta, beta, gamma):
    H, S, A, d = phi.shape
    C = np.zeros((H, S, A))
    policy = np.zeros((H, S, A))
    Q = np.zeros((S, A))
    B = np.zeros((H, S, A))
    G = np.zeros((H, d, d))
    mu, usage, theta = np.zeros((H, S)), np.zeros((H, d)), np.zeros((H, d))
    states, actions = np.zeros(H, np.int64), np.zeros(H, np.int64)
    losses, to_go = np.zeros(H), np.zeros(H)
    images = np.zeros((S * A, d))
    values, w, v = np.zeros(S), np.zeros(d), np.zeros(d)
    total = 0.0
    for k in range(K):
        for h in range(H):
            for x in range(S):
                step(log_barrier, C[h, x], eta, policy[h, x])
        usage_of(phi, nu, policy, mu, usage)
        counter(usage, theta)
        for h in range(H):
            for i in range(d):
                total += usage[h, i] * theta[h, i]
        play(phi, P, policy, theta, states, actions, losses, to_go)
        for h in range(H):
            M = np.zeros((d, d))
            for x in range(S):
                for a in range(A):
                    q = mu[h, x] * policy[h, x, a]
                    for i in range(d):
                        for j in range(d):
                            M[i, j] += q * phi[h, x, a, i] * phi[h, x, a, j]
            for i in range(d):
                M[i, i] += gamma
            G[h] = np.linalg.inv(M)
        if beta > 0:
            for h in range(H - 1, -1, -1):
                if h < H - 1:
                    for y in range(S):
                        values[y] = 0.0
                        for a in range(A):
                            values[y] += policy[h + 1, y, a] * B[h + 1, y, a]
                    for i in range(d):
                        w[i] = 0.0
                        for y in range(S):
                            w[i] += (1 + 1 / H) * nu[h, i, y] * values[y]
                for x in range(S):
                    mean = 0.0
                    for a in range(A):
                        B[h, x, a] = quadratic(G[h], phi[h, x, a])
                        mean += policy[h, x, a] * B[h, x, a]
                    for a in range(A):
                        B[h, x, a] = beta * (B[h, x, a] + mean)
                        if h < H - 1:
                            for i in range(d):
                                B[h, x, a] += phi[h, x, a, i] * w[i]
        for h in range(H):
            for i in range(d):
                v[i] = 0.0
                for j in range(d):
                    v[i] += G[h, i, j] * phi[h, states[h], actions[h], j]
            for x in range(S):
                for a in range(A):
                    u = 0.0
                    for i in range(d):
                        u += phi[h, x, a, i] * v[i]
                    Q[x, a] = u * to_go[h]
                    if reduced and u < 0:
                        Q[x, a] -= (H - h) * u
            if reduced:
                for k1 in range(S * A):
                    y, b = k1 // A, k1 % A
                    wk = (H - h) * mu[h, y] * policy[h, y, b]
                    s = 0.0
                    for i in range(d):
                        images[k1, i] = 0.0
                        for j in range(d):
                            images[k1, i] += G[h, i, j] * phi[h, y, b, j]
                    for k2 in range(k1):
                        x, a = k2 // A, k2 % A
                        u = 0.0
                        for i in range(d):
                            u += phi[h, x, a, i] * images[k1, i]
                        if u < 0:
                            Q[x, a] += wk * u
                            s += mu[h, x] * policy[h, x, a] * u
                    Q[y, b] += (H - h) * s
            for x in range(S):
                for a in range(A):
                    C[h, x, a] += Q[x, a] - B[h, x, a]
    return total / K


@njit
def model_free(phi, nu, P, K, W, eta, beta, gamma):
    H, S, A, d = phi.shape
    V, M = np.zeros((H, d)), np.zeros((H, d, d))
    policy, c = np.zeros((H, S, A)), np.zeros(A)
    mu, usage, theta = np.zeros((H, S)), np.zeros((H, d)), np.zeros((H, d))
    states, actions = np.zeros((W, H), np.int64), np.zeros((W, H), np.int64)
    losses, to_go = np.zeros((W, H)), np.zeros((W, H))
    total = 0.0
    for k in range(K):
        t = k % W
        if t == 0:
            for h in range(H):
                for x in range(S):
                    for a in range(A):
                        c[a] = -beta * quadratic(M[h], phi[h, x, a])
                        for i in range(d):
                            c[a] += phi[h, x, a, i] * V[h, i]
                    step(True, c, eta, policy[h, x])
            usage_of(phi, nu, policy, mu, usage)
        counter(usage, theta)
        for h in range(H):
            for i in range(d):
                total += usage[h, i] * theta[h, i]
        play(phi, P, policy, theta, states[t], actions[t], losses[t], to_go[t])
        if t < W - 1:
            continue
        G = np.zeros((H, d, d))
        what, lam = np.zeros((H, d)), np.zeros((H, d))
        for h in range(H):
            for n in range(W):
                f = phi[h, states[n, h], actions[n, h]]
                for i in range(d):
                    for j in range(d):
                        G[h, i, j] += f[i] * f[j] / W
            for i in range(d):
                G[h, i, i] += gamma
            G[h] = np.linalg.inv(G[h])
        for n in range(W):
            D = 0.0
            for h in range(H - 1, -1, -1):
                x = states[n, h]
                f = phi[h, x, actions[n, h]]
                for i in range(d):
                    what[h, i] += f[i] * to_go[n, h] / W
                    lam[h, i] += f[i] * D / W
                b = quadratic(G[h], f)
                for a in range(A):
                    b += policy[h, x, a] * quadratic(G[h], phi[h, x, a])
                D = (1 + 1 / H) * (beta * b + D)
        for h in range(H):
            V[h] += G[h] @ (what[h] - lam[h])
            M[h] += G[h]
    return total / K


@njit
def lsvi(phi, nu, P, K, ucb):
    H, S, A, d = phi.shape
    inverse, sums = np.zeros((H, d, d)), np.zeros((H, d))
    for h in range(H):
        inverse[h] = np.eye(d)
    policy = np.zeros((H, S, A))
    mu, usage, theta = np.zeros((H, S)), np.zeros((H, d)), np.zeros((H, d))
    states, actions = np.zeros(H, np.int64), np.zeros(H, np.int64)
    losses, to_go = np.zeros(H), np.zeros(H)
    values, w, nxt = np.zeros((H + 1, S)), np.zeros(d), np.zeros(d)
    total = 0.0
    for k in range(K):
        policy[:] = 0
        for h in range(H - 1, -1, -1):
            for i in range(d):
                w[i] = nxt[i] = 0.0
                for j in range(d):
                    w[i] += inverse[h, i, j] * sums[h, j]
                if h < H - 1:
                    for y in range(S):
                        nxt[i] += nu[h, i, y] * values[h + 1, y]
            for x in range(S):
                best, least = 0, np.inf
                for a in range(A):
                    q = r = 0.0
                    for i in range(d):
                        q += phi[h, x, a, i] * w[i]
                        r += phi[h, x, a, i] * nxt[i]
                    q = max(q - ucb * np.sqrt(quadratic(inverse[h], phi[h, x, a])), 0.0) + r
                    if q < least:
                        best, least = a, q
                policy[h, x, best] = 1
                values[h, x] = least
        usage_of(phi, nu, policy, mu, usage)
        counter(usage, theta)
        for h in range(H):
            for i in range(d):
                total += usage[h, i] * theta[h, i]
        play(phi, P, policy, theta, states, actions, losses, to_go)
        for h in range(H):
            f = phi[h, states[h], actions[h]]
            for i in range(d):
                w[i] = 0.0
                for j in range(d):
                    w[i] += inverse[h, i, j] * f[j]
            scale = 1.0
            for i in range(d):
                scale += f[i] * w[i]
            for i in range(d):
                sums[h, i] += f[i] * losses[h]
                for j in range(d):
                    inverse[h, i, j] -= w[i] * w[j] / scale
    return total / K


@njit
def steps(K):
    c = np.array([0.3, 1.2, 0.1, 2.2])
    out = np.zeros(4)
    total = 0.0
    for k in range(K):
        c[k % 4] += 0.001
        step(True, c, 0.5, out)
        total += out[0]
    return total / K


def run(task, world, K):
    phi = np.array(world["features"], float)
    nu = np.array(world["nextStates"], float)
    P = np.einsum("hxai,hiy->hxay", phi[:-1], nu)
    eta, entropy = 10 / K**0.5, 2 / K**0.5
    if task == "step":
        return steps(K)
    if task == "logBarrier":
        return with_simulator(phi, nu, P, K, True, False, eta, 0.04 / K**0.5, 1e-3)
    if task == "noBonus":
        return with_simulator(phi, nu, P, K, True, False, eta, 0.0, 1e-3)
    if task == "magnitudeReduced":
        return with_simulator(phi, nu, P, K, False, True, entropy, 0.13 / K**0.5, (entropy * 3) ** 2)
    if task == "modelFree":
        return model_free(phi, nu, P, K, 10, 10 * eta, 0.04 / K**0.5, 3e-3)
    return lsvi(phi, nu, P, K, 0.3)


worlds = {}
print(f"numba {numba.__version__}", flush=True)
for line in sys.stdin:
    task, path, episodes = line.split()
    if path not in worlds:
        with open(path) as file:
            worlds[path] = json.load(file)
    run(task, worlds[path], 100)
    start = time.process_time()
    answer = run(task, worlds[path], int(episodes))
    print(time.process_time() - start, answer, flush=True)
