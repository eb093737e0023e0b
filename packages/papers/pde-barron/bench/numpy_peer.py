"""One residual on a grid, sparse products, and neurons in numpy; Newton's method of scikit-fem; answers line by line."""
import json, sys, time
import numpy as np

try:
    import skfem
    FEM = f", scikit-fem {skfem.__version__}"
except ImportError:
    skfem, FEM = None, ""

print(f"numpy {np.__version__}{FEM}", flush=True)


def best(run, rounds):
    times = []
    for _ in range(rounds):
        start = time.process_time()
        answer = run()
        times.append(time.process_time() - start)
    return min(times), answer


def residual(d, modes, rounds):
    """The quartic residual and its dual norm, sines on all axes, tensor contractions."""
    G = 2 * modes + 2
    x = (np.arange(G) + 0.5) / G
    w = np.pi * np.arange(1, modes + 1)
    S, C = np.sin(np.outer(w, x)), w[:, None] * np.cos(np.outer(w, x))
    rng = np.random.default_rng(0)
    square = sum(np.meshgrid(*[w * w] * d, indexing="ij"))
    weights = 2.0**-d * (1 + square)
    u = rng.standard_normal([modes] * d) / (1 + square)
    f = rng.standard_normal([G] * d)

    def along(T, A, axis):
        return np.moveaxis(np.tensordot(T, A, axes=([axis], [0])), -1, axis)

    def run():
        value = u
        slopes = []
        for axis in range(d):
            slopes = [along(s, S, axis) for s in slopes] + [along(value, C, axis)]
            value = along(value, S, axis)
        P = sum(s * s for s in slopes)
        density = np.mean(0.5 * P + 0.0125 * P * P + 1.25 * value**4 - f * value)
        fields = [(1 + 0.05 * P) * s for s in slopes]
        r = 5 * value**3 - f
        total = r
        for axis in range(d):
            fields = [along(F, (C if j == axis else S).T, axis) for j, F in enumerate(fields)]
            total = along(total, S.T, axis)
        g = (total + sum(fields)) / G**d
        return np.sqrt(np.sum(g * g / weights)) + 0 * density

    return best(run, rounds)[0]


def product(frequencies, coefficients, others, values, threshold, rounds):
    """The product of two sums of cosines, by pairs of arrays and one sort."""
    F, c = np.array(frequencies), np.array(coefficients)
    H, v = np.array(others), np.array(values)
    d = F.shape[1]
    radix = float(F.max() + H.max() + 1)
    places = radix ** np.arange(d - 1, -1, -1.0)

    def run():
        outer = np.outer(c, v)
        i, j = np.nonzero(np.abs(outer) >= threshold)
        sums = outer[i, j]
        keys = (F @ places)[i] + (H @ places)[j]
        for axis in range(d):
            a, b = F[i, axis], H[j, axis]
            both = np.nonzero((a > 0) & (b > 0))[0]
            sums = sums.copy()
            sums[both] *= 0.5
            keys = np.concatenate([keys, keys[both] - 2 * np.minimum(a, b)[both] * places[axis]])
            sums = np.concatenate([sums, sums[both]])
            i, j = np.concatenate([i, i[both]]), np.concatenate([j, j[both]])
        found, inverse = np.unique(keys, return_inverse=True)
        return len(found), np.bincount(inverse, sums)

    seconds, (terms, _) = best(run, rounds)
    return {"seconds": seconds, "terms": terms}


