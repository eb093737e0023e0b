import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { elasticL1, exactMongeGap, learnMap, mapLoss, structured } from '../src/index.ts'

const rng = random(31)
const cloud = (count: number, shift = 0) => Array.from({ length: count }, () => [rng.normal() + shift, rng.normal()])

test('a fitted map with the gap is nearly optimal, and without it is not', () => {
  const [x, z] = [cloud(60), cloud(50, 3)]
  const gaps = [0, 1].map((strength) => {
    const network = mlp({
      sizes: [2, 32, 32, 2],
      activation: 'tanh',
      initialization: 'lecun',
      loss: 'squared',
      seed: 3,
    })
    const { map, fit } = learnMap(network, x, z, { strength, steps: 250 })
    expect(fit).toBeLessThan(0.3)
    const { gap, transport } = exactMongeGap(x, map(x))
    return gap / transport
  })
  expect(gaps[1]).toBeLessThan(0.01)
  expect(gaps[0]).toBeGreaterThan(10 * gaps[1])
})

test('networks whose batch is smaller than the sample give the same map', () => {
  const [x, z] = [cloud(30), cloud(30, 2)]
  const maps = [8, 64].map((batch) => {
    const network = mlp({ sizes: [2, 8, 2], activation: 'tanh', loss: 'squared', seed: 3, batch })
    return learnMap(network, x, z, { steps: 20 }).map(x).data
  })
  maps[0].forEach((v, k) => expect(Math.abs(v - maps[1][k])).toBeLessThan(1e-10))
})

test('float32 networks, dropout and batch normalization train', () => {
  const [x, z] = [cloud(30), cloud(30, 2)]
  for (const kind of [{ dtype: 'float32' as const }, { dropout: 0.1 }, { batchNorm: true }]) {
    const network = mlp({ sizes: [2, 16, 2], loss: 'squared', seed: 3, ...kind })
    const { history, status } = learnMap(network, x, z, { steps: 60 })
    expect(status).toBe('completed')
    expect(history[59].fit).toBeLessThan(history[0].fit / 2)
  }
})

test('a model of any library learns by the loss alone', () => {
  const [x, z] = [cloud(40), cloud(40, 2)]
  const loss = mapLoss(x, z)
  // T(x) = x + b
  const shift = new Float64Array(2)
  const optimizer = new Adam(shift, { learningRate: 0.1 })
  const fits: number[] = []
  for (let step = 0; step < 150; step++) {
    const { gradient, fit } = loss(x.map(([u, v]) => [u + shift[0], v + shift[1]]))
    const slope = new Float64Array(2)
    gradient.data.forEach((g, k) => {
      slope[k % 2] += g
    })
    optimizer.step(slope)
    fits.push(fit)
  }
  expect(Math.abs(shift[0] - 2)).toBeLessThan(0.5)
  expect(fits[149]).toBeLessThan(fits[0] / 10)
})

test('structured maps leave coordinates alone', () => {
  const x = Array.from({ length: 50 }, () => Array.from({ length: 4 }, () => rng.normal()))
  const z = Array.from({ length: 50 }, () => Array.from({ length: 4 }, (_, k) => rng.normal() + (k === 0 ? 4 : 0)))
  const cost = elasticL1(1)
  const network = mlp({ sizes: [4, 32, 4], activation: 'tanh', loss: 'squared', seed: 1 })
  const { map } = learnMap(network, x, z, { cost, output: structured(cost), steps: 200 })
  const y = map(x)
  let zeros = 0
  x.forEach((p, i) => {
    for (let k = 1; k < 4; k++) if (y.get(i, k) === p[k]) zeros++
  })
  expect(zeros / 150).toBeGreaterThan(0.5)
})

test('validation reports the exact gap', () => {
  const [x, z] = [cloud(20), cloud(20, 1)]
  const network = mlp({ sizes: [2, 8, 2], activation: 'tanh', loss: 'squared', seed: 3 })
  const { history, map } = learnMap(network, x, z, { steps: 10, validation: { x, z, every: 5 } })
  expect(history.filter((report) => 'validationGap' in report).map(({ step }) => step)).toEqual([5, 10])
  const { gap, displacement } = exactMongeGap(x, map(x))
  expect(history[9].validationGap).toBe(gap / displacement)
})

test('callers keep their arrays', () => {
  const frozen = (points: number[][]) => Object.freeze(points.map((row) => Object.freeze(row))) as number[][]
  const [x, z] = [frozen(cloud(12)), frozen(cloud(12))]
  const network = mlp({ sizes: [2, 4, 2], loss: 'squared' })
  expect(learnMap(network, x, z, { steps: 3, batchSize: 5 }).status).toBe('completed')
})
