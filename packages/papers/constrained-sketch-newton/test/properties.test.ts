import { type Random, random } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import { centralDifference, near, vectorBytes } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  adaSketchNewton,
  augmentedLagrangian,
  type ConstrainedProblem,
  checkDerivatives,
  circleFit,
  contractionRate,
  direct,
  exactAugmentedLagrangian,
  gaussian,
  gmres,
  type InnerSolver,
  kaczmarz,
  kktSystem,
  l1Sqp,
  logisticRegression,
  minres,
  newtonKkt,
  pdeControl,
  sketchAndProject,
  testProblem,
  testProblemNames,
} from '../src/index.ts'

const normals = (rng: Random, length: number) => Float64Array.from({ length }, () => rng.normal())
const rowsOf = (rng: Random, m: number, n: number) => Array.from({ length: m }, () => normals(rng, n))
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const seeds = fc.integer({ min: 0, max: 1e6 })

/** A symmetric matrix of some condition. */
function symmetric(rng: Random, N: number, shift = 0): Float64Array[] {
  const A = rowsOf(rng, N, N)
  return A.map((row, i) => row.map((value, j) => value + A[j][i] + (i === j ? shift : 0)))
}

/** min x'Hx / 2 + g'x subject to G x = b, H positive definite. */
function quadratic(rng: Random, n: number, m: number): ConstrainedProblem {
  const A = rowsOf(rng, n, n)
  const H = A.map((row, i) => row.map((_, j) => dot(A[i], A[j]) + (i === j ? 1 : 0)))
  const [g, G, b] = [normals(rng, n), rowsOf(rng, m, n), normals(rng, m)]
  const Hx = (x: Float64Array) => H.map((row) => dot(row, x))
  return {
    f: (x) => dot(Hx(x), x) / 2 + dot(g, x),
    gradient: (x) => Hx(x).map((value, i) => value + g[i]),
    constraints: m === 0 ? undefined : (x) => G.map((row, i) => dot(row, x) - b[i]),
    jacobian: m === 0 ? undefined : () => G,
    hessianLagrangian: () => H,
  }
}

/** |(grad f + G'l, c)| from the user's functions. */
function residualOf(problem: ConstrainedProblem, x: Float64Array, l: Float64Array): number {
  const gradient = Array.from(problem.gradient(x) as Float64Array)
  const G = (problem.jacobian?.(x) ?? []) as number[][] | { data: Float64Array }
  const n = x.length
  const at = (i: number, j: number) => ('data' in G ? G.data[i * n + j] : G[i][j])
  for (let i = 0; i < l.length; i++) for (let j = 0; j < n; j++) gradient[j] += l[i] * at(i, j)
  return Math.hypot(...gradient, ...Array.from((problem.constraints?.(x) ?? []) as number[]))
}

test('a quadratic with linear equations takes one exact step, and what is converged is so', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 8 }), (seed, n, most) => {
      const rng = random(seed)
      const m = Math.min(n, most)
      const problem = quadratic(rng, n, m)
      const start = normals(rng, n)
      const before = start.slice()
      const { x, multipliers, status, kkt, violation, iterations, xiG } = adaSketchNewton(problem, start, {
        tolerance: 1e-7,
        singularTolerance: 1e-3,
      })
      expect(start).toEqual(before)
      if (status === 'stalled') {
        expect(xiG).toBeLessThan(1e-3)
        return
      }
      expect([status, iterations]).toEqual(['converged', 1])
      near(kkt, residualOf(problem, x, multipliers), { absolute: 1e-9 })
      expect(violation).toBeLessThanOrEqual(1e-7)
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('every inner solver finds the same point', () => {
  const solvers: InnerSolver[] = [
    direct(),
    minres(),
    gmres({ restart: 10 }),
    kaczmarz(),
    kaczmarz({ sampling: 'weighted' }),
    kaczmarz({ sampling: 'cyclic' }),
    gaussian(),
    gaussian({ blockSize: 3 }),
  ]
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 4 }), (seed, n) => {
      const rng = random(seed)
      const problem = quadratic(rng, n, 1)
      const answers = solvers.map((inner) =>
        adaSketchNewton(problem, new Float64Array(n), {
          inner,
          accuracy: 'residual',
          tolerance: 1e-6,
          seed,
          maxIterations: 300,
          innerLimit: 1e4,
        }),
      )
      if (answers[0].status !== 'converged') return
      for (const { status, x, kkt } of answers) {
        if (status !== 'converged') continue
        expect(kkt).toBeLessThanOrEqual(1e-6)
        near([...x], [...answers[0].x], { absolute: 1e-4, relative: 1e-4 })
      }
      expect(answers.filter(({ status }) => status === 'converged').length).toBeGreaterThanOrEqual(7)
    }),
    { seed: 2, numRuns: 60 },
  )
})

