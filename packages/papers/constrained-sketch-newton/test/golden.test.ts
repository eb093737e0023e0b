import { type CSR, type MatrixLike, Random, random } from '@opt/core'
import { a9a, breastCancer, isDataAbsent, standardize } from '@opt/datasets'
import { golden, near } from '@opt/testing'
import ndarray from 'ndarray'
import {
  adaSketchNewton,
  contractionRate,
  direct,
  exactAugmentedLagrangian,
  gaussian,
  kaczmarz,
  kktSystem,
  logisticRegression,
  sketchAndProject,
  testProblem,
  testProblemNames,
} from '../src/index.ts'

interface PointRecord {
  x: number[]
  lambda: number[]
  eta1: number
  eta2: number
  f: number
  gradient: number[]
  constraints: number[]
  jacobian: number[]
  hessianLagrangian: number[] | null
  kkt: number
  merit: number
  meritGradient: number[]
  xiG: number
  reducedMin: number | null
  shift: number
  psi: number | null
  upsilon: number
  deltaTrial: number | null
  direction: number[] | null
  directional: number | null
}
interface ProblemRecord {
  name: string
  n: number
  m: number
  start: number[]
  knownOptimum: number | null
  optimum: { x: number[]; lambda: number[]; f: number; kkt: number; degenerate: boolean } | null
  points: PointRecord[]
}
interface RunRecord {
  problem: string
  options: { tol: number; maxit: number; eta1?: number; eta2?: number; beta?: number; nu?: number }
  iterations: {
    x: number[]
    lambda: number[]
    kkt: number
    f: number
    merit: number
    directional: number
    alpha: number
    eta1: number
    eta2: number
    delta: number
    shift: number
    penaltyUpdates: number
  }[]
}
interface SketchRecord {
  n: number
  m: number
  K: number[]
  b: number[]
  solution: number[]
  seed: number
  firstUniforms: number[]
  rows: number[]
  kaczmarz: Record<string, number[]>
  cyclic: Record<string, number[]>
  gaussianVectors: number[]
  gaussian: number[][]
  blockGaussian: { size: number; vectors: number[]; z: number[][] }
  rates: { uniformKaczmarz: number; weightedKaczmarz: number; gaussian: number }
}

const problems = golden<ProblemRecord[]>(import.meta.url, 'problems.json')
const runs = golden<RunRecord[]>(import.meta.url, 'runs.json')
const sketches = golden<SketchRecord[]>(import.meta.url, 'sketch.json')
const flat = (rows: unknown) =>
  'data' in (rows as object)
    ? [...(rows as { data: Float64Array }).data]
    : (rows as number[][]).flatMap((row) => [...row])
const closely = { absolute: 1e-10, relative: 1e-10 }

test('the table has all problems', () => {
  expect(problems.map(({ name }) => name)).toEqual([...testProblemNames])
})

