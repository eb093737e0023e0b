import { Random, type RandomState, random } from '@opt/core'
import { golden, near } from '@opt/testing'
import {
  conjugateGradient,
  dcdm,
  deflatedCG,
  directionLoss,
  incompleteCholesky,
  multigrid,
  multiLevelNetwork,
  type Network,
  poisson2d,
  rightHandSide,
  ritzDataset,
  type TrainingState,
  trainDirections,
} from '../src/index.ts'
import { ritzCoefficients } from '../src/ritz/ritz-vectors.ts'
import { systemOf } from '../src/system/system.ts'

interface Solve {
  iterations: number
  relativeResiduals: number[]
  error: number
}

interface PoissonCase {
  N: number
  discs: number[][]
  solid: number
  nnz: number
  b?: number[]
  mask?: number[]
  solution?: number[]
  solutionNorm: number
  diagonal?: number[]
  eigenvalueRange?: number[]
  ic0: { norm: number; values?: number[]; rows?: number[]; columns?: number[] }
  cg: Solve
  icpcg: Solve
  deflated: Solve
  mgpcgIterations: number | null
}

const norm = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0))

describe('Poisson problems and the classical solvers', () => {
  const cases = golden<PoissonCase[]>(import.meta.url, 'poisson.json')
  test.each(cases.map((one) => [`${one.N}, ${one.discs.length} discs`, one] as const))('%s', (_, one) => {
    const problem = poisson2d({ size: one.N, discs: one.discs })
    const { A, mask, shape } = problem
    const b = rightHandSide('smooth', problem)
    expect(A.values).toHaveLength(one.nnz)
    expect(mask.filter((fluid) => fluid === 0)).toHaveLength(one.solid)
    if (one.mask) expect([...mask]).toEqual(one.mask)
    if (one.b) near(b, one.b, { relative: 1e-12, absolute: 1e-12 })
    if (one.diagonal)
      for (let i = 0; i < A.rows; i++) {
        const at = A.indices.slice(A.indptr[i], A.indptr[i + 1]).indexOf(i)
        expect(at < 0 ? 0 : A.values[A.indptr[i] + at]).toBe(one.diagonal[i])
      }
    const { factor } = incompleteCholesky(A)
    near(norm(factor.values), one.ic0.norm, { relative: 1e-12 })
    if (one.ic0.values) near(factor.values, one.ic0.values, { absolute: 1e-12, relative: 1e-12 })
    if (one.ic0.columns) expect([...factor.indices]).toEqual(one.ic0.columns)

    const exact = conjugateGradient(A, b, { tolerance: 1e-13 })
    near(norm(exact.x), one.solutionNorm, { relative: 1e-9 })
    if (one.solution) near(exact.x, one.solution, { ofLargest: 1e-9 })
    const limits = { tolerance: 1e-6 }
    const runs = [
      [conjugateGradient(A, b, limits), one.cg, 1e-9],
      [conjugateGradient(A, b, { ...limits, preconditioner: incompleteCholesky(A) }), one.icpcg, 1e-9],
      [deflatedCG(A, b, limits), one.deflated, 1e-8],
    ] as const
    for (const [{ status, history, iterations, x }, expected, tolerance] of runs) {
      expect(status).toBe('converged')
      expect(Math.abs(iterations - expected.iterations)).toBeLessThanOrEqual(1)
      const ours = history.map(({ error }) => error)
      const theirs = expected.relativeResiduals.slice(1, 21)
      for (const [k, value] of theirs.slice(0, ours.length).entries())
        near(ours[k], value, { absolute: 1e-15 + tolerance * value })
      if (expected.error > 0) expect(norm(x.map((v, i) => v - exact.x[i])) / norm(exact.x)).toBeLessThan(1e-4)
    }
    const { iterations } = conjugateGradient(A, b, { ...limits, preconditioner: multigrid(A, shape) })
    if (one.mgpcgIterations) expect(Math.abs(iterations - one.mgpcgIterations)).toBeLessThanOrEqual(1)
  })
})

/** Draws recorded normal numbers. */
class Recorded extends Random {
  readonly #normals: number[]
  constructor(normals: number[]) {
    super(random(0).state() as RandomState)
    this.#normals = [...normals]
  }
  override normal(): number {
    return this.#normals.shift()!
  }
}

interface LanczosCase {
  N: number
  discs: number[][]
  start: number[]
  m: number
  theta: number
  alphas: number[]
  betas: number[]
  ritzValues: number[]
  normals: number[]
  count: number
  rightHandSides: number[]
}

test('Ritz data sets', () => {
  for (const one of golden<LanczosCase[]>(import.meta.url, 'lanczos.json')) {
    const { A } = poisson2d({ size: one.N, discs: one.discs })
    const { multiply } = systemOf(A)
    const first = new Float64Array(A.rows)
    multiply(Float64Array.from(one.start), first)
    const { values } = ritzCoefficients(A.rows, multiply, first, one.m)
    near(values, one.ritzValues, { relative: 1e-9, absolute: 1e-9 })
    const { m: vectors, count, theta } = one
    // The file has one column for each sample.
    const normals = one.normals.map((_, k) => one.normals[(k % vectors) * count + Math.floor(k / vectors)])
    const samples = ritzDataset(A, { vectors, count, theta, seed: new Recorded([...one.start, ...normals]) })
    near(
      samples.flatMap((b) => [...b]),
      one.rightHandSides,
      { absolute: 1e-9 },
    )
  }
})

type Weights = Record<string, { values: number[] }>

