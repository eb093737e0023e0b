import { hypergradient, type LowerLevel, solveLower, weightedSoftmax } from '@opt/bilevel'
import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import { type BoRepOptions, boRep, coshToy, representation } from '../src/index.ts'

type Vector = number[]
interface Point {
  x: Vector
  y: Vector
  z: Vector
}
interface Run {
  parameters: BoRepOptions
  start: Point
  records: (Point & { step: number; m: Vector; upper: number })[]
  lowerBatches?: Vector[]
  hvpBatches?: Vector[]
  upperBatches?: Vector[]
}
interface FiniteSum {
  X: Vector[]
  labels: Vector
  Xval: Vector[]
  labelsVal: Vector
  classes: number
  mu: number
  hidden: number
  oracles: {
    lowerBatch: Vector | null
    upperBatch: Vector | null
    x: Vector
    y: Vector
    v: Vector
    upper: number
    lower: number
    upperGradX: Vector
    upperGradY: Vector
    lowerGradY: Vector
    hvpX: Vector
    hvpY: Vector
  }[]
  hypergradients: (Point & { phi: number; gradient: Vector })[]
  runs: Run[]
}
interface Golden {
  toy: {
    A: Vector[]
    B: Vector[]
    b: Vector
    a: Vector
    t: Vector
    hypergradients: (Point & { phi: number; gradient: Vector })[]
    runs: Run[]
  }
  cleaning: FiniteSum
  representation: FiniteSum
}
const data = golden<Golden>(import.meta.url, 'golden.json')

/** Rows end with 1: a network adds its bias itself. */
const withoutOnes = (rows: Vector[]) => rows.map((row) => row.slice(0, -1))
const problems = {
  cleaning() {
    const { X, labels, Xval, labelsVal, mu, classes } = data.cleaning
    return weightedSoftmax({ inputs: X, labels }, { inputs: Xval, labels: labelsVal }, { l2: mu, classes })
  },
  representation() {
    const { X, labels, Xval, labelsVal, mu, classes, hidden } = data.representation
    return representation(
      mlp({ sizes: [X[0].length - 1, hidden, classes], activation: 'tanh' }),
      { inputs: withoutOnes(X), targets: labels },
      { inputs: withoutOnes(Xval), targets: labelsVal },
      { l2: mu },
    )
  },
}
const toy = coshToy(data.toy)
const zeros = (n: number) => new Float64Array(n)

/** Batches of a list, in order; all of them are used. */
function listed(run: Run): { batches: BoRepOptions['batches']; left: () => number } {
  if (!run.lowerBatches) return { batches: undefined, left: () => 0 }
  const lists = [run.lowerBatches, run.hvpBatches!, run.upperBatches!].map((list) =>
    list.map((x) => Int32Array.from(x)),
  )
  const [lower, hvp, upper] = lists.map((list) => () => {
    expect(list.length).toBeGreaterThan(0)
    return list.shift()
  })
  return { batches: { lower, hvp, upper }, left: () => Math.max(...lists.map((list) => list.length)) }
}

function checkRun(problem: Parameters<typeof boRep>[0], run: Run) {
  for (const record of run.records) {
    const { batches, left } = listed(run)
    const answer = boRep(problem, run.start, {
      ...run.parameters,
      batches,
      tolerance: 0,
      maxIterations: record.step,
      history: false,
    })
    const tolerance = { absolute: 1e-9, relative: 1e-9, label: `step ${record.step}` }
    for (const part of ['x', 'y', 'z', 'm'] as const) near(answer[part], record[part], tolerance)
    near(answer.upper, record.upper, tolerance)
    expect(answer.k).toBe(record.step)
    if (record === run.records.at(-1)) expect(left()).toBe(0)
  }
}

describe('cosh toy', () => {
  test('hypergradients', () => {
    for (const { x, phi, gradient, y, z } of data.toy.hypergradients) {
      const exact = toy.hyperobjective(x)
      const tolerance = { absolute: 1e-11, relative: 1e-11 }
      near(exact.value, phi, tolerance)
      near(exact.gradient, gradient, tolerance)
      near(exact.y, y, tolerance)
      near(exact.z, z, tolerance)
    }
  })

  test.each(data.toy.runs.map((run, i) => [i, run] as const))('run %i', (_, run) => checkRun(toy, run))
})

describe.each(['cleaning', 'representation'] as const)('%s', (name) => {
  const { oracles, hypergradients, runs } = data[name]
  const problem = problems[name]()

  test('oracles, on all data and on batches', () => {
    for (const one of oracles) {
      const [x, y, v] = [one.x, one.y, one.v].map((values) => Float64Array.from(values))
      const [gx, gy] = [zeros(x.length), zeros(y.length)]
      const tolerance = { absolute: 1e-12, relative: 1e-12 }
      const [lowerBatch, upperBatch] = [one.lowerBatch ?? undefined, one.upperBatch ?? undefined]
      // The recorded values are those on all data.
      near(problem.upper.value(x, y), one.upper, tolerance)
      near(problem.lower.value(x, y), one.lower, tolerance)
      problem.upper.gradient(x, y, gx, gy, upperBatch)
      near(gx, one.upperGradX, tolerance)
      near(gy, one.upperGradY, tolerance)
      problem.lower.gradient(x, y, gx, gy, lowerBatch)
      near(gy, one.lowerGradY, tolerance)
      problem.lower.hvp!(x, y, v, gx, gy, lowerBatch)
      near(gx, one.hvpX, tolerance)
      near(gy, one.hvpY, tolerance)
    }
  })

  test('hypergradients', () => {
    for (const { x, phi, gradient, y, z } of hypergradients) {
      const exact = solveLower(problem.lower as LowerLevel<never>, x, zeros(y.length), { tolerance: 1e-12 })
      const found = hypergradient(problem, x, exact.y, { tolerance: 1e-12 })
      const tolerance = { absolute: 1e-8, relative: 1e-8 }
      near(exact.y, y, tolerance)
      near(found.gradient, gradient, tolerance)
      near(found.adjoint, z, tolerance)
      near(problem.upper.value(Float64Array.from(x), exact.y), phi, tolerance)
    }
  })

  test.each(runs.map((run, i) => [i, run] as const))('run %i', (_, run) => checkRun(problem, run))
})