describe.each(problems)('$name', ({ name, n, m, start, knownOptimum, optimum, points }) => {
  const problem = testProblem(name)

  test('sizes, start and optimum', () => {
    expect([problem.n, problem.m]).toEqual([n, m])
    near(problem.start, start, { absolute: 1e-14 })
    if (knownOptimum === null) expect(problem.optimum).toBeNull()
    else near(problem.optimum!, knownOptimum, { relative: 1e-8, absolute: 1e-12 })
    if (!optimum) return
    const x = Float64Array.from(optimum.x)
    near(problem.f(x), optimum.f, closely)
    const { residual } = kktSystem(problem, x, optimum.lambda)
    near(Math.hypot(...residual), 0, { absolute: Math.max(2 * optimum.kkt, 1e-11 * Math.max(1, Math.abs(optimum.f))) })
  })

  test.each(points.map((point, i) => ({ i, ...point })))('all values at point $i', (point) => {
    const x = Float64Array.from(point.x)
    near(problem.f(x), point.f, closely)
    near([...(problem.gradient(x) as Float64Array)], point.gradient, closely)
    near([...(problem.constraints(x) as Float64Array)], point.constraints, closely)
    near(flat(problem.jacobian(x)), point.jacobian, closely)
    if (point.hessianLagrangian) {
      const H = problem.hessianLagrangian(x, Float64Array.from(point.lambda))
      near(flat(H), point.hessianLagrangian, closely)
    }
    const merit = exactAugmentedLagrangian(problem, x, point.lambda, { eta1: point.eta1, eta2: point.eta2 })
    near(merit.value, point.merit, closely)
    near([...merit.gradientX, ...merit.gradientMultipliers], point.meritGradient, {
      ofLargest: 1e-10,
    })
    const system = kktSystem(problem, x, point.lambda)
    near(Math.hypot(...system.residual), point.kkt, closely)
    near(system.xiG, point.xiG, point.xiG < 1e-8 ? { absolute: 1e-12 } : closely)
    if (point.reducedMin !== null)
      near(system.reducedMin!, point.reducedMin, { ofLargest: 1e-9, absolute: 1e-10 * system.upsilon })
    near(system.shift, point.shift, closely)
    near(system.upsilon, point.upsilon, closely)
    if (point.psi !== null && point.xiG > 1e-8) near(system.psi, point.psi, { relative: 1e-9 })
    if (point.deltaTrial !== null && point.xiG > 1e-8) {
      const trial = (0.4 * point.eta2) / ((1 + point.eta1 + point.eta2) * system.upsilon ** 2 * system.psi ** 2)
      near(trial / point.deltaTrial, 1, { absolute: 1e-8 })
    }
    if (point.direction) {
      const inner = direct()(n + m, random(0))
      inner.load(system.K.data, system.residual)
      inner.run(0, 1)
      near([...inner.z], point.direction, { ofLargest: 1e-8 })
    }
  })
})

describe('complete runs with exact inner solves', () => {
  test.each(runs.map((run, i) => ({ i, ...run })))('$i: $problem', ({ problem: name, options, iterations }) => {
    const { tol, maxit, ...rest } = options
    const problem = testProblem(name)
    const { status, history, x } = adaSketchNewton(problem, problem.start, {
      tolerance: tol,
      maxIterations: maxit,
      ...rest,
    })
    expect(status).toBe('converged')
    expect(history.length).toBe(iterations.length - 1)
    history.forEach((report, k) => {
      const recorded = iterations[k]
      expect([k, report.alpha, report.penaltyUpdates]).toEqual([k, recorded.alpha, recorded.penaltyUpdates])
      near([report.eta1, report.eta2, report.delta], [recorded.eta1, recorded.eta2, recorded.delta], {
        relative: 1e-9,
        absolute: 0,
      })
      near(report.shift, recorded.shift, { relative: 1e-8, absolute: 1e-12 })
      near(report.previousMerit, recorded.merit, { relative: 1e-9, absolute: 1e-10 })
      near(report.directional, recorded.directional, { relative: 1e-7, absolute: 1e-9 })
      const next = iterations[k + 1]
      near([...report.x], next.x, { relative: 1e-8, absolute: 1e-8 })
      near([...report.multipliers], next.lambda, { relative: 1e-7, absolute: 1e-7 })
      near(report.error, next.kkt, { relative: 1e-6, absolute: 1e-8 })
      near(report.f, next.f, { relative: 1e-8, absolute: 1e-9 })
    })
    near([...x], iterations.at(-1)!.x, { relative: 1e-8, absolute: 1e-8 })
  })
})

/** mulberry32, with which the files were made; normal numbers are those of a list. */
class Mulberry extends Random {
  #s: number
  readonly #normals: number[]

  constructor(seed: number, normals: number[] = []) {
    super(random(0).state())
    this.#s = seed
    this.#normals = [...normals].reverse()
  }