test('gradients of the exact augmented Lagrangian agree with central differences', () => {
  const near6 = { absolute: 2e-5, relative: 2e-5 }
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 3 }), (seed, count) => {
      const rng = random(seed)
      const problem = circleFit(Array.from({ length: count }, () => normals(rng, 2)))
      const [x, l] = [normals(rng, problem.n), normals(rng, count)]
      const penalties = { eta1: rng.uniform(0, 3), eta2: rng.uniform(0, 1) }
      const value = () => exactAugmentedLagrangian(problem, x, l, penalties).value
      const { gradientX, gradientMultipliers } = exactAugmentedLagrangian(problem, x, l, penalties)
      gradientX.forEach((slope, j) => near(centralDifference(value, x, j), slope, near6))
      gradientMultipliers.forEach((slope, i) => near(centralDifference(value, l, i), slope, near6))
    }),
    { seed: 3, numRuns: 200 },
  )
})

test('the least eigenvalue of the reduced Hessian is that on the null space', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 6 }), (seed, n, most) => {
      const rng = random(seed)
      const m = Math.min(n - 1, most)
      const [H, G] = [symmetric(rng, n), rowsOf(rng, m, n)]
      const problem: ConstrainedProblem = {
        f: () => 0,
        gradient: () => new Float64Array(n),
        constraints: () => new Float64Array(m),
        jacobian: () => G,
        hessianLagrangian: () => H,
      }
      const { reducedMin, shift, xiG, K, residual } = kktSystem(problem, new Float64Array(n), new Float64Array(m))
      if (xiG < 1e-3) return
      expect([...residual].every((value) => value === 0)).toBe(true)
      // P H P + c (I - P) has the eigenvalues of Z'H Z, and c.
      const { values, vectors } = symmetricEigen(G.map((row) => G.map((other) => dot(row, other))))
      const inverse = (i: number, k: number) =>
        dot(
          Array.from(values, (value, a) => vectors!.get(i, a) / value),
          Array.from(values, (_, a) => vectors!.get(k, a)),
        )
      const P = Array.from({ length: n }, (_, a) =>
        Array.from({ length: n }, (_, b) => {
          let sum = a === b ? 1 : 0
          for (let i = 0; i < m; i++) for (let k = 0; k < m; k++) sum -= G[i][a] * inverse(i, k) * G[k][b]
          return sum
        }),
      )
      const PH = P.map((row) =>
        H.map((_, j) =>
          dot(
            row,
            H.map((other) => other[j]),
          ),
        ),
      )
      const projected = PH.map((row, i) => P.map((other, j) => dot(row, other) + 100 * ((i === j ? 1 : 0) - P[i][j])))
      const tidy = projected.map((row, i) => row.map((value, j) => (value + projected[j][i]) / 2))
      near(reducedMin!, symmetricEigen(tidy, { vectors: false }).values[0], { absolute: 1e-7 })
      if (reducedMin! >= 1e-6) expect(shift).toBe(0)
      else {
        near(shift, 0.1 + Math.hypot(...H.flatMap((row) => [...row])), { relative: 1e-12 })
        const B = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => K.get(i, j)))
        expect(symmetricEigen(B, { vectors: false }).values[0]).toBeGreaterThan(0)
      }
    }),
    { seed: 4, numRuns: 200 },
  )
})

test('no step of sketch-and-project moves away from the solution', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(
        kaczmarz(),
        kaczmarz({ sampling: 'weighted' }),
        kaczmarz({ sampling: 'cyclic' }),
        gaussian(),
        gaussian({ blockSize: 2 }),
      ),
      (seed, N, sketch) => {
        const rng = random(seed)
        const K = symmetric(rng, N)
        const solution = normals(rng, N)
        const R = Float64Array.from(K, (row) => -dot(row, solution))
        const inner = sketch(N, rng)
        inner.load(Float64Array.from(K.flatMap((row) => [...row])), R)
        let distance = Math.hypot(...solution)
        for (let step = 0; step < 20; step++) {
          inner.run(0, 1)
          const next = Math.hypot(...inner.z.map((value, i) => value - solution[i]))
          expect(next).toBeLessThanOrEqual(distance * (1 + 1e-6) + 1e-9)
          distance = next
        }
      },
    ),
    { seed: 5, numRuns: 200 },
  )
})

