"""LoRA gradients of one attention head in numpy (blocks, two passes; reverse of degree g) and torch autograd; answers line by line."""
import json, sys, time
import numpy as np
import torch

torch.set_num_threads(1)
print(f"numpy {np.__version__}, torch {torch.__version__}", flush=True)


def problem(L, d, h, rank):
    rng = np.random.default_rng(0)
    W = {m: rng.normal(size=(d, h)) * 0.15 for m in "QKV"}
    A = {m: rng.normal(size=(rank, h)) * 0.3 for m in "QKV"}
    B = {m: rng.normal(size=(d, rank)) * 0.05 for m in "QKV"}
    return rng.normal(size=(L, d)), rng.normal(size=(L, h)), W, A, B


def adapters(X, d, A, B):
    return {m: (B[m].T @ (X.T @ d[m]), (X.T @ d[m]) @ A[m].T) for m in "QKV"}


def exact(X, Y, W, A, B, block=512):
    Q, K, V = (X @ (W[m] + B[m] @ A[m]) for m in "QKV")
    beta = 1 / np.sqrt(Q.shape[1])
    L = len(X)
    O = np.empty_like(Y)
    top, total = np.empty(L), np.empty(L)
    for a in range(0, L, block):
        S = beta * (Q[a : a + block] @ K.T)
        top[a : a + block] = S.max(1)
        np.exp(S - top[a : a + block, None], out=S)
        total[a : a + block] = S.sum(1)
        O[a : a + block] = (S @ V) / total[a : a + block, None]
    G = O - Y
    r = (G * O).sum(1)
    dQ, dK, dV = np.empty_like(Q), np.zeros_like(K), np.zeros_like(V)
    for a in range(0, L, block):
        b = slice(a, a + block)
        F = beta * (Q[b] @ K.T)
        np.exp(F - top[b, None], out=F)
        F /= total[b, None]
        P = G[b] @ V.T
        P -= r[b, None]
        P *= F
        dQ[b] = beta * (P @ K)
        dK += beta * (P.T @ Q[b])
        dV += F.T @ G[b]
    return adapters(X, dict(Q=dQ, K=dK, V=dV), A, B)


def table(h, g):
    parent, var, order, run, mult = [0], [0], [0], [0], [1.0]
    last, a = [0], 0
    for level in range(1, g + 1):
        new = []
        for a in last:
            for v in range(var[a] if level > 1 else 0, h):
                r = run[a] + 1 if level > 1 and v == var[a] else 1
                parent.append(a), var.append(v), order.append(level), run.append(r), mult.append(mult[a] * level / r)
                new.append(len(parent) - 1)
        last = new
    return parent, var, order, np.array(mult)


def reverse(X, Y, W, A, B, g, block=1024):
    Q, K, V = (X @ (W[m] + B[m] @ A[m]) for m in "QKV")
    h = Q.shape[1]
    beta = 1 / np.sqrt(h)
    K = K - K.mean(0)
    parent, var, order, mult = table(h, g)
    c = np.cumprod([1.0] + [1.0 / m for m in range(1, g + 1)])
    w = (c[order] * beta ** np.array(order) * mult)[:, None]
    L, k = len(X), len(parent)

    def phi(z):
        P = np.empty((k, z.shape[1]))
        P[0] = 1
        for a in range(1, k):
            np.multiply(P[parent[a]], z[var[a]], out=P[a])
        return P

    def back(P, z, D):
        dz = np.zeros_like(z)
        for a in range(k - 1, 0, -1):
            D[parent[a]] += D[a] * z[var[a]]
            dz[var[a]] += D[a] * P[parent[a]]
        return dz.T

    Z = np.column_stack([V, np.ones(L)])
    M = np.zeros((k, Z.shape[1]))
    for a in range(0, L, block):
        M += phi(K[a : a + block].T.copy()) @ Z[a : a + block]
    M *= w
    dM = np.zeros_like(M)
    dQ, dK, dV = np.empty_like(Q), np.empty_like(K), np.empty_like(V)
    for a in range(0, L, block):
        b = slice(a, a + block)
        z = Q[b].T.copy()
        P = phi(z)
        N = P.T @ M
        O = N[:, :-1] / N[:, -1:]
        G = O - Y[b]
        dN = np.column_stack([G, -(G * O).sum(1)]) / N[:, -1:]
        dM += P @ dN
        dQ[b] = back(P, z, M @ dN.T)
    dM *= w
    for a in range(0, L, block):
        b = slice(a, a + block)
        z = K[b].T.copy()
        P = phi(z)
        dV[b] = P.T @ dM[:, :-1]
        dK[b] = back(P, z, dM @ Z[b].T)
    return adapters(X, dict(Q=dQ, K=dK, V=dV), A, B)


def autograd(X, Y, W, A, B, fused):
    t = lambda x: torch.tensor(x)
    X, Y = t(X), t(Y)
    W = {m: t(W[m]) for m in "QKV"}
    A = {m: t(A[m]).requires_grad_() for m in "QKV"}
    B = {m: t(B[m]).requires_grad_() for m in "QKV"}
    Q, K, V = (X @ (W[m] + B[m] @ A[m]) for m in "QKV")
    if fused:
        O = torch.nn.functional.scaled_dot_product_attention(Q[None, None], K[None, None], V[None, None])[0, 0]
    else:
        O = torch.softmax(Q @ K.T / Q.shape[1] ** 0.5, 1) @ V
    (0.5 * ((O - Y) ** 2).sum()).backward()
    return A["Q"].grad


for line in sys.stdin:
    ask = json.loads(line)
    X, Y, W, A, B = problem(ask["L"], ask["d"], ask["h"], ask["rank"])
    start = time.process_time()
    if ask["what"] == "exact":
        exact(X, Y, W, A, B)
    elif ask["what"] == "reverse":
        reverse(X, Y, W, A, B, ask["degree"])
    else:
        autograd(X, Y, W, A, B, ask["what"] == "fused")
    print(json.dumps({"seconds": time.process_time() - start}), flush=True)
