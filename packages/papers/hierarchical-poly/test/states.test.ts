import { near } from '@opt/testing'
import { HierarchicalRegressor, hierarchicalFit, layerwise } from '../src/index.ts'
import { gaussian, rowsOf, saddle } from './shared.ts'

const X = gaussian(80, 3, 1)
const y = rowsOf(X).map((row) => Math.tanh(2 * saddle(row)))
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value))

test.each([
  [40, [2]],
  [15, [2, 3]],
] as const)('a fit of %i rows, degrees %j, goes on to the same bits', (n, degrees) => {
  const problem = { X: rowsOf(X).slice(0, n), y: y.slice(0, n) }
  const options = { degrees, refinements: 8, linkUnits: 10, seed: 4 }
  const whole = hierarchicalFit(problem, options)
  for (const stop of [1, 4, 9]) {
    const part = hierarchicalFit(problem, { ...options, maxIterations: stop })
    const rest = hierarchicalFit(problem, { ...options, initial: json(part.state) })
    for (const name of ['score', 'link', 'looScores', 'step', 'r2Loo', 'lambda', 'state'] as const)
      expect(json(rest[name])).toEqual(json(whole[name]))
    expect(rest.predict(problem.X)).toEqual(whole.predict(problem.X))
  }
})

test('a regressor is aborted with a model, and goes on', () => {
  const abort = new AbortController()
  const options = { degrees: [2], refinements: 6, linkUnits: 10 }
  const part = new HierarchicalRegressor(options).fit(X, y, {
    signal: abort.signal,
    onProgress: ({ iteration }) => iteration === 3 && abort.abort(),
  })
  expect(part.report.status).toBe('aborted')
  expect(part.report.r2Loo.length).toBe(3)
  const rest = new HierarchicalRegressor(options).fit(X, y, { initial: json(part.state)! })
  const whole = new HierarchicalRegressor(options).fit(X, y)
  expect(rest.predict(X)).toEqual(whole.predict(X))
  expect(rest.report.r2Loo).toEqual(whole.report.r2Loo)
})

test('fitAsync gives the same bits', async () => {
  const options = { degrees: [2], refinements: 3, linkUnits: 10 }
  const model = await new HierarchicalRegressor(options).fitAsync(X, y)
  expect(model.predict(X)).toEqual(new HierarchicalRegressor(options).fit(X, y).predict(X))
})

test.each([true, false])('layerwise training goes on to the same bits, early stopping %s', (earlyStopping) => {
  const options = { features: 12, linkUnits: 5, featureSteps: 20, linkSteps: 10, earlyStopping }
  const whole = layerwise({ X, y }, options)
  for (const stop of [1, 13, 20, 25]) {
    const part = layerwise({ X, y }, { ...options, maxIterations: stop })
    const rest = layerwise({ X, y }, { ...options, initial: json(part.state) })
    expect(json(rest.state)).toEqual(json(whole.state))
    expect(rest.evaluate(X)).toEqual(whole.evaluate(X))
  }
})

test('states of nothing are refused, or harmless', () => {
  const options = { refinements: 2, linkUnits: 5 }
  const { state } = hierarchicalFit({ X, y }, options)
  const broken = (change: object) => () =>
    hierarchicalFit({ X, y }, { ...options, initial: { ...json(state), ...change } })
  expect(broken({ now: null })).toThrow('hierarchicalFit: initial.now must be an object, got null')
  expect(broken({ now: { ...state.now, solution: [1] } })).toThrow('initial.now.solution must be of length 6')
  expect(broken({ now: { ...state.now, lambdaIndex: 99 } })).toThrow('initial.now.lambdaIndex')
  expect(broken({ r2Loo: 'none' })).toThrow('initial.r2Loo must be an array')
  expect(broken({ r2Loo: [0.5] })).toThrow('initial.r2Loo must be of length 3')
  expect(broken({ units: null })).toThrow('initial.units')
  expect(broken({ units: { generator: [0, 0, 0, 0], spare: null } })).toThrow(
    'Random: state must be what state() returned',
  )
  expect(() => hierarchicalFit({ X, y }, { ...options, initial: 3 as never })).toThrow(
    'initial must be the state of an answer',
  )
  const network = layerwise({ X, y }, { features: 3, linkUnits: 2, featureSteps: 2, linkSteps: 2 })
  expect(() => layerwise({ X, y }, { features: 4, linkUnits: 2, initial: network.state })).toThrow(
    'initial.u must be of length 4',
  )
  expect(() =>
    layerwise({ X, y }, { features: 3, linkUnits: 2, earlyStopping: false, initial: network.state }),
  ).toThrow('initial.best must be null')
})

test('a fit without signal goes nowhere', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 1 : -1])
  const problem = { X: rows, y: rows.map((_, i) => (i % 4 < 2 ? 1 : 2)) }
  const first = hierarchicalFit(problem, { degrees: [1] })
  expect(first.signal).toBe(false)
  expect(first.status).toBe('stalled')
  expect(first.message).toContain('no score predicts y better than its mean')
  const again = hierarchicalFit(problem, { degrees: [1], initial: json(first.state) })
  expect(again.signal).toBe(false)
  near(again.predict([[5]]), [1.5], { absolute: 1e-12 })
})
