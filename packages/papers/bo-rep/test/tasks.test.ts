import { checkProblem } from '@opt/bilevel'
import { random } from '@opt/core'
import { loadTable } from '@opt/datasets-tables'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { boRep, cleaningTask, penalizedSoftmax, representation } from '../src/index.ts'
import { clouds, drawToy, normals } from './problems.ts'

test('all derivatives are right, at 120 points', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rng = random(seed)
      const toy = drawToy(seed)
      const check = (
        problem: Parameters<typeof checkProblem>[0],
        x: Float64Array,
        y: Float64Array,
        batch?: number[],
      ) => {
        const found = checkProblem(problem, x, y, { lowerBatch: batch, upperBatch: batch } as object)
        expect(found.passes ? '' : found.summary).toBe('')
      }
      check(toy as never, normals(rng, 3), normals(rng, 3))
      const [training, validation] = [clouds(rng, 8, 3, 3), clouds(rng, 6, 3, 3)]
      const penalties = penalizedSoftmax(training, validation, { limit: 2 })
      check(penalties as never, normals(rng, 3), normals(rng, 9), seed % 2 === 0 ? [0, 5, 3] : undefined)
      const targets = ({ inputs, labels }: typeof training) => ({ inputs, targets: labels })
      const network = mlp({ sizes: [3, 4, 2, 3], activation: 'tanh', seed: rng })
      const task = representation(network, targets(training), targets(validation))
      expect([task.dimensions.x, task.dimensions.y]).toEqual([26, 9])
      check(task as never, task.start.x, task.start.y, seed % 2 === 0 ? [0, 5, 3] : undefined)
    }),
    { numRuns: 40, seed: 1 },
  )
})

test('the toy far away, where squares overflow', () => {
  const { upper } = drawToy(1)
  const [gx, gy] = [new Float64Array(3), new Float64Array(3)]
  upper.gradient(new Float64Array(3), Float64Array.of(1e300, -1e300, 1e9), gx, gy)
  expect([...gy]).toEqual([1, -1, 1])
})

describe('cleaningTask', () => {
  test('lists wrong labels first, on tables of any scale', async () => {
    const { shape, features, labels } = await loadTable('wine')
    const order = random(1).permutation(shape[0])
    const pick = (from: number, to: number, scales: number[]) => ({
      inputs: Array.from(order.subarray(from, to), (i) =>
        Array.from({ length: shape[1] }, (_, j) => features[i * shape[1] + j] * scales[j % scales.length]),
      ),
      labels: Array.from(order.subarray(from, to), (i) => labels![i]),
    })
    const wrong = [3, 20, 40, 60, 80, 100]
    const suspects = [[1], [2 ** 900, 2 ** -900, 2 ** 10]].map((scales) => {
      const training = pick(0, 120, scales)
      for (const i of wrong) training.labels[i] = (training.labels[i] + 1) % 3
      const { problem, start, options, rank } = cleaningTask(training, pick(120, 178, scales))
      const { weights, suspects } = rank(boRep(problem, start, { ...options, history: false }).x)
      for (let i = 1; i < 120; i++) expect(weights[suspects[i]]).toBeGreaterThanOrEqual(weights[suspects[i - 1]])
      return suspects
    })
    expect(suspects[0].subarray(0, 10).filter((i) => wrong.includes(i)).length).toBeGreaterThanOrEqual(5)
    expect(suspects[1]).toEqual(suspects[0])
  })

  test('copes with constant columns, one column and duplicates', () => {
    const labels = [0, 1, 0, 1]
    for (const inputs of [
      [[1], [2], [1], [2]],
      [[7], [7], [7], [7]],
      [
        [0, 1e300],
        [0, 1e300],
        [0, -1e300],
        [0, 1e300],
      ],
    ]) {
      const { problem, start, options, rank } = cleaningTask({ inputs, labels }, { inputs, labels })
      const answer = boRep(problem, start, { ...options, maxIterations: 20 })
      // Where nothing tells rows apart, the gradient is 0.
      expect(['max-iterations', 'converged']).toContain(answer.status)
      expect(Array.from(rank(answer.x).weights).every((weight) => weight > 0 && weight < 1)).toBe(true)
    }
  })

  test('brings other rows to the same scale', () => {
    const rng = random(2)
    const [training, clean] = [clouds(rng, 30, 3, 3), clouds(rng, 10, 3, 3)]
    const task = cleaningTask(training, clean)
    const y = normals(rng, task.problem.dimensions.y)
    const loss = task.prepare(clean.inputs).reduce((sum, row, i) => {
      const scores = [0, 1, 2].map((c) => row.reduce((total, value, j) => total + value * y[j * 3 + c], 0))
      const all = Math.log(scores.reduce((total, score) => total + Math.exp(score), 0))
      return sum + (all - scores[clean.labels[i]]) / 10
    }, 0)
    near(task.problem.upper.value(new Float64Array(30), y), loss, { relative: 1e-12 })
  })
})