def neurons(n, q, rounds):
    """Poisson-Boltzmann in the span of n tanh neurons: Gram-Schmidt twice, adaptive steps."""
    t, w = np.polynomial.legendre.leggauss(q)
    t, w = 0.5 * (t + 1), 0.5 * w
    X, Y = [a.ravel() for a in np.meshgrid(t, t, indexing="ij")]
    root = np.sqrt(np.outer(w, w).ravel())
    rng = np.random.default_rng(0)
    W = 2 * rng.standard_normal((n, 2))
    b = -np.sum(W * rng.uniform(size=(n, 2)), axis=1)
    f = 40 * X * (1 - X) * np.exp(X) * Y * (1 - Y)
    m = 1.0

    def run():
        B, B1, B2 = 16 * X * (1 - X) * Y * (1 - Y), 16 * (1 - 2 * X) * Y * (1 - Y), 16 * X * (1 - X) * (1 - 2 * Y)
        Q = []
        for k in range(n):
            s = np.tanh(W[k, 0] * X + W[k, 1] * Y + b[k])
            slope = 1 - s * s
            row = np.concatenate([root * B * s, root * (B1 * s + B * W[k, 0] * slope), root * (B2 * s + B * W[k, 1] * slope)])
            size = np.linalg.norm(row)
            if Q:
                A = np.array(Q) if k == 1 else All[: len(Q)]
                for _ in range(2):
                    row = row - A.T @ (A @ row)
            rest = np.linalg.norm(row)
            if rest > 1e-7 * size:
                Q.append(row / rest)
                if k == 0:
                    All = np.zeros((n, len(row)))
                All[len(Q) - 1] = Q[-1]
        A = All[: len(Q)]
        P = len(root)

        def gradient(c):
            z = A.T @ c
            u = z[:P] / root
            return A @ np.concatenate([root * (4 * np.sinh(u) - f), z[P:]])

        c = np.zeros(len(A))
        g = gradient(c)
        eta, recent = 1.0, [np.linalg.norm(g)]
        while recent[-1] / m > 1e-10 * max(np.linalg.norm(c), 1e-300):
            while True:
                c2 = c - eta * g
                g2 = gradient(c2)
                if np.linalg.norm(g2) <= (1 - min(1, eta * m) / 2) * max(recent[-10:]):
                    break
                eta /= 2
            s, y = c2 - c, g2 - g
            if s @ y > 0:
                eta = min(1 / m, (s @ s) / (s @ y))
            c, g = c2, g2
            recent.append(np.linalg.norm(g))
        return c

    return best(run, rounds)[0]


def fem(cells, degree, rounds):
    """-Laplace u + 5 u^3 = f on the unit square by Newton's method; the relative L2 error against sines."""
    from skfem import Basis, BilinearForm, ElementTriP1, ElementTriP2, LinearForm, MeshTri, condense, solve
    from skfem.helpers import dot, grad

    pi = np.pi

    def forcing(x):
        s = lambda k, j: np.sin(k * pi * x[j])
        return 10 * s(1, 0) * s(1, 1) + 5 * s(2, 0) * s(2, 1) - 8 * s(3, 0) * s(1, 1)

    def run():
        mesh = MeshTri.init_tensor(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
        basis = Basis(mesh, ElementTriP2() if degree == 2 else ElementTriP1(), intorder=2 * degree + 2)
        u = basis.zeros()

        @BilinearForm
        def jacobian(du, v, p):
            return dot(grad(du), grad(v)) + 15 * p["u"] ** 2 * du * v

        @LinearForm
        def minus(v, p):
            return (forcing(p.x) - 5 * p["u"] ** 3) * v - dot(grad(p["u"]), grad(v))

        for _ in range(20):
            at = basis.interpolate(u)
            step = solve(*condense(jacobian.assemble(basis, u=at), minus.assemble(basis, u=at), D=basis.get_dofs()))
            u = u + step
            if np.max(np.abs(step)) < 1e-12:
                break
        return basis, u

    seconds, (basis, u) = best(run, rounds)
    g = (np.arange(41) + 0.5) / 41
    X, Y = np.meshgrid(g, g, indexing="ij")
    values = basis.probes(np.array([X.ravel(), Y.ravel()])) @ u
    return {"seconds": seconds, "values": list(values)}


for line in sys.stdin:
    q = json.loads(line)
    what = q.pop("what")
    if what == "fem" and skfem is None:
        print("null", flush=True)
        continue
    print(json.dumps({"residual": residual, "product": product, "neurons": neurons, "fem": fem}[what](**q)), flush=True)
