"""python test/golden/explicit.py > test/golden/explicit.json     with numpy and scipy: explicit matrices throughout"""
import json

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax

rng = np.random.default_rng(3)
cases = []
for n, nv, d, classes, mu, temperature in [(20, 12, 4, 2, 0.02, 0.7), (30, 15, 5, 3, 0.01, 1.0), (25, 40, 3, 4, 0.1, 2.0)]:
    X, Xv = rng.standard_normal((n, d)), rng.standard_normal((nv, d))
    labels, labels_v = rng.integers(0, classes, n), rng.integers(0, classes, nv)
    x = rng.standard_normal(n)
    logistic = classes == 2
    outputs = 1 if logistic else classes

    def scores(X, y):
        s = X @ y.reshape(d, outputs) / temperature
        return np.hstack([np.zeros_like(s), s]) if logistic else s

    def losses(X, labels, y):
        return -log_softmax(scores(X, y), axis=1)[np.arange(len(X)), labels]

    def jacobian(X):
        """dscores/dy, examples x classes x dim y."""
        J = np.zeros((len(X), classes, d, outputs))
        for k in range(classes):
            if not logistic:
                J[:, k, :, k] = X / temperature
            elif k == 1:
                J[:, 1, :, 0] = X / temperature
        return J.reshape(len(X), classes, d * outputs)

    def gradients(X, labels, y):
        q = softmax(scores(X, y), axis=1)
        q[np.arange(len(X)), labels] -= 1
        return np.einsum("ik,ikj->ij", q, jacobian(X))

    def hessian(x, y):
        p = softmax(scores(X, y), axis=1)
        blocks = np.einsum("ik,kl->ikl", p, np.eye(classes)) - np.einsum("ik,il->ikl", p, p)
        J = jacobian(X)
        return np.einsum("i,ika,ikl,ilb->ab", expit(x) / n, J, blocks, J, optimize=True) + mu * np.eye(d * outputs)

    def lower(x, y):
        return expit(x) @ losses(X, labels, y) / n + mu / 2 * y @ y

    def lower_gradient(x, y):
        return expit(x) @ gradients(X, labels, y) / n + mu * y

    def solve(x):
        y = minimize(lambda y: lower(x, y), np.zeros(d * outputs), jac=lambda y: lower_gradient(x, y), method="L-BFGS-B", options={"gtol": 1e-8}).x
        for _ in range(10):
            y = y - np.linalg.solve(hessian(x, y), lower_gradient(x, y))
        return y

    def phi(x):
        return losses(Xv, labels_v, solve(x)).mean()

    def hypergradient(x):
        y = solve(x)
        z = np.linalg.solve(hessian(x, y), gradients(Xv, labels_v, y).mean(0))
        return -expit(x) * expit(-x) * (gradients(X, labels, y) @ z) / n, z

    gradient, z = hypergradient(x)
    start = np.zeros(n)
    ridge = 1e-3
    best = minimize(lambda x: phi(x) + ridge / 2 * x @ x, start, jac=lambda x: hypergradient(x)[0] + ridge * x, method="L-BFGS-B", options={"gtol": 1e-9, "ftol": 0, "maxiter": 2000})
    H = hessian(x, solve(x))
    cases.append(dict(X=X, labels=labels, Xv=Xv, labelsV=labels_v, classes=classes, mu=mu, temperature=temperature, x=x, y=solve(x), phi=phi(x), z=z, gradient=gradient, hessian=H, ridge=ridge, tuned=best.fun))
print(json.dumps(dict(scipy=scipy.__version__, cases=cases), default=lambda a: a.tolist()))