test('the rate of Kaczmarz steps is that of the exact expectation, and is reached', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, N) => {
      const rng = random(seed)
      const K = symmetric(rng, N)
      for (const sampling of ['kaczmarz', 'weighted'] as const) {
        const sizes = K.map((row) => dot(row, row))
        const total = sizes.reduce((sum, value) => sum + value, 0)
        const weight = (i: number) => (sampling === 'weighted' ? sizes[i] / total : 1 / N)
        // E |e - K_i (K_i'e) / |K_i|^2|^2 = e'(I - W)e
        const W = K.map((_, a) =>
          K.map((_, b) => K.reduce((sum, row, i) => sum + (weight(i) * row[a] * row[b]) / sizes[i], 0)),
        )
        const least = symmetricEigen(W, { vectors: false }).values[0]
        near(contractionRate(K, sampling), Math.max(0, least), { absolute: 1e-12, relative: 1e-7 })
      }
      const rate = contractionRate(K, 'gaussian')
      expect(rate).toBeGreaterThanOrEqual(0)
      expect(rate).toBeLessThanOrEqual(1 / N + 1e-9)
      near(
        contractionRate(
          K.map((row) => row.map((value) => value * 1e200)),
          'gaussian',
        ),
        rate,
        { relative: 1e-9, absolute: 1e-300 },
      )
    }),
    { seed: 6, numRuns: 150 },
  )
})

test('the rate of Gaussian vectors is their mean contraction', () => {
  const rng = random(3)
  const K = symmetric(rng, 4)
  const squares = [...symmetricEigen(K, { vectors: false }).values].map((value) => value * value)
  const least = squares.indexOf(Math.min(...squares))
  let mean = 0
  const draws = 200_000
  for (let k = 0; k < draws; k++) {
    const s = normals(rng, 4)
    mean += (squares[least] * s[least] ** 2) / squares.reduce((sum, value, j) => sum + value * s[j] ** 2, 0) / draws
  }
  near(contractionRate(K, 'gaussian'), mean, { relative: 0.02 })
  expect(contractionRate([[3]], 'gaussian')).toBeCloseTo(1, 8)
  near(
    contractionRate(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, -1],
      ],
      'gaussian',
    ),
    1 / 3,
    { relative: 1e-9 },
  )
})

test('sketch-and-project solves, also where numbers are tiny or huge', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(1, 1e-150, 1e150),
      fc.constantFrom(1, 1e-150, 1e150),
      (seed, N, scaleK, scaleB) => {
        const rng = random(seed)
        const K = symmetric(rng, N, 8)
        const z = normals(rng, N)
        const b = K.map((row) => dot(row, z) * scaleB)
        const big = K.map((row) => row.map((value) => value * scaleK))
        const answer = sketchAndProject(big, b, { tolerance: 1e-9, seed, maxIterations: 20_000, history: false })
        if (answer.status !== 'converged') return
        const left = K.map((row, i) => (dot(row, answer.z) * scaleK) / scaleB - b[i] / scaleB)
        expect(Math.hypot(...left) / Math.hypot(...b.map((value) => value / scaleB))).toBeLessThanOrEqual(1.1e-9)
        expect(answer.residual).toBeLessThanOrEqual(1e-9)
      },
    ),
    { seed: 7, numRuns: 100 },
  )
  expect(sketchAndProject([[2]], [0]).status).toBe('converged')
  const zeros = sketchAndProject(
    [
      [0, 0],
      [0, 2],
    ],
    [0, 4],
    { sketch: kaczmarz() },
  )
  expect([zeros.status, ...zeros.z]).toEqual(['converged', 0, 2])
  expect(
    sketchAndProject(
      [
        [0, 0],
        [0, 2],
      ],
      [1, 4],
    ).status,
  ).not.toBe('converged')
})

test('without a Hessian, differences lead to the same minimum', () => {
  for (const name of ['HS6', 'HS7', 'HS28', 'HS40', 'HS42', 'HS77', 'HS78', 'HS79', 'HS100LNP', 'CIRCLE5']) {
    const problem = testProblem(name)
    const { f, status } = adaSketchNewton({ ...problem, hessianLagrangian: undefined }, problem.start, {
      tolerance: 1e-7,
    })
    expect([name, status]).toEqual([name, 'converged'])
    near(f, adaSketchNewton(problem, problem.start, { tolerance: 1e-7 }).f, { relative: 1e-9, absolute: 1e-9 })
  }
})

