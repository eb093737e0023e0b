import { random } from '@opt/core'
import {
  blockDescent,
  ConvexReluNetwork,
  convexRelu,
  enumeratePatterns,
  type LossName,
  type Network,
  predict,
  type Saved,
  sampledConvex,
  samplePatterns,
} from '../src/index.ts'

const values: Record<LossName, (f: number, y: number) => number> = {
  squared: (f, y) => (f - y) ** 2 / 2,
  hinge: (f, y) => Math.max(0, 1 - y * f),
  bce: (f, y) => Math.log(1 + Math.exp(-2 * y * f)),
}

/** The training objective of a network, from its weights alone. */
function objectiveOf(network: Network, X: number[][], y: number[], loss: LossName, beta: number): number {
  const f = predict(network, X)
  const squares = [...network.hidden.data, ...network.output].reduce((sum, w) => sum + w * w, 0)
  return y.reduce((sum, target, k) => sum + values[loss](f[k], target), (beta / 2) * squares)
}

function data(n: number, d: number, loss: LossName) {
  const rng = random(n)
  const X = Array.from({ length: n }, () => [...Array.from({ length: d - 1 }, () => rng.normal()), 1])
  const y = X.map((row) => (loss === 'squared' ? Math.abs(row[0]) + 0.3 * rng.normal() : row[0] * row[1] > 0 ? 1 : -1))
  return { X, y }
}
const losses = ['squared', 'hinge', 'bce'] as const

describe("'converged' implies a small gap", () => {
  const grid = losses.flatMap((loss) => [1e-6, 1e-4, 1e-2, 0.1].map((beta) => [loss, beta] as const))

  test.each(grid)('of the network, against all patterns: %s, beta %p', (loss, beta) => {
    const { X, y } = data(6, 2, loss)
    const patterns = enumeratePatterns(X)
    const reference = convexRelu(X, y, { patterns, loss, beta, tolerance: 1e-9, maxIterations: 1500, history: false })
    const rival = objectiveOf(reference.network, X, y, loss, beta)
    for (const [stopping, tolerance] of [
      ['residuals', 1e-6],
      ['residuals', 1e-2],
      ['gap', 1e-2],
    ] as const) {
      const options = { patterns, loss, beta, stopping, tolerance, maxIterations: 1500, history: false }
      const answer = convexRelu(X, y, options)
      const own = objectiveOf(answer.network, X, y, loss, beta)
      expect(answer.networkObjective / own).toBeCloseTo(1, 8)
      expect(answer.lowerBound).toBeLessThanOrEqual(Math.min(own, rival) * (1 + 1e-9))
      expect(answer.gap).toBe(answer.objective - answer.lowerBound)
      if (answer.status !== 'converged') continue
      expect(own - answer.lowerBound).toBeLessThanOrEqual(1.01 * tolerance * answer.objective)
      expect(own - rival).toBeLessThanOrEqual(1.01 * tolerance * answer.objective)
    }
  })

  test.each(grid)('of the network, against its own bound with some patterns: %s, beta %p', (loss, beta) => {
    const { X, y } = data(30, 4, loss)
    const patterns = samplePatterns(X, { count: 30, random: random(3) })
    const answer = convexRelu(X, y, { patterns, loss, beta, maxIterations: 300, history: false })
    const own = objectiveOf(answer.network, X, y, loss, beta)
    if (answer.status === 'converged') expect(Math.abs(own - answer.lowerBound)).toBeLessThanOrEqual(1.01e-6 * own)
    else expect(answer.status).toBe('max-iterations')
  })

  test.each(grid)('of robust training: %s, beta %p', (loss, beta) => {
    const { X, y } = data(6, 2, loss)
    const options = { patterns: enumeratePatterns(X), loss, beta, epsilon: 0.05, perturbed: [true, false] }
    const answer = convexRelu(X, y, { ...options, tolerance: 1e-3, maxIterations: 600, history: false })
    expect(answer.gap).toBe(answer.objective - answer.lowerBound)
    if (answer.status === 'converged') expect(Math.abs(answer.gap)).toBeLessThanOrEqual(1.01e-3 * answer.objective)
    else expect(answer.status).toBe('max-iterations')
  })

  test.each(grid)('of sampled networks: %s, beta %p', (loss, beta) => {
    const { X, y } = data(12, 3, loss)
    const answer = sampledConvex(X, y, {
      count: 40,
      random: random(1),
      loss,
      beta,
      maxIterations: 2000,
      history: false,
    })
    const own = objectiveOf(answer.network, X, y, loss, beta)
    expect(own / answer.objective).toBeCloseTo(1, 8)
    if (answer.status === 'converged') expect(own - answer.lowerBound).toBeLessThanOrEqual(1.01e-6 * own)
    else expect(answer.status).toBe('max-iterations')
  })
})

