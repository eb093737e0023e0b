import { cryptographicRandom } from '@opt/core'
import { adaSketchNewton, direct, gaussian, type InnerSolver, kaczmarz, testProblem } from '../src/index.ts'

test.each<[string, () => InnerSolver]>([
  ['direct', direct],
  ['kaczmarz', kaczmarz],
  ['weighted', () => kaczmarz({ sampling: 'weighted' })],
  ['gaussian', gaussian],
])('a run with %s saved as JSON goes on to the same bits', (_, make) => {
  for (const name of ['HS77', 'HS79', 'HS27']) {
    const problem = testProblem(name)
    const options = {
      inner: make(),
      accuracy: 'residual' as const,
      theta: (k: number, kkt: number) => Math.min(1, kkt, 10 / (k + 1)),
      tolerance: 1e-8,
      innerLimit: 5000,
      seed: 5,
    }
    const whole = adaSketchNewton(problem, problem.start, { ...options, maxIterations: 12 })
    const half = adaSketchNewton(problem, problem.start, { ...options, maxIterations: 3 })
    const state = JSON.parse(JSON.stringify(half.state))
    expect(state.k).toBe(3)
    const rest = adaSketchNewton(problem, state, { ...options, inner: make(), seed: 99, maxIterations: 9 })
    expect([...rest.x, ...rest.multipliers, rest.kkt]).toEqual([...whole.x, ...whole.multipliers, whole.kkt])
    expect(rest.state).toEqual(whole.state)
    expect(half.iterations + rest.iterations).toBe(whole.iterations)
  }
})

test('bad states are refused', () => {
  const problem = testProblem('HS7')
  const { state } = adaSketchNewton(problem, problem.start, { maxIterations: 2 })
  const call = (change: object) => () => adaSketchNewton(problem, { ...state, ...change })
  expect(call({ x: ['1', 2] })).toThrow('adaSketchNewton: start.x[0] must be a finite number, got "1"')
  expect(call({ multipliers: [1, 2] })).toThrow('start.multipliers must be of length 1, got length 2')
  expect(call({ eta2: 0 })).toThrow('start.eta2 must be a positive number, got 0')
  expect(call({ k: -1 })).toThrow('start.k must be an integer of at least 0, got -1')
  expect(call({ random: { generator: [0, 0, 0, 0], spare: null } })).toThrow(
    'Random: state must be what state() returned',
  )
})

test('a run is aborted, and steps can be watched', async () => {
  const problem = testProblem('HS77')
  const controller = new AbortController()
  const answer = await adaSketchNewton.async(problem, problem.start, {
    tolerance: 1e-12,
    signal: controller.signal,
    onProgress: ({ iteration }) => iteration === 2 && controller.abort(),
  })
  expect([answer.status, answer.iterations]).toEqual(['aborted', 2])
  const errors = [...adaSketchNewton.steps(problem, problem.start)].map(({ error }) => error)
  expect(errors.at(-1)).toBeLessThanOrEqual(1e-4)
})

test('a problem without constraints is saved, too', () => {
  const problem = {
    f: ([x, y]: Float64Array) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: ([x, y]: Float64Array) => [2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)],
    hessianLagrangian: ([x, y]: Float64Array) => [
      [2 - 400 * (y - 3 * x * x), -400 * x],
      [-400 * x, 200],
    ],
  }
  const whole = adaSketchNewton(problem, [-1.2, 1], { tolerance: 1e-9, maxIterations: 500 })
  expect([whole.status, whole.xiG, whole.multipliers.length]).toEqual(['converged', 1, 0])
  expect(whole.x[0]).toBeCloseTo(1, 8)
  const half = adaSketchNewton(problem, [-1.2, 1], { tolerance: 1e-9, maxIterations: 5 })
  const rest = adaSketchNewton(problem, JSON.parse(JSON.stringify(half.state)), { tolerance: 1e-9, maxIterations: 500 })
  expect([...rest.x]).toEqual([...whole.x])
})

test('a generator without a state is refused at once', () => {
  const problem = testProblem('HS7')
  expect(() => adaSketchNewton(problem, problem.start, { seed: cryptographicRandom() })).toThrow(
    /cannot be drawn again|state/,
  )
})