test('derivatives of all test problems pass, and mistakes are named', () => {
  for (const name of testProblemNames) {
    const problem = testProblem(name)
    const { passes, summary } = checkDerivatives(
      problem,
      problem.start.map((value) => value + 0.01),
      { tolerance: 1e-4 },
    )
    expect([name, passes, summary]).toEqual([name, true, expect.any(String)])
  }
  const problem = testProblem('HS40')
  const wrong = {
    ...problem,
    gradient: (x: Float64Array) =>
      Float64Array.from(problem.gradient(x) as Float64Array, (v, i) => (i === 2 ? 2 * v : v)),
  }
  const { passes, checks, summary } = checkDerivatives(wrong, problem.start)
  expect(passes).toBe(false)
  expect(checks.find(({ name }) => name === 'gradient')!.entry).toBe('gradient[2]')
  expect(summary).toContain('gradient: FAILS')
  expect(() => adaSketchNewton(wrong, problem.start, { checkDerivatives: true })).toThrow(
    'adaSketchNewton: problem.gradient[2] must be near -0.512, as differences give it, got -1.024',
  )
  expect(adaSketchNewton(problem, problem.start, { checkDerivatives: true }).status).toBe('converged')
})

test('logistic regression: derivatives, sparse as dense', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5 }), (seed, rows, n) => {
      const rng = random(seed)
      const X = Array.from({ length: rows }, () => normals(rng, n).map((value) => (rng.uniform() < 0.5 ? 0 : value)))
      const labels = Array.from({ length: rows }, () => (rng.uniform() < 0.5 ? 1 : -1))
      const constraints = { A: rowsOf(rng, 1, n), b: [0.2], radius: 1.3 }
      const limited = n === 1 ? { radius: 1.3 } : constraints
      const dense = logisticRegression(X, labels, limited)
      const columns = X.map((row) => [...row.keys()].filter((j) => row[j] !== 0))
      const indptr = [0]
      for (const list of columns) indptr.push(indptr.at(-1)! + list.length)
      const sparse = logisticRegression(
        {
          rows,
          columns: n,
          indptr: Int32Array.from(indptr),
          indices: Int32Array.from(columns.flat()),
          values: Float64Array.from(columns.flatMap((list, i) => list.map((j) => X[i][j]))),
        },
        labels,
        limited,
      )
      const x = normals(rng, n)
      expect(checkDerivatives(dense, x, { tolerance: 1e-6 }).passes).toBe(true)
      const l = normals(rng, n === 1 ? 1 : 2)
      near(sparse.f(x), dense.f(x), { absolute: 1e-14, relative: 1e-13 })
      near(sparse.gradient(x) as Float64Array, dense.gradient(x) as Float64Array, { absolute: 1e-13 })
      const of = (problem: ConstrainedProblem) => (problem.hessianLagrangian!(x, l) as { data: Float64Array }).data
      near(of(sparse), of(dense), { absolute: 1e-12 })
    }),
    { seed: 8, numRuns: 100 },
  )
})

test('circle fits and the PDE problem have their solutions', () => {
  const angles = Array.from({ length: 12 }, (_, i) => i)
  const exact = angles.map((t) => [3 + 2 * Math.cos(t), -1 + 2 * Math.sin(t)])
  const problem = circleFit(exact)
  const { x, status, f } = adaSketchNewton(problem, problem.start, { tolerance: 1e-9 })
  expect(status).toBe('converged')
  near([x[24], x[25], Math.abs(x[26])], [3, -1, 2], { absolute: 1e-6 })
  expect(f).toBeLessThan(1e-10)
  const control = pdeControl(4)
  expect(adaSketchNewton(control, control.start, { tolerance: 1e-9 }).iterations).toBe(1)
})

test('the other methods of the paper agree on the minimum, and say the truth', () => {
  for (const name of ['HS28', 'HS42', 'HS48', 'HS51', 'HS79', 'BT5', 'CIRCLE5'])
    for (const method of [newtonKkt, l1Sqp, augmentedLagrangian]) {
      const problem = testProblem(name)
      const { status, x, multipliers, f, kkt } = method(problem, problem.start, { tolerance: 1e-6 })
      expect([name, status]).toEqual([name, 'converged'])
      near(kkt, residualOf(problem, x, multipliers), { absolute: 1e-9 })
      near(f, adaSketchNewton(problem, problem.start, { tolerance: 1e-8 }).f, { absolute: 1e-5, relative: 1e-5 })
    }
})

test('symmetric matrices come in any container', () => {
  const K = [
    [2, 1],
    [1, -1],
  ]
  expect(contractionRate(ndarray(Float64Array.of(2, 1, 1, -1), [2, 2]), 'weighted')).toBe(
    contractionRate(K, 'weighted'),
  )
})

