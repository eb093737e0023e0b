"""The same learners as lean numpy loops, on one thread. Reads "task d rounds" lines, answers seconds."""

import sys
import time

import numpy as np

R = 1.0


def gradients(d):
    rng = np.random.default_rng(0)
    g = rng.normal(size=(64, d))
    return g / np.linalg.norm(g, axis=1, keepdims=True)


def convex(d, rounds):
    grads = gradients(d)
    D, L = 2 * R, 1.0
    base = 10 * D * D * L * L + 4
    hat, x, previous = np.zeros(d), np.zeros(d), np.zeros(d)
    V = spent = saved = 0.0
    eta = D / base**0.5
    start = time.perf_counter()
    for t in range(rounds):
        g = grads[t % 64]
        e = g - previous
        change = e.dot(e)
        V += change
        spent += eta * change
        e = x - hat
        saved += e.dot(e) / (2 * eta)
        hat = hat - eta * g
        n = hat.dot(hat) ** 0.5
        if n > R:
            hat *= R / n
        e = hat - x
        saved += e.dot(e) / (2 * eta)
        eta = D / (base + V) ** 0.5
        x = hat - eta * g
        n = x.dot(x) ** 0.5
        if n > R:
            x *= R / n
        previous = g
    return time.perf_counter() - start


def newton(d, rounds):
    """Only the inverse; the gradients are small enough that nothing leaves the ball."""
    grads = gradients(d)
    beta = 0.3
    k = beta / 2
    inverse = np.eye(d) / (1 + k)
    hat, x, previous, h_previous = np.zeros(d), np.zeros(d), np.zeros(d), np.zeros(d)
    V = spent = 0.0
    start = time.perf_counter()
    for t in range(rounds):
        g = grads[t % 64]
        h = inverse @ g
        e = g - previous
        V += e.dot(e)
        spent += 2 * e.dot(h - h_previous)
        hat = hat - h
        scale = 1 / (1 + k * g.dot(h))
        inverse -= (k * scale) * np.outer(h, h)
        h_previous = scale * h
        x = hat - h_previous
        x.dot(x)
        previous = g
    return time.perf_counter() - start


TASKS = {"convex": convex, "newton": newton}

print(f"numpy {np.__version__}, one thread", flush=True)
for line in sys.stdin:
    task, d, rounds = line.split()
    print(TASKS[task](int(d), int(rounds)), flush=True)
