import { random } from '@opt/core'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { searchModels, searchSpace, TableModel } from '../src/index.ts'

const rng = random(3)
const X = Array.from({ length: 150 }, () => [rng.normal(50, 9), rng.normal(), 7, rng.normal(0, 1e-6)])
const y = X.map(([a, b]) => ((a - 50) * b > 0 ? 'yes' : 'no'))
const options = { epochs: 20, batchSize: 16, channels: 8, finalists: 2 }

test('chooses a model for a table, whatever its form, and predicts in its labels', () => {
  const frozen = Object.freeze(X.map((row) => Object.freeze(row))) as number[][]
  const found = searchModels(frozen, y, undefined, options)
  expect(found.status).toBe('completed')
  expect(found.classes).toEqual(['no', 'yes'])
  expect(found.finalists.length).toBe(2)
  const { best, ranking, baseline } = found
  expect(best!.testAccuracy).toBeGreaterThan(baseline)
  expect(best!.model.predict(X).filter((label, i) => label === y[i]).length).toBeGreaterThan(120)
  expect(best!.validationAccuracy).toBe(Math.max(...found.finalists.map((one) => one.validationAccuracy)))
  expect(ranking.every(({ accuracy }, k) => k === 0 || accuracy <= ranking[k - 1].accuracy)).toBe(true)
  expect(best!.model.network.parameterCount()).toBe(best!.parameters)
  const flat = Float64Array.from(X.flat().reverse())
  const forms = [new Matrix(X), ndarray(flat, [150, 4], [-4, -1], 599)]
  for (const form of forms) expect(searchModels(form, y, undefined, options).ranking).toEqual(ranking)
})

test('a search that was stopped goes on to the same bits', () => {
  const whole = searchModels(X, y, undefined, options)
  for (const maxIterations of [1, 7, 20, 25]) {
    const part = searchModels(X, y, undefined, { ...options, maxIterations })
    expect(part.status).toBe('max-iterations')
    expect(part.best).toBe(null)
    const resume = JSON.parse(JSON.stringify(part.checkpoint))
    const rest = searchModels(X, y, undefined, { ...options, resume })
    expect(rest.ranking).toEqual(whole.ranking)
    expect(rest.best!.model.state()).toEqual(whole.best!.model.state())
  }
  const { checkpoint } = whole
  expect(() => searchModels(X.slice(20), y.slice(20), undefined, { ...options, resume: checkpoint })).toThrow(
    'searchModels: resume',
  )
})

test('finalists are different functions', () => {
  const space = searchSpace({ ops: ['none', 'skip', 'dense'] })
  const { finalists, ranking } = searchModels(X, y, space, { ...options, finalists: 30 })
  const names = finalists.map(({ name }) => name)
  expect(finalists.length).toBeLessThan(ranking.length)
  expect(ranking.map(({ name }) => name)).toEqual(expect.arrayContaining(['skip-skip-skip', 'none-skip-none']))
  expect(names.filter((name) => !name.includes('dense'))).toHaveLength(1)
})

test('a model is saved as JSON, loads to the same bits, and names what is wrong with a state', () => {
  const space = searchSpace({ ops: ['none', { kind: 'thin', width: 3 }, 'dense'], cells: 1 })
  const { model } = searchModels(X, y, space, options).best!
  const state = JSON.parse(JSON.stringify(model.state()))
  const loaded = TableModel.load(state)
  expect(loaded.predict(X)).toEqual(model.predict(X))
  expect(loaded.state()).toEqual(state)
  expect(loaded.network.forward([[1, 2, 3, 4]])).toEqual(model.network.forward([[1, 2, 3, 4]]))
  const { units, means, scales } = state.standardization
  const bad: [string, object][] = [
    ['state.classes must be different labels', { classes: ['no', 'no'] }],
    ['state.classes[1] must be a string like the first', { classes: ['no', 2] }],
    ['state.standardization.means must be of length 4', { standardization: { units, means: [1], scales } }],
    ['state.standardization.units[0] must be positive', { standardization: { units: [0, 1, 1, 1], means, scales } }],
    ['path must be of length 3', { path: [1] }],
    ['path must be', { path: undefined }],
    ['state.parameters', { parameters: {} }],
    ["ops[1] must be 'none'", { space: { ...state.space, ops: ['none', 'conv', 'dense'] } }],
  ]
  for (const [message, change] of bad) expect(() => TableModel.load({ ...state, ...change })).toThrow(message)
  expect(() => model.predict([[1, 2]])).toThrow('TableModel.predict: X must be of shape')
})

test('obeys a budget of parameters and reports its stages', () => {
  const stages = new Set<string>()
  const { finalists } = searchModels(X, y, searchSpace({ cells: 1 }), {
    ...options,
    maxParameters: 130,
    onProgress: ({ stage }) => void stages.add(stage),
  })
  expect([...stages]).toEqual(['train', 'rank', 'finals'])
  for (const { parameters } of finalists) expect(parameters).toBeLessThanOrEqual(130)
})

test('can be stopped in each stage', () => {
  for (const stage of ['train', 'rank', 'finals']) {
    const found = searchModels(X, y, undefined, { ...options, stopWhen: (report) => report.stage === stage })
    expect(found.status).toBe('stopped')
    expect(found.best).toBe(null)
    expect(found.ranking.length > 0).toBe(stage !== 'train')
  }
})

test('refuses tables without a choice', () => {
  expect(() =>
    searchModels(
      X,
      y.map(() => 'yes'),
      undefined,
    ),
  ).toThrow('searchModels: y must be labels of two classes')
  expect(() => searchModels(X.slice(0, 3), y.slice(0, 3), undefined)).toThrow('searchModels: X must be of enough rows')
  expect(() => searchModels(X, y, undefined, { maxParameters: 1 })).toThrow(
    'maxParameters must be at least 170, those of',
  )
  expect(() => searchModels(X, y, searchSpace({ ops: ['none'] }))).toThrow('space must be one with a route')
  expect(() => searchModels(X, y, {} as never)).toThrow(
    'searchModels: space must be what searchSpace() returned or undefined, before the options',
  )
  expect(() => searchModels(X, y.slice(1), undefined)).toThrow('y must be of length 150')
})

test('huge and tiny columns do not matter', () => {
  const plain = searchModels(X, y, undefined, options)
  const scaled = searchModels(
    X.map((row) => row.map((v, j) => v * [2 ** 900, 1, 1, 2 ** -900][j])),
    y,
    undefined,
    options,
  )
  expect(scaled.status).toBe('completed')
  expect(scaled.best!.testAccuracy).toBeCloseTo(plain.best!.testAccuracy, 1)
})