const NAMES: Record<string, string> = {
  sc: 'scale',
  'a.weight': 'first',
  'o.weight': 'last',
  'pre.0.0.weight': 'before.fine.0',
  'pre.0.1.weight': 'before.fine.1',
  'pre.1.0.weight': 'before.coarse.0',
  'pre.1.1.weight': 'before.coarse.1',
  'post.0.0.weight': 'after.fine.0',
  'post.0.1.weight': 'after.fine.1',
  'post.1.0.weight': 'after.coarse.0',
  'post.1.1.weight': 'after.coarse.1',
}

function load(network: Network, weights: Weights): void {
  for (const [name, { values }] of Object.entries(weights)) network.weights[NAMES[name]].set(values)
}

interface NetworkCase {
  channels: number
  activation: 'linear' | 'relu'
  weights: Weights
  cases: {
    N: number
    levels: number
    input: number[]
    output: number[]
    loss: number
    gradient?: Record<string, number[]>
  }[]
}

const networks = golden<NetworkCase[]>(import.meta.url, 'network.json')

test.each(networks.map((one) => [one.activation, one] as const))(
  'the %s network: outputs, loss, gradients',
  (_, one) => {
    const { channels, activation } = one
    for (const precision of ['float64', 'float32'] as const) {
      const tolerance = precision === 'float64' ? 1e-10 : 3e-5
      for (const { N, levels, input, output, loss, gradient } of one.cases) {
        const network = multiLevelNetwork({ channels, activation, levels, precision })
        load(network, one.weights)
        const { A } = poisson2d({ size: N })
        const batch = input.length / A.rows
        let total = 0
        const sum = new Float64Array(network.parameters.length)
        for (let k = 0; k < batch; k++) {
          const cut = <T>(list: T[]) => list.slice(k * A.rows, (k + 1) * A.rows)
          const f = network.forward(cut(input), [N, N])
          near(f, cut(output), { ofLargest: tolerance })
          const { value, gradient: c } = directionLoss(A, cut(input), f)
          total += value / batch
          network.backward(cut(input), [N, N], c).forEach((g, i) => {
            sum[i] += g / batch
          })
        }
        near(total, loss, { relative: tolerance })
        if (!gradient) continue
        let at = 0
        const theirs = new Map(Object.entries(gradient).map(([name, values]) => [NAMES[name], values]))
        for (const [name, part] of Object.entries(network.weights))
          near(sum.slice(at, (at += part.length)), theirs.get(name)!, { ofLargest: 10 * tolerance })
      }
    }
  },
)

interface DcdmCase {
  N: number
  discs: number[][]
  rhs: 'smooth' | 'dipole' | 'noise'
  b?: number[]
  orthogonalize: number
  tolerance: number
  iterations: number
  relativeResiduals: number[]
  solutionNorm: number
  solutionSample: number[]
}

test.each(['float64', 'float32'] as const)('solves with the recorded network in %s', (precision) => {
  const { channels, activation, weights } = networks[0]
  const network = multiLevelNetwork({ channels, activation, precision })
  load(network, weights)
  for (const one of golden<DcdmCase[]>(import.meta.url, 'dcdm.json')) {
    const problem = poisson2d({ size: one.N, discs: one.discs })
    const { orthogonalize, tolerance } = one
    const direction = network.direction(problem.shape)
    const b = rightHandSide(one.rhs, problem)
    const { x, iterations, history, status } = dcdm(problem.A, b, { direction, orthogonalize, tolerance })
    expect(status).toBe('converged')
    if (precision === 'float32') {
      expect(Math.abs(iterations - one.iterations)).toBeLessThanOrEqual(1)
      continue
    }
    expect(iterations).toBe(one.iterations)
    history.forEach(({ error }, k) => near(error / one.relativeResiduals[k + 1], 1, { absolute: 1e-5 }))
    near(norm(x), one.solutionNorm, { relative: 1e-6 })
    const sample = one.solutionSample.map((_, k) => x[k * Math.floor((one.N * one.N) / 16)])
    near(sample, one.solutionSample, { ofLargest: 1e-6 })
  }
})

interface TrainingCase {
  channels: number
  N: number
  batch: number
  steps: number
  linear: boolean
  learningRate: number
  data: number[]
  initial: Weights
  final: Weights
  lossAndGradientNorm: [number, number][]
}

test('training: losses, gradient norms, weights', () => {
  for (const one of golden<TrainingCase[]>(import.meta.url, 'training.json')) {
    const { channels, N, batch, learningRate } = one
    const network = multiLevelNetwork({ channels, activation: one.linear ? 'linear' : 'relu', precision: 'float64' })
    load(network, one.initial)
    const { A } = poisson2d({ size: N })
    const samples = Array.from({ length: one.data.length / A.rows }, (_, k) =>
      one.data.slice(k * A.rows, (k + 1) * A.rows),
    )
    const halves = [samples.slice(0, batch), samples.slice(batch)]
    // A batch of all samples keeps their order: the halves take turns by going on from saved states.
    let resume: TrainingState | undefined
    for (const [step, [loss, gradientNorm]] of one.lossAndGradientNorm.entries()) {
      const set = { A, shape: [N, N], samples: halves[step % 2], batch }
      const { history, state } = trainDirections(network, [set], { steps: step + 1, learningRate, resume })
      near(history[0].loss, loss, { relative: 1e-8 })
      near(history[0].gradientNorm, gradientNorm, { relative: 1e-8 })
      resume = state
    }
    for (const [name, { values }] of Object.entries(one.final))
      near(network.weights[NAMES[name]], values, { absolute: 1e-8, label: name })
  }
})
