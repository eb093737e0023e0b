import { golden, near } from '@opt/testing'
import ndarray from 'ndarray'
import {
  constant,
  decompose,
  denseMeasurements,
  geometric,
  gradientDescent,
  lossProportional,
  polyak,
  quantile,
  type StepRule,
  scaling,
  signRip,
  spectralInitialization,
  subgm,
} from '../src/index.ts'

type Rows = number[][]
interface Operators {
  d: number
  rank: number
  A: Rows[]
  X: Rows
  noise: number[]
  y: number[]
  forward: { X: Rows; value: number[] }
  adjoint: { z: number[]; value: Rows }
  loss: { U: Rows; residual: number[]; l1: number; l2: number; subgradient: Rows; gradientL2: Rows }
  spectral: { rank: number; alpha: number; C: Rows; eigenvalues: number[]; product: Rows }[]
  signRip: { X: Rows; k: number; D: Rows; phi: number; delta: number }[]
  scaling: Record<string, number>
  decomposition: Record<string, number>
}
interface Trajectory {
  problem: number
  rule: string
  loss: 'l1' | 'l2'
  eta: number
  rho: number
  quantile: number
  U0: Rows
  objective: number[]
  step: number[]
  error: number[]
  estimate: number[]
  iterates: Record<string, Rows>
  decomposition: Record<string, Record<string, number>>
}

const problems = golden<Operators[]>(import.meta.url, 'operators.json')
const trajectories = golden<Trajectory[]>(import.meta.url, 'trajectories.json')
const tight = { absolute: 1e-12, relative: 1e-12 }
const loose = { absolute: 1e-10, relative: 1e-10 }

const rows = (X: { data: ArrayLike<number>; shape: number[] }) =>
  Array.from({ length: X.shape[0] }, (_, i) => Array.from(X.data).slice(i * X.shape[1], (i + 1) * X.shape[1]))
const product = (U: Rows) => U.map((a) => U.map((b) => a.reduce((sum, v, k) => sum + v * b[k], 0)))
const distance = (U: Rows, X: Rows) =>
  Math.sqrt(product(U).reduce((sum, row, i) => sum + row.reduce((s, v, j) => s + (v - X[i][j]) ** 2, 0), 0))
const checkDecomposition = (U: Rows, X: Rows, want: Record<string, number>, tolerance: object) => {
  const { smallestSignal: minSignal, error, ...got } = decompose(U, X)
  for (const [name, value] of Object.entries({ ...got, minSignal }))
    near(value, want[name], { ...tolerance, label: name })
  near(error, distance(U, X), { ...loose, label: 'error' })
}

describe.each(problems.map((_, i) => i))('problem %i', (index) => {
  const problem = problems[index]
  const measurements = denseMeasurements(problem.A)

  test('the map, its adjoint and the losses', () => {
    near(measurements.forward(problem.forward.X), problem.forward.value, tight)
    near(rows(measurements.adjoint(problem.adjoint.z)), problem.adjoint.value, tight)
    const { U, residual, l1, l2, subgradient, gradientL2 } = problem.loss
    near(
      Array.from(measurements.forward(product(U)), (value, k) => value - problem.y[k]),
      residual,
      tight,
    )
    for (const [solve, value, gradient] of [
      [subgm, l1, subgradient],
      [gradientDescent, l2, gradientL2],
    ] as const) {
      const run = (maxIterations: number) =>
        solve(measurements, problem.y, { initial: U, stepSize: constant(1), tolerance: 0, maxIterations })
      const first = run(1)
      near(first.objective, value, tight)
      const moved = rows(run(2).factor)
      near(
        U.map((row, i) => row.map((v, j) => v - moved[i][j])),
        gradient,
        tight,
      )
    }
  })

  test('the spectral start', () => {
    for (const { rank, alpha, C, eigenvalues, product: want } of problem.spectral) {
      near(rows(measurements.signAdjoint(problem.y)), C, tight)
      const U = rows(spectralInitialization(measurements, problem.y, { rank, alpha }))
      near(product(U), want, { absolute: 1e-10 * alpha * alpha * Math.abs(eigenvalues[0]) })
    }
  })

  test('Sign-RIP, the scaling functions and the decomposition', () => {
    for (const { X, k, D, phi, delta } of problem.signRip) {
      const values = measurements.forward(X).map((value, i) => value - problem.noise[i])
      near(rows(measurements.signAdjoint(values)), D, tight)
      const got = signRip(measurements, X, { rank: k, noise: problem.noise })
      near(got.phi, phi, tight)
      near(got.delta, delta, loose)
      near(signRip(measurements, X, { rank: k, noise: problem.noise, phi }).delta, delta, loose)
    }
    const { norm, gaussianNu, outlierP: corruption, outlierScale, ...want } = problem.scaling
    near(scaling.fromNoise(norm, problem.noise), want.fromNoise, tight)
    near(scaling.gaussian(norm, gaussianNu), want.gaussian, tight)
    near(scaling.outliers(norm, { corruption, outlierScale }), want.outlierGaussian, tight)
    near(scaling.outliers(norm, { corruption, outlierScale, outlier: 'constant' }), want.outlierConstant, tight)
    checkDecomposition(problem.loss.U, problem.X, problem.decomposition, loose)
  })
})

const rules: Record<string, (run: Trajectory) => StepRule> = {
  geometric: ({ eta, rho }) => geometric({ initial: eta, decay: rho }),
  loss: ({ eta }) => lossProportional(eta),
  quantile: ({ eta, quantile: q }) => quantile({ eta, q }),
  constant: ({ eta }) => constant(eta),
  l2: ({ eta }) => constant(eta),
  polyak: () => polyak(),
}

test.each(trajectories.map(({ rule }, i) => [i, rule] as const))('trajectory %i: %s', (index, name) => {
  const run = trajectories[index]
  const problem = problems[run.problem]
  const measurements = denseMeasurements(problem.A)
  const d = problem.d
  const inner = rules[name](run)
  const factors: Rows[] = []
  const stepSize: StepRule = Object.assign(
    (state: Parameters<StepRule>[0]) => {
      factors.push(rows(ndarray(state.factor, [d, state.factor.length / d])))
      return inner(state)
    },
    { q: run.quantile },
  )
  const solve = run.loss === 'l2' ? gradientDescent : subgm
  const { history } = solve(measurements, problem.y, { initial: run.U0, stepSize, tolerance: 0, maxIterations: 41 })
  const at = { absolute: 1e-9, relative: 1e-9 }
  near(
    history.map((report) => report.objective),
    run.objective,
    { ...at, label: 'objective' },
  )
  near(
    history.slice(0, 40).map((report) => report.stepSize),
    run.step,
    { ...at, label: 'step' },
  )
  near(
    history.map((report) => report.scale),
    run.estimate,
    { ...at, label: 'estimate' },
  )
  near(
    factors.map((U) => distance(U, problem.X)),
    run.error,
    { ...at, label: 'error' },
  )
  for (const [t, U] of Object.entries(run.iterates)) {
    near(factors[Number(t)], U, { ...at, label: `U at ${t}` })
    checkDecomposition(factors[Number(t)], problem.X, run.decomposition[t], at)
  }
})

test('all trajectories are there', () => expect(trajectories.length).toBe(37))