describe('sampledConvex ends at any scale', () => {
  const scales = [1e-300, 1e-155, 1e-20, 1e20, 1e100, 1e155, 1e160, 1e200, 1e300]
  const methods = ['fista', 'coordinate-descent', 'split'] as const
  test.each(scales.flatMap((v) => methods.map((method) => [v, method] as const)))('%p, %s', (v, method) => {
    const options = { directions: [[1, 0]], beta: 0.1, method, maxIterations: 500 }
    const X = [
      [v, 0],
      [0, v],
    ]
    const answer = sampledConvex(X, [1, -1], options)
    // min (v a - 1)^2 / 2 + 0.1 |a| + 1 / 2
    const optimum = v > 1 ? 0.5 : 1
    expect(answer.lowerBound).toBeLessThanOrEqual(optimum * (1 + 1e-12))
    expect(answer.objective).toBeGreaterThanOrEqual(optimum * (1 - 1e-12))
    if (answer.status === 'converged') expect(answer.objective).toBeCloseTo(optimum, 5)
    else expect(answer.status).toBe('max-iterations')
    if (method !== 'split') expect(answer.status).toBe('converged')
  })

  test('columns of very different sizes, five dimensions, every loss', () => {
    const rng = random(4)
    const X = Array.from({ length: 9 }, () => [1e-150, 1e-5, 1, 1e5, 1e150].map((v) => v * rng.normal()))
    for (const loss of losses) {
      const y = X.map((row) => (row[2] > 0 ? 1 : -1))
      const answer = sampledConvex(X, y, { count: 20, random: random(1), loss, maxIterations: 200 })
      expect(['converged', 'max-iterations']).toContain(answer.status)
      expect(answer.lowerBound).toBeLessThanOrEqual(answer.objective * (1 + 1e-12))
    }
  })

  test('by its signal and its time, before anything else', () => {
    const { X, y } = data(12, 3, 'squared')
    const options = { count: 40, random: random(1), tolerance: 0 }
    expect(sampledConvex(X, y, { ...options, timeBudget: 0 }).status).toBe('time-budget')
    expect(sampledConvex(X, y, { ...options, signal: AbortSignal.abort() }).status).toBe('aborted')
  })

  test('and refuses what no double can hold', () => {
    const one = { directions: [[1, 1]] }
    expect(() => sampledConvex([[1.7e308, 1.7e308]], [1], one)).toThrow(/^sampledConvex: X\[0\] must be of a finite/)
    expect(() => sampledConvex([[1, 1]], [1e200], one)).toThrow(/^sampledConvex: y must be of a finite sum of squares/)
    expect(() => convexRelu([[1e200, 1]], [1], { patterns: ['1'] })).toThrow(/^convexRelu: X must be of a finite sum/)
    const tiny = sampledConvex([[1, 1]], [1], { directions: [[3e-200, 4e-200]], beta: 0 })
    expect([...tiny.directions.data]).toEqual([expect.closeTo(0.6, 15), expect.closeTo(0.8, 15)])
  })
})

test('backtracking at a point that needs no step runs to maxIterations', () => {
  const zeros = (n: number) => new Float64Array(n)
  const at = { u: zeros(4), v: zeros(4), lambda: zeros(4), s: zeros(4), nu: zeros(4) }
  const X = [
    [1, 0],
    [0, 1],
  ]
  const answer = blockDescent(X, [0, 0], {
    patterns: ['11'],
    at,
    step: 'armijo',
    maxIterations: 20_000,
    history: false,
  })
  expect(answer.iterations).toBe(20_000)
  expect([...answer.u]).toEqual([0, 0, 0, 0])
})

