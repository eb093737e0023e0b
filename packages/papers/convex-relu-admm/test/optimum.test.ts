import { golden, near } from '@opt/testing'
import ndarray from 'ndarray'
import { convexRelu, type LossName, predict, toNetwork } from '../src/index.ts'
import { checkProblem } from '../src/program/problem.ts'
import { evaluate } from '../src/program/solution.ts'
import { within, worstLoss } from './shared.ts'

interface Case {
  name: string
  X: number[][]
  y: number[]
  patterns: string[]
  beta: number
  loss: LossName
  epsilon: number
  perturbed: boolean[]
  reduction: 'sum' | 'mean'
  objective: number
  objectiveUncertainty: number
  weights: number[][][]
  predictions: number[]
  hidden: number[][]
  output: number[]
  networkObjective: number
  robustLoss?: number
  worstCaseNetworkLoss?: number
}

const cases = golden<{ cases: Case[] }>(import.meta.url, 'optimum.json').cases.map((c) => ({
  ...c,
  title: `${c.name}, ${c.loss}, beta ${c.beta}, epsilon ${c.epsilon}`,
}))
const optionsOf = ({ patterns, beta, loss, epsilon, perturbed, reduction }: Case) => ({
  patterns,
  beta,
  loss,
  epsilon,
  perturbed,
  reduction,
})

describe('the formulas at the golden weights', () => {
  test.each(cases)('$title', (c) => {
    const problem = checkProblem(c.X, c.y, optionsOf(c))
    const V = Float64Array.from(c.weights.flat(2))
    const { objective, predictions, violation } = evaluate(problem, V)
    expect(violation).toBeLessThan(1e-6)
    expect(Math.abs(problem.scale * objective - c.objective)).toBeLessThan(1e-9 * Math.max(1, c.objective))
    near(predictions, c.predictions, within(1e-9))
    // The golden network leaves out what is below 1e-6.
    const halves = c.weights.map((half) =>
      half.map((row) => (Math.sqrt(row.reduce((s, v) => s + v * v, 0)) > 1e-6 ? row : row.map(() => 0))),
    )
    const network = toNetwork({ v: halves[0], w: halves[1] })
    near(network.hidden.data, c.hidden, within(1e-9))
    near(network.output, c.output, within(1e-9))
    if (c.robustLoss !== undefined && c.output.length > 0)
      expect(Math.abs(problem.scale * worstLoss(c, c) - (c.worstCaseNetworkLoss as number))).toBeLessThan(1e-9)
  })
})

describe('the solver reaches the golden optimum', () => {
  test.each(cases)('$title', (c) => {
    const answer = convexRelu(c.X, c.y, { ...optionsOf(c), tolerance: 1e-7, maxIterations: 5000, history: false })
    expect(Math.abs(answer.objective / c.objective - 1)).toBeLessThan(1e-3)
    expect(answer.violation).toBeLessThan(1e-3)
    expect(answer.lowerBound).toBeLessThanOrEqual(c.objective + 2 * c.objectiveUncertainty + 1e-12)
    expect(Math.abs(answer.gap) / c.objective).toBeLessThan(1e-4)
    expect(['converged', 'max-iterations']).toContain(answer.status)
    if (c.epsilon === 0) expect(Math.abs(answer.networkObjective / c.objective - 1)).toBeLessThan(2e-3)
    if (c.epsilon === 0 && c.loss !== 'hinge') near(predict(answer.network, c.X), c.predictions, within(1e-2))
  })

  test.each(cases.filter(({ name, loss, beta }) => name === 'sampled' && loss !== 'hinge' && beta > 0.1))(
    'by block descent, $title',
    (c) => {
      const answer = convexRelu(c.X, c.y, { ...optionsOf(c), method: 'rbcd', tolerance: 5e-3, maxIterations: 500 })
      expect(answer.status).toBe('converged')
      expect(Math.abs(answer.objective / c.objective - 1)).toBeLessThan(5e-3)
      expect(answer.lowerBound).toBeLessThanOrEqual(c.objective)
    },
  )

  test('proves its answer: stopping at a gap means the gap is there', () => {
    for (const c of cases.filter(({ epsilon, name }) => epsilon === 0 && name !== 'larger' && name !== 'exact')) {
      const answer = convexRelu(c.X, c.y, { ...optionsOf(c), stopping: 'gap', tolerance: 1e-3, maxIterations: 20_000 })
      expect(answer.status).toBe('converged')
      expect(Math.abs(answer.gap)).toBeLessThanOrEqual(1e-3 * answer.objective)
      expect(Math.abs(answer.objective / c.objective - 1)).toBeLessThan(2e-3)
    }
  })

  test('continues where it stopped, and changes no array of the caller', () => {
    for (const c of [cases[0], cases[3], cases[10]]) {
      const options = { ...optionsOf(c), tolerance: 0 }
      const whole = convexRelu(c.X, c.y, { ...options, maxIterations: 60 })
      const first = convexRelu(c.X, c.y, { ...options, maxIterations: 25 })
      const before = structuredClone(first.state)
      const second = convexRelu(c.X, c.y, { ...options, initial: first.state, maxIterations: 35 })
      expect(first.state).toEqual(before)
      near(second.weights.v.data, whole.weights.v.data, within(1e-12))
      expect(second.history.at(-1)?.objective).toBeCloseTo(whole.history.at(-1)?.objective as number, 10)
    }
  })

  test.each(cases.filter(({ name }) => name === 'robust'))('conjugate gradients agree with the factor, $title', (c) => {
    // Columns of zeros change nothing but the number of unknowns.
    const [d, zeros] = [c.X[0].length, 92]
    const wide = c.X.map((row) => [...row, ...new Float64Array(zeros)])
    const perturbed = [...c.perturbed, ...Array(zeros).fill(false)]
    const options = { ...optionsOf(c), tolerance: 0, maxIterations: 60 }
    const narrow = convexRelu(c.X, c.y, options)
    const answer = convexRelu(wide, c.y, { ...options, perturbed })
    expect(Math.abs(answer.objective - narrow.objective)).toBeLessThan(1e-7)
    const v = c.patterns.flatMap((_, i) => Array.from({ length: d }, (_v, j) => answer.weights.v.get(i, j)))
    near(v, narrow.weights.v.data, within(1e-7))
  })

  test('accepts ndarrays of any stride and patterns in any form', () => {
    const c = cases[0]
    const [n, d] = [c.X.length, c.X[0].length]
    const X = ndarray(
      Float64Array.from({ length: n * d }, (_, k) => c.X[k % n][Math.floor(k / n)]),
      [d, n],
    ).transpose(1, 0)
    const options = { beta: c.beta, maxIterations: 50 }
    const repeated = [...c.patterns, ...c.patterns].map((s) => [...s].map(Number))
    const a = convexRelu(X, c.y, { ...options, patterns: repeated })
    const b = convexRelu(c.X, Float64Array.from(c.y), { ...options, patterns: c.patterns })
    expect(a.weights.v.data).toEqual(b.weights.v.data)
    expect(a.patterns).toEqual(b.patterns)
  })
})
