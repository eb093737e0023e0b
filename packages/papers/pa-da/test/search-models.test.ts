import { random } from '@opt/core'
import { inProcess } from '@opt/executor'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { searchModels, searchSpace } from '../src/index.ts'
import { trainTruth } from '../src/truths/train-truth.ts'
import { trainTruths } from '../src/truths.ts'

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
  expect(best!.predict(X).filter((label, i) => label === y[i]).length).toBeGreaterThan(120)
  expect(best!.validationAccuracy).toBe(Math.max(...found.finalists.map((one) => one.validationAccuracy)))
  expect(ranking.every(({ accuracy }, k) => k === 0 || accuracy <= ranking[k - 1].accuracy)).toBe(true)
  expect(best!.network.parameterCount()).toBe(best!.parameters)
  const flat = Float64Array.from(X.flat().reverse())
  const forms = [new Matrix(X), ndarray(flat, [150, 4], [-4, -1], 599)]
  for (const form of forms) expect(searchModels(form, y, undefined, options).ranking).toEqual(ranking)
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
  expect(() => searchModels(X, y, undefined, { maxParameters: 1 })).toThrow('maxParameters')
  expect(() => searchModels(X, y, {} as never)).toThrow('searchModels: space must be what searchSpace() returned')
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

test('truths of any number of workers have the same bits; paths of one function share the work', async () => {
  const data = { inputs: X.map(([a, b]) => [(a - 50) / 9, b]), labels: y.map((one) => (one === 'yes' ? 1 : 0)) }
  const settings = { classes: 2, channels: 4, epochs: 3, batchSize: 30, seeds: [1, 2] }
  const paths = [
    [3, 2, 0],
    [0, 2, 0],
    [3, 3, 3],
    [4, 1, 2],
    [0, 0, 0],
  ]
  const modules = (place: string) => ({ [place]: async () => ({ trainTruth }) })
  const { truthTask } = await import('../src/truths.ts')
  const found = []
  for (const concurrency of [1, 3]) {
    const executor = inProcess({ concurrency, modules: modules(truthTask.module) })
    found.push(await trainTruths(executor, data, data, { ...settings, paths }))
    await executor.close()
  }
  expect(found[1]).toEqual(found[0])
  const [{ accuracies, means }] = found
  expect(accuracies[0]).toEqual(accuracies[1])
  expect(means[0]).toBe((accuracies[0][0] + accuracies[0][1]) / 2)
  await expect(trainTruths(inProcess(), data, data, { classes: 2, epoch: 3 } as never)).rejects.toThrow(
    'did you mean epochs?',
  )
})
