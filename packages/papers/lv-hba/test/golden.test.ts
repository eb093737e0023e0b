import { golden, near } from '@opt/testing'
import {
  bilevelToy,
  type ConstrainedProblem,
  gapAndResidual,
  lvHba,
  valueFunction,
  type WeightedSvm,
  weightedSvm,
} from '../src/index.ts'

type Vector = number[]
interface Point {
  x: Vector
  y: Vector
  z: Vector
  theta: Vector
  lambda_: Vector
}
interface Value extends Point {
  gamma1: number
  gamma2: number
  value: number
  gradX: Vector
  gradY: Vector
  gradZ: Vector
}
interface Trajectory {
  parameters: { alpha: number; beta: number; eta: number; gamma1: number; gamma2: number; c: number; p: number }
  start: Point
  records: (Point & {
    step: number
    penalty: number
    upper: number
    lower: number
    value: number
    gap: number
    residual: number
  })[]
}
interface Golden {
  toy: { n: number; r: number; values: Value[]; trajectories: Trajectory[] }
  svm: {
    A: Vector[]
    Av: Vector[]
    scale: number
    r: number
    xLow: number
    xHigh: number
    projections: { x: Vector; y: Vector; px: Vector; py: Vector }[]
    values: Value[]
    hypergradients: { x: Vector; phi: number; gradient: Vector; u: Vector }[]
    trajectories: Trajectory[]
  }
}
const data = golden<Golden>(import.meta.url, 'golden.json')

/** Examples of rows label (z, 1). */
const examples = (rows: Vector[]) => ({
  inputs: rows.map((row) => row.slice(0, -1).map((value) => value * row.at(-1)!)),
  labels: rows.map((row) => row.at(-1)!),
})
const svm = (): WeightedSvm =>
  weightedSvm(examples(data.svm.A), examples(data.svm.Av), { lower: data.svm.xLow, upper: data.svm.xHigh })
const problems: Record<'toy' | 'svm', () => ConstrainedProblem> = { toy: () => bilevelToy(data.toy.n), svm }

describe.each(['toy', 'svm'] as const)('%s', (name) => {
  const { values, trajectories, r: bound } = data[name]

  test.each(values.map((value, i) => [i, value] as const))('the value function and its gradient (%i)', (_, one) => {
    const { gamma1, gamma2, x, y, z } = one
    const v = valueFunction(problems[name](), { x, y, z }, { gamma1, gamma2, bound, tolerance: 1e-11 })
    expect(['converged', 'stalled']).toContain(v.status)
    const tolerance = { absolute: 1e-10, relative: 1e-10 }
    near(v.value, one.value, tolerance)
    near(v.theta, one.theta, tolerance)
    near(v.lambda, one.lambda_, tolerance)
    near(v.gradX, one.gradX, tolerance)
    near(v.gradY, one.gradY, tolerance)
    near(v.gradZ, one.gradZ, tolerance)
  })

  test.each(trajectories.map((one, i) => [i, one] as const))('the iterates, gap and residual (%i)', (_, one) => {
    const { c, p, ...steps } = one.parameters
    const { lambda_, ...start } = one.start
    const problem = problems[name]()
    const options = { ...steps, penalty: { c, p }, bound, tolerance: 0, history: false }
    for (const record of one.records) {
      const answer = lvHba(problem, { ...start, lambda: lambda_ }, { ...options, maxIterations: record.step })
      const tolerance = { absolute: 1e-9, relative: 1e-9, label: `step ${record.step}` }
      expect(answer.k).toBe(record.step)
      near(answer.penalty, record.penalty, tolerance)
      near(answer.x, record.x, tolerance)
      near(answer.y, record.y, tolerance)
      near(answer.z, record.z, tolerance)
      near(answer.theta, record.theta, tolerance)
      near(answer.lambda, record.lambda_, tolerance)
      near(answer.upper, record.upper, tolerance)
      near(answer.lower, record.lower, tolerance)
      const { gamma1, gamma2 } = steps
      const measured = gapAndResidual(problem, answer, record.penalty, { gamma1, gamma2, bound, tolerance: 1e-11 })
      near(measured.value, record.value, tolerance)
      near(measured.gap, record.gap, tolerance)
      near(measured.residual, record.residual, { absolute: 1e-8, relative: 1e-8 })
    }
  })
})

describe('the support vector machine', () => {
  test('its scale', () => near(svm().scale, data.svm.scale, { absolute: 1e-12 }))

  test('projections onto C', () => {
    for (const { x, y, px, py } of data.svm.projections) {
      const [ours, oursY] = [Float64Array.from(x), Float64Array.from(y)]
      svm().projectJoint(ours, oursY)
      near(ours, px, { absolute: 1e-10 })
      near(oursY, py, { absolute: 1e-10 })
    }
  })

  test('lower solutions and hypergradients', () => {
    for (const { x, phi, gradient, u } of data.svm.hypergradients) {
      const exact = svm().hyperobjective(x)
      near(exact.value, phi, { absolute: 1e-10 })
      near(exact.gradient, gradient, { absolute: 1e-10 })
      near(exact.y.subarray(0, u.length), u, { absolute: 1e-10 })
    }
  })
})
