import { random } from '@opt/core'
import { constant, geometric, gradientDescent, recover, subgm, syntheticProblem } from '../src/index.ts'

const draw = (options = {}) =>
  syntheticProblem({ size: 8, rank: 2, count: 200, corruption: 0.2, outlierScale: 10, random: random(1), ...options })
const saved = <T>(state: T): T => JSON.parse(JSON.stringify(state))

test.each([1, 7, 49, 50, 51, 99, 120])('a descent stopped after %i iterations goes on to the same bits', (first) => {
  const { measurements, y } = draw()
  for (const [solve, stepSize] of [
    [subgm, undefined],
    [subgm, geometric()],
    [gradientDescent, constant(0.02)],
  ] as const) {
    const options = { stepSize, tolerance: 0 }
    const whole = solve(measurements, y, { ...options, maxIterations: 160 })
    const part = solve(measurements, y, { ...options, maxIterations: first })
    const rest = solve(measurements, y, { ...options, resume: saved(part.state), maxIterations: 160 - first })
    expect(rest.factor.data).toEqual(whole.factor.data)
    expect(rest.state).toEqual(whole.state)
    expect(part.iterations + rest.iterations).toBe(whole.iterations)
  }
})

test.each([{}, { noise: 0.3 }, { measurement: 'entries' as const, size: 20, count: 400, corruption: 0.05 }])(
  'recover goes on to the same bits from everywhere, with %j',
  (options) => {
    const problem = draw(options)
    const whole = recover(problem)
    for (let first = 1; first < whole.iterations; first += Math.ceil(whole.iterations / 12)) {
      const part = recover(problem, { maxIterations: first })
      const rest = recover(problem, { resume: saved(part.state) })
      expect(rest.matrix.data).toEqual(whole.matrix.data)
      expect(rest.status).toBe(whole.status)
      expect(part.iterations + rest.iterations).toBe(whole.iterations)
    }
  },
)

test('states that no run can have saved are refused by name', () => {
  const problem = draw()
  const { state } = recover(problem, { maxIterations: 60 })
  const bad = (change: object) => () => recover(problem, { resume: { ...saved(state), ...change } as typeof state })
  expect(bad({ descent: null })).toThrow('recover: resume.descent must be')
  expect(bad({ descent: { ...state.descent, rank: 9 } })).toThrow('recover: resume.descent.rank must be')
  expect(bad({ descent: { ...state.descent, factor: [1] } })).toThrow(
    'recover: resume.descent.factor must be of length',
  )
  expect(bad({ ended: 1 })).toThrow('recover: resume.ended must be true or false, got 1')
  expect(bad({ cut: 9 })).toThrow('recover: resume.cut must be')
  expect(bad({ best: { rank: 1, factor: [Number.NaN], noise: 1 } })).toThrow('recover: resume.best.factor')
  const { measurements, y } = problem
  const descent = subgm(measurements, y, { maxIterations: 60 }).state
  const wrong = (change: object) => () => subgm(measurements, y, { resume: { ...descent, ...change } })
  expect(wrong({ iteration: -1 })).toThrow('subgm: resume.iteration must be')
  expect(wrong({ landmark: { last: 1, largest: 1, eigenvalues: [1] } })).toThrow('subgm: resume.landmark.eigenvalues')
  expect(wrong({ landmark: { last: -1, largest: 1, eigenvalues: [] } })).toThrow('subgm: resume.landmark.last')
})