test('Psi bounds the inverse of K where the shift is made below xiB', () => {
  const least = (K: { data: Float64Array; shape: number[] }) =>
    Math.min(...symmetricEigen(ndarray(K.data, K.shape), { vectors: false }).values.map(Math.abs))
  for (const name of testProblemNames) {
    const problem = testProblem(name)
    const x = problem.start.map((value, i) => value + 0.1 * Math.cos(i))
    const { K, psi, xiG } = kktSystem(problem, x, new Float64Array(problem.m).fill(0.3), { shiftThreshold: 0.1 })
    if (xiG > 1e-8) expect([name, psi * least(K) >= 1]).toEqual([name, true])
  }
  const maratos = testProblem('MARATOS')
  const { K, psi, shift } = kktSystem(maratos, maratos.start, [0])
  expect(shift).toBe(0)
  expect(psi * least(K)).toBeLessThan(1e-3)
})

test('inexact solves by the rule of the paper are near the exact ones', () => {
  // |K|_F Psi |r| <= theta delta |R| implies |z - z*| <= theta delta |z*|.
  const problem = testProblem('HS79')
  const { K, residual, psi } = kktSystem(problem, problem.start, new Float64Array(3).fill(0.5), { shiftThreshold: 0.1 })
  const [N, size] = [residual.length, Math.hypot(...residual)]
  const frobenius = Math.hypot(...K.data)
  const exact = direct()(N, random(0))
  exact.load(K.data, residual)
  exact.run(0, 1)
  for (const delta of [0.1, 1e-3]) {
    const inner = kaczmarz()(N, random(1))
    inner.load(K.data, residual)
    inner.run((delta * size) / (frobenius * psi), 1e6)
    const error = Math.hypot(...inner.z.map((value, i) => value - exact.z[i]))
    expect(error).toBeLessThanOrEqual(delta * Math.hypot(...exact.z))
  }
})

test('steps of the inner solvers allocate no vectors', () => {
  const rng = random(1)
  const N = 30
  const K = Float64Array.from(symmetric(rng, N).flatMap((row) => [...row]))
  for (const sketch of [
    kaczmarz(),
    kaczmarz({ sampling: 'weighted' }),
    gaussian(),
    gaussian({ blockSize: 3 }),
    minres(),
    gmres(),
    direct(),
  ]) {
    const inner = sketch(N, rng)
    inner.load(K, normals(rng, N))
    inner.run(0, 10)
    expect(vectorBytes(() => inner.run(0, 500))).toBeLessThanOrEqual(0)
  }
})

test('near a solution the error falls in each step at least as the accuracy of the inner solve says', () => {
  // |s_{k+1} - s*| <= (1 + e) theta |s_k - s*| for directions with |z - z*| <= theta |z*|, s = (x, multipliers).
  for (const name of ['HS79', 'HS42', 'CIRCLE5']) {
    const problem = testProblem(name)
    const optimum = adaSketchNewton(problem, problem.start, { tolerance: 1e-12 })
    const s = [...optimum.x, ...optimum.multipliers]
    for (const theta of [0.02, 0.002]) {
      const rng = random(4)
      /** The exact solution with a relative error of theta. */
      const rough: InnerSolver = (N) => {
        const exact = direct()(N, rng)
        return {
          z: exact.z,
          r: exact.r,
          load: (K, R) => exact.load(K, R),
          run(target, limit) {
            const steps = exact.run(target, limit)
            const noise = normals(rng, N)
            const scale = (theta * Math.hypot(...exact.z)) / Math.hypot(...noise)
            exact.z.forEach((_, i) => (exact.z[i] += scale * noise[i]))
            return steps
          },
        }
      }
      const start = {
        ...optimum.state,
        x: optimum.state.x.map((value) => value + 1e-3 * rng.normal()),
        multipliers: optimum.state.multipliers.map((value) => value + 1e-3 * rng.normal()),
      }
      let before = Math.hypot(
        ...start.x.map((v, i) => v - s[i]),
        ...start.multipliers.map((v, i) => v - s[problem.n + i]),
      )
      const { history } = adaSketchNewton(problem, start, { inner: rough, tolerance: 1e-7, maxIterations: 10 })
      expect(history.length).toBeGreaterThan(1)
      for (const { x, multipliers, alpha } of history) {
        expect(alpha).toBe(1)
        const after = Math.hypot(...[...x, ...multipliers].map((value, i) => value - s[i]))
        expect(after).toBeLessThanOrEqual(1.5 * theta * before + 20 * before * before)
        before = after
      }
    }
  }
})
