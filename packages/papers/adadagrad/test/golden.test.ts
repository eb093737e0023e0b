import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adagrad, SGD } from '@opt/optimizers'
import { near } from '@opt/testing'
import {
  AdaGradNorm,
  BatchSizeTest,
  networkOracle,
  statisticsFrom,
  statisticsOf,
  suggestedBatchSize,
  type TestName,
} from '../src/index.ts'
import { cases, type Run, rowsOf, trajectories } from './problem.ts'

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, label: string, relative = 1e-10) =>
  near(actual, expected, { relative, absolute: 1e-14, label })

describe.each(cases.map((one, k) => [k, one] as const))('the statistics and tests of numpy, batch %i', (_, one) => {
  const { batch, dimension, eta, theta, nu, suggested, perTensor } = one
  const rows = rowsOf(one.perExample, dimension)
  const statistics = statisticsOf(rows)

  test('statistics', () => {
    expect(statistics.count).toBe(batch)
    close(statistics.mean, one.mean, 'mean')
    close(statistics.variances, one.variance, 'variances')
    for (const field of ['squaredNorm', 'varianceSum', 'innerProductVariance', 'orthogonalVariance'] as const)
      close([statistics[field]], [one[field]], field)
  })

  test('the same from norms and inner products', () => {
    const { mean, squaredNorm } = statistics
    const along = (row: number[], other: ArrayLike<number>) => row.reduce((sum, v, j) => sum + v * other[j], 0)
    const known = {
      squaredNorm,
      norms: rows.map((row) => Math.sqrt(along(row, row))),
      products: rows.map((row) => along(row, mean)),
    }
    const from = statisticsFrom(known)
    close([from.varianceSum], [one.varianceSum], 'varianceSum')
    close([from.innerProductVariance as number], [one.innerProductVariance], 'innerProductVariance')
    const distances = rows.map((row) => Math.sqrt(row.reduce((sum, v, j) => sum + (v - mean[j]) ** 2, 0)))
    close([statisticsFrom({ ...known, distances }).varianceSum], [one.varianceSum], 'varianceSum from distances')
    for (const name of ['norm', 'innerProduct', 'augmented'] as const)
      close([suggestedBatchSize(from, { test: name, eta, theta, nu })], [suggested[name]], name)
  })

  test.each(Object.entries(suggested))('%s', (name, s) => {
    const median = name === 'coordinateMedian'
    const options = { test: (median ? 'coordinate' : name) as TestName, eta, theta, nu, quantile: median ? 0.5 : 1 }
    close([suggestedBatchSize(statistics, options)], [s], name, name.startsWith('coordinate') ? 1e-8 : 1e-10)
  })

  test.each(Object.entries(one.next))('the next batch by %s', (name, next) => {
    const options = { test: name as TestName, eta, theta, nu, initial: batch }
    expect(new BatchSizeTest(options).update(statistics)).toBe(next)
  })

  test('drawn without replacement', () => {
    const { N, norm } = one.finitePopulation
    close([suggestedBatchSize(statistics, { eta, population: N })], [norm], 'norm')
  })

  test('tensor by tensor, as the official code', () => {
    const parts = statisticsOf(rows, { tensors: one.tensors })
    close([parts.innerProductVariance], [perTensor.innerProductVariance], 'innerProductVariance')
    close([parts.orthogonalVariance], [perTensor.orthogonalVariance], 'orthogonalVariance')
    for (const name of ['innerProduct', 'augmented'] as const)
      close([suggestedBatchSize(parts, { test: name, theta, nu })], [perTensor[name]], name)
  })
})

describe('trajectories of numpy, checked against torch', () => {
  const { inputs, hidden, classes, X, y, N, runs } = trajectories
  const TESTS = { norm: 'norm', ip: 'innerProduct', augmented: 'augmented', coord: 'coordinate' } as const
  const makeOptimizer = ({ optimizer, learningRate }: Run, x: Float64Array) => {
    if (optimizer === 'AdaGrad') return new Adagrad(x, { learningRate })
    return optimizer === 'SGD' ? new SGD(x, { learningRate }) : new AdaGradNorm(x, { learningRate })
  }

  test('all runs are there', () => expect(runs).toHaveLength(6))

  test.each(runs.map((run) => [`${run.optimizer}, ${run.test}`, run] as const))('%s', (_, run) => {
    const network = mlp({ sizes: [inputs, ...hidden, classes], activation: 'tanh', batch: N, seed: random(0) })
    const oracle = networkOracle(network, rowsOf(X, inputs), y)
    const x = Float64Array.from(run.initial.flat())
    const { eta, theta, nu, q: quantile } = run
    const growing = new BatchSizeTest({
      test: TESTS[run.test],
      eta,
      theta,
      nu,
      quantile,
      initial: run.initialBatch,
      max: run.maxBatch,
    })
    const optimizer = makeOptimizer(run, x)
    run.steps.forEach((step, t) => {
      const label = (field: string) => `${field} of step ${t}`
      expect(growing.batchSize).toBe(step.batch)
      const indices = Int32Array.from(run.indices[t] ?? Array.from({ length: N }, (_, i) => i))
      const { needs } = growing
      const all = oracle.evaluate(x, indices, { products: true, variances: true })
      close([all.loss], [step.loss], label('loss'), 1e-8)
      close([all.statistics?.squaredNorm as number], [step.squaredNorm], label('squaredNorm'), 1e-8)
      // At the cap the file has no variances.
      for (const field of ['varianceSum', 'innerProductVariance'] as const)
        if (field in step) close([all.statistics?.[field] as number], [step[field] as number], label(field), 1e-8)
      const { varianceSum = NaN, innerProductVariance = NaN, squaredNorm = NaN } = all.statistics ?? {}
      if ('orthogonalVariance' in step)
        close(
          [varianceSum - innerProductVariance / squaredNorm],
          [step.orthogonalVariance as number],
          label('Vo'),
          1e-8,
        )
      const { gradient, statistics } = oracle.evaluate(x, indices, needs)
      expect(needs === null).toBe(step.batch === run.maxBatch)
      optimizer.step(gradient)
      growing.update(statistics)
      if (growing.suggested !== undefined)
        close([growing.suggested], [step.suggested as number], label('suggested'), 1e-8)
    })
    close(x, run.final.flat(), 'the last point', 1e-8)
  })
})