describe('states that no solver can have saved are refused', () => {
  const { X, y } = data(6, 2, 'squared')
  const patterns = enumeratePatterns(X)
  test('convexRelu: negative sides, lengths, NaN, inherited arrays, another method', () => {
    const { state } = convexRelu(X, y, { patterns, maxIterations: 20 })
    const robust = convexRelu(X, y, { patterns, maxIterations: 20, epsilon: 0.1, perturbed: [1, 0] })
    const start = (initial: unknown, more: object = {}) =>
      convexRelu(X, y, { patterns, maxIterations: 5, initial: initial as typeof state, ...more })
    for (const [initial, message] of [
      [{ ...state, s: state.s.map(() => -1) }, /initial.s\[0\] must be nonnegative/],
      [{ ...state, v: state.v.subarray(1) }, /initial.v must be of length/],
      [{ ...state, v: state.v.map(() => NaN) }, /initial.v\[0\]/],
      [Object.create(state), /initial must be a state with/],
      [robust.state, /initial must be a state with/],
    ] as const)
      expect(() => start(initial)).toThrow(message)
    expect(() => start(state, { epsilon: 0.1, perturbed: [1, 0] })).toThrow(/initial must be a state with x, z/)
    const sides = { ...robust.state, z: robust.state.z.map(() => -1) }
    expect(() => start(sides, { epsilon: 0.1, perturbed: [1, 0] })).toThrow(/initial.z must be nonnegative on/)
    expect(start(state).iterations).toBe(5)
  })

  test('ConvexReluNetwork.fromJSON: every part is checked', () => {
    const labels = y.map((_, k) => k % 3)
    const network = new ConvexReluNetwork({ loss: 'hinge', patterns: 5, maxIterations: 50 }).fit(X, labels)
    const saved: Saved = JSON.parse(JSON.stringify(network))
    const certificate = (change: object) => ({
      certificates: saved.certificates.map((c, k) => (k === 1 ? { ...c, ...change } : c)),
    })
    for (const [change, message] of [
      [{ version: 2 }, /saved must be what/],
      [{ options: null }, /saved.options must be an object/],
      [{ options: JSON.parse('{"__proto__": {"loss": "hinge"}}') }, /saved.options must be an object of/],
      [{ options: { ...saved.options, loss: 'mse' } }, /loss must be/],
      [{ options: { ...saved.options, loss: 'squared' } }, /classes must be null for a regression/],
      [{ inputs: 1e9 }, /saved.shift must be of length/],
      [{ inputs: -1 }, /saved.inputs/],
      [{ shift: [null, 1] }, /saved.shift/],
      [{ scale: [0, 1] }, /saved.scale\[0\] must be positive/],
      [{ classes: [0, 2, 1] }, /saved.classes\[2\] must be more than 2/],
      [{ classes: [0] }, /saved.classes/],
      [{ classes: [0, 1] }, /saved.networks must be of length 1/],
      [{ networks: [] }, /saved.networks must be a nonempty array/],
      [{ networks: saved.networks.map(() => null) }, /saved.networks\[0\] must be a network/],
      [{ networks: saved.networks.map(() => ({ hidden: [[1]], output: [1] })) }, /saved.networks\[0\].hidden/],
      [{ certificates: [] }, /saved.certificates must be an array of length 3/],
      [certificate({ status: 'perfect' }), /certificates\[1\].status/],
      [certificate({ gap: 0 }), /certificates\[1\].gap must be objective - lowerBound/],
      [certificate({ objective: -1 }), /certificates\[1\].objective/],
      [certificate({ status: 'converged', objective: 2, lowerBound: 1, gap: 1 }), /certificates\[1\].status/],
      [certificate({ complete: 'yes' }), /certificates\[1\].complete/],
      [certificate({ iterations: 0.5 }), /certificates\[1\].iterations/],
    ] as const) {
      expect(() => ConvexReluNetwork.fromJSON({ ...saved, ...change } as Saved)).toThrow(message)
    }
    const again = ConvexReluNetwork.fromJSON(saved)
    expect(again.predict(X)).toEqual(network.predict(X))
    expect(JSON.parse(JSON.stringify(again))).toEqual(saved)
  })
})