  override uniform(): number {
    this.#s = (this.#s + 0x6d2b79f5) | 0
    let t = Math.imul(this.#s ^ (this.#s >>> 15), this.#s | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  override normal(): number {
    return this.#normals.pop()!
  }
}

describe.each(sketches)('sketch-and-project, N = $n + $m', (record) => {
  const N = record.n + record.m
  const K = ndarray(Float64Array.from(record.K), [N, N])
  const R = Float64Array.from(record.b, (value) => -value)

  test('the generator of the files', () => {
    const rng = new Mulberry(record.seed)
    expect(record.firstUniforms.map(() => rng.uniform())).toEqual(record.firstUniforms)
    const again = new Mulberry(record.seed)
    expect(record.rows.map(() => Math.floor(again.uniform() * N))).toEqual(record.rows)
  })

  test.each(['uniform', 'cyclic'] as const)('Kaczmarz, %s', (sampling) => {
    const inner = kaczmarz({ sampling })(N, new Mulberry(record.seed))
    inner.load(K.data, R)
    let steps = 0
    for (const [count, z] of Object.entries(sampling === 'uniform' ? record.kaczmarz : record.cyclic)) {
      steps += inner.run(0, Number(count) - steps)
      expect(steps).toBe(Number(count))
      near([...inner.z], z, { absolute: 1e-10, relative: 1e-10 })
    }
  })

  test('Gaussian vectors and blocks', () => {
    const one = gaussian()(N, new Mulberry(1, record.gaussianVectors))
    one.load(K.data, R)
    for (const z of record.gaussian) {
      expect(one.run(0, 1)).toBe(1)
      near([...one.z], z, closely)
    }
    const { size, vectors, z } = record.blockGaussian
    const block = gaussian({ blockSize: size })(N, new Mulberry(1, vectors))
    block.load(K.data, R)
    for (const expected of z) {
      block.run(0, 1)
      near([...block.z], expected, closely)
    }
  })

  test('the solver gives the same', () => {
    const { z, steps } = sketchAndProject(K, record.b, {
      seed: new Mulberry(record.seed),
      stepsPerReport: 100,
      maxIterations: 10,
      tolerance: 0,
    })
    expect(steps).toBe(1000)
    near([...z], record.kaczmarz['1000'], closely)
    near([...sketchAndProject(K, record.b, { maxIterations: 20_000, tolerance: 1e-11 }).z], record.solution, {
      absolute: 1e-6,
    })
  })

  test('contraction rates', () => {
    const { uniformKaczmarz, weightedKaczmarz, gaussian: rate } = record.rates
    near(contractionRate(K, 'kaczmarz'), uniformKaczmarz, { relative: 1e-8, absolute: 0 })
    near(contractionRate(K, 'weighted'), weightedKaczmarz, { relative: 1e-8, absolute: 0 })
    near(contractionRate(K, 'gaussian'), rate, { relative: 1e-8, absolute: 0 })
  })
})

interface LogisticRecord {
  data: string
  rows: number
  A: number[]
  b: number[]
  f: number
  x: number[]
  lambda: number[]
  iterations: number
  kktHistory: number[]
  alpha: number[]
}

async function tableOf(data: string): Promise<{ features: MatrixLike | CSR; labels: ArrayLike<number>; n: number }> {
  if (data === 'a9a.t') {
    const table = await a9a()
    return { features: table, labels: table.labels, n: 123 }
  }
  const table = await breastCancer()
  return {
    features: standardize(table.features).features,
    labels: Array.from(table.labels, (label) => (label === 1 ? 1 : -1)),
    n: 30,
  }
}

// a9a needs a data folder: OPT_DATA_DIR.
test.each(golden<LogisticRecord[]>(import.meta.url, 'logistic.json'))(
  'constrained logistic regression on $data',
  async (record) => {
    const table = await tableOf(record.data).catch((error) => {
      if (!isDataAbsent(error) || record.data !== 'a9a.t') throw error
    })
    if (!table) return
    const { features, labels, n } = table
    const problem = logisticRegression(features, labels, {
      A: ndarray(Float64Array.from(record.A), [record.rows, n]),
      b: record.b,
      radius: 1,
    })
    const { x, multipliers, f, status, history } = adaSketchNewton(problem, new Float64Array(n).fill(1), {
      multipliers0: new Float64Array(record.rows + 1).fill(1),
      shiftThreshold: 1e-2,
      tolerance: 1e-10,
    })
    expect(status).toBe('converged')
    expect(history.map(({ alpha }) => alpha)).toEqual(record.alpha)
    near([...x], record.x, { absolute: 1e-7 })
    near(f, record.f, { absolute: 1e-10 })
    near([...multipliers], record.lambda, { absolute: 1e-6 })
    near(
      history.map(({ error }) => error),
      record.kktHistory.slice(1),
      { absolute: 1e-8, relative: 1e-6 },
    )
  },
)
