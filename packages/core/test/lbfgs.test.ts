import fc from 'fast-check'
import { Matrix as MlMatrix, solve as mlSolve } from 'ml-matrix'
import { dot, exp, lbfgs, log1p, random, type ValueAndGradient } from '../src/index.ts'

/** The extended Rosenbrock function. */
const rosenbrock: ValueAndGradient = (x, g) => {
  let value = 0
  g.fill(0)
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [1 - x[i], x[i + 1] - x[i] * x[i]]
    value += 100 * b * b + a * a
    g[i] += -400 * x[i] * b - 2 * a
    g[i + 1] += 200 * b
  }
  return value
}

/** x'A x / 2 - b'x */
const quadratic =
  (A: number[][], b: number[]): ValueAndGradient =>
  (x, g) => {
    A.forEach((row, i) => {
      g[i] = dot(row, x) - b[i]
    })
    return 0.5 * (dot(g, x) - dot(b, x))
  }

const largest = (g: ArrayLike<number>) => Math.max(...Array.from(g, Math.abs))

describe('lbfgs', () => {
  test('minimises quadratics of any condition, and says converged only of a small gradient', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1e6), fc.integer({ min: -3, max: 3 }), (n, seed, digits) => {
        const rng = random(seed)
        const M = new MlMatrix(Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal())))
        const A = M.mmul(M.transpose()).add(MlMatrix.eye(n, n).mul(10 ** digits))
        const b = Array.from({ length: n }, () => rng.normal())
        const objective = quadratic(A.to2DArray(), b)
        const start = Array.from({ length: n }, () => rng.normal())
        const { x, gradient, value, status } = lbfgs(objective, start, { tolerance: 1e-8 })
        const g = new Float64Array(n)
        expect(objective(x, g)).toBe(value)
        expect([...g]).toEqual([...gradient])
        if (status !== 'converged') {
          // Rounding of products of the matrix.
          expect(status).toBe('stalled')
          expect(largest(g)).toBeLessThan(1e-6)
          return
        }
        expect(largest(g)).toBeLessThanOrEqual(1e-8)
        const exact = mlSolve(A, MlMatrix.columnVector(b)).to1DArray()
        exact.forEach((e, i) => expect(Math.abs(x[i] - e)).toBeLessThan(1e-7 * 10 ** -Math.min(0, digits) * n))
      }),
      { numRuns: 1000, seed: 5 },
    )
  })

  test('needs as many evaluations as scipy', () => {
    // scipy 1.17.1: minimize(rosenbrock, x0, jac=True, method='L-BFGS-B', options=dict(gtol=1e-6, ftol=0)).
    const scipy = [
      { n: 2, evaluations: 45 },
      { n: 100, evaluations: 630 },
    ]
    for (const { n, evaluations } of scipy) {
      const start = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
      const ours = lbfgs(rosenbrock, start, { tolerance: 1e-6 })
      expect(ours.status).toBe('converged')
      expect(ours.evaluations).toBeLessThan(1.1 * evaluations)
    }
  })

  test.each([2, 10, 100])('finds its way along the valley of Rosenbrock in %d dimensions', (n) => {
    const start = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
    const { x, status, evaluations, iterations } = lbfgs(rosenbrock, start, { tolerance: 1e-9 })
    expect(status).toBe('converged')
    // There is a second minimum near (-1, 1, ..., 1) from n = 4 on.
    expect(Math.min(largest(x.map((v) => v - 1)), Math.abs(x[0] + 1))).toBeLessThan(0.1)
    expect(evaluations).toBeLessThan(1.6 * iterations + 10)
    expect(start[0]).toBe(-1.2)
  })

  test('fits a logistic regression in few evaluations', () => {
    const rng = random(4)
    const [n, d] = [200, 10]
    const X = Array.from({ length: n }, () => Float64Array.from({ length: d }, () => rng.normal()))
    const y = X.map((row) => (row[0] - row[1] + rng.normal() > 0 ? 1 : -1))
    const logistic: ValueAndGradient = (w, g) => {
      let value = 0.005 * dot(w, w)
      w.forEach((v, j) => {
        g[j] = 0.01 * v
      })
      X.forEach((row, i) => {
        const margin = y[i] * dot(row, w)
        value += (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin) / n
        const slope = -y[i] / (1 + exp(margin)) / n
        for (let j = 0; j < d; j++) g[j] += slope * row[j]
      })
      return value
    }
    const { status, gradient, evaluations } = lbfgs(logistic, new Float64Array(d), { tolerance: 1e-10 })
    expect(status).toBe('converged')
    expect(largest(gradient)).toBeLessThanOrEqual(1e-10)
    expect(evaluations).toBeLessThan(40)
  })

  test('turns back where the function is not defined', () => {
    // -log x + x has its minimum at 1, and no value at or below 0.
    const barrier: ValueAndGradient = (x, g) => {
      g[0] = 1 - 1 / x[0]
      return x[0] > 0 ? x[0] - Math.log(x[0]) : NaN
    }
    const { x, status } = lbfgs(barrier, [50], { tolerance: 1e-10 })
    expect(status).toBe('converged')
    expect(x[0]).toBeCloseTo(1, 9)
  })

  test('says that it stalls: wrong gradients, kinks, functions without a minimum', () => {
    const wrong: ValueAndGradient = (x, g) => {
      g.set(x.map((v) => -v))
      return dot(x, x) / 2
    }
    expect(lbfgs(wrong, [1, 2])).toMatchObject({ status: 'stalled', x: Float64Array.of(1, 2) })
    const kink: ValueAndGradient = (x, g) => {
      g[0] = x[0] > 0 ? 1 : -2
      return Math.max(x[0], -2 * x[0])
    }
    expect(lbfgs(kink, [0.3]).status).toBe('stalled')
    const falling: ValueAndGradient = (_, g) => {
      g[0] = 1
      return NaN
    }
    expect(() => lbfgs(falling, [0])).toThrow('lbfgs: objective at x0 must be a finite number, got NaN')
    const unbounded: ValueAndGradient = (x, g) => {
      g[0] = 1
      return x[0]
    }
    expect(lbfgs(unbounded, [0], { maxIterations: 50 }).status).not.toBe('converged')
  })

  test('values of any size', () => {
    for (const scale of [1e-200, 1e-100, 1, 1e100]) {
      const bowl: ValueAndGradient = (x, g) => {
        g[0] = 2 * scale * (x[0] - 3)
        g[1] = 20 * scale * (x[1] + 1)
        return scale * ((x[0] - 3) * (x[0] - 3) + 10 * (x[1] + 1) * (x[1] + 1))
      }
      const { x, status } = lbfgs(bowl, [0, 0], { tolerance: 1e-9 * scale })
      expect([scale, status]).toEqual([scale, 'converged'])
      expect(x[0]).toBeCloseTo(3, 6)
      expect(x[1]).toBeCloseTo(-1, 6)
    }
  })

  test('starts at the minimum, ends when asked, and gives the same bits each time', () => {
    expect(lbfgs(rosenbrock, [1, 1])).toMatchObject({ status: 'converged', iterations: 1, evaluations: 1 })
    const short = lbfgs(rosenbrock, [-1.2, 1], { maxIterations: 5 })
    expect(short.status).toBe('max-iterations')
    expect(short.history.map(({ value }) => value)).toEqual(
      [...short.history.map(({ value }) => value)].sort((a, b) => b - a),
    )
    const once = lbfgs(rosenbrock, [-1.2, 1])
    expect([...lbfgs(rosenbrock, [-1.2, 1]).x]).toEqual([...once.x])
  })

  test('refuses what is no problem', () => {
    expect(() => lbfgs(3 as never, [1])).toThrow('lbfgs: objective must be a function, got 3')
    expect(() => lbfgs(rosenbrock, [NaN])).toThrow('lbfgs: x0[0] must be a finite number')
    expect(() => lbfgs((() => '1') as never, [1])).toThrow('lbfgs: objective must be a function that returns a number')
    expect(() => lbfgs((_, g) => g.fill(NaN)[0] * 0 || 1, [1])).toThrow(
      'lbfgs: gradient at x0[0] must be a finite number',
    )
    expect(() => lbfgs(rosenbrock, [1, 2], { memory: 0 })).toThrow('lbfgs: memory must be')
    expect(() => lbfgs(rosenbrock, [1, 2], { curvature: 1e-5 })).toThrow('lbfgs: curvature must be')
  })
})
