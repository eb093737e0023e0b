import { random } from '@opt/core'
import { near } from '@opt/testing'
import fc from 'fast-check'
import {
  directionLoss,
  multiLevelNetwork,
  type Network,
  type NetworkState,
  networkFrom,
  paperNetwork,
  poisson2d,
  poisson3d,
  pretrained,
  ritzDataset,
  type Shape,
  type TrainingState,
  trainDirections,
} from '../src/index.ts'
import { norm, randomSystem } from './problems.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value))
const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((sum, v, i) => sum + v * y[i], 0)
const normals = (n: number, seed: number) => {
  const rng = random(seed)
  return Float64Array.from({ length: n }, () => rng.normal())
}
const cells = (shape: Shape) => shape.reduce((product, size) => product * size, 1)

const cases: [name: string, network: Network, shape: number[]][] = [
  ['linear', multiLevelNetwork({ channels: 2, precision: 'float64' }), [16, 8]],
  ['relu', multiLevelNetwork({ channels: 5, activation: 'relu', precision: 'float64', seed: 1 }), [8, 16]],
  ['linear, odd sizes', multiLevelNetwork({ channels: 4, precision: 'float64', seed: 2 }), [5, 7]],
  [
    'relu, three dimensions',
    multiLevelNetwork({ channels: 2, activation: 'relu', dimension: 3, precision: 'float64' }),
    [8, 8, 8],
  ],
  ['of the paper', paperNetwork({ dimension: 2, channels: 3, precision: 'float64' }), [6, 8]],
  [
    'of the paper, three dimensions',
    paperNetwork({ channels: 2, coarsePairs: 4, finePairs: 3, precision: 'float64' }),
    [4, 4, 6],
  ],
]

describe('backward passes are exact', () => {
  test.each(cases)('%s', (_, network, shape) => {
    const n = cells(shape)
    // Biases away from 0, so that no cell sits on a kink.
    const rng = random(3)
    for (const [name, part] of Object.entries(network.weights))
      if (name.endsWith('bias')) part.forEach((__, i) => (part[i] = rng.uniform(-0.2, 0.2)))
    for (const seed of [1, 2]) {
      const [r, c, step] = [normals(n, seed), normals(n, seed + 10), normals(network.parameters.length, seed + 20)]
      const gradient = network.backward(r, shape, c)
      const start = network.parameters.slice()
      const at = (t: number) => {
        network.parameters.forEach((__, k) => (network.parameters[k] = start[k] + t * step[k]))
        return dot(c, network.forward(r, shape))
      }
      const h = 1e-6
      near((at(h) - at(-h)) / (2 * h), dot(gradient, step), { relative: 1e-5, absolute: 1e-5 })
      // Each part of the parameters for itself.
      let place = 0
      for (const part of Object.values(network.weights)) {
        const [from, to] = [place, (place += part.length)]
        const along = step.map((v, k) => (k >= from && k < to ? v : 0))
        const only = (t: number) => {
          network.parameters.forEach((__, k) => (network.parameters[k] = start[k] + t * along[k]))
          return dot(c, network.forward(r, shape))
        }
        near((only(h) - only(-h)) / (2 * h), dot(gradient, along), { relative: 1e-5, absolute: 1e-5 })
      }
      network.parameters.set(start)
    }
  })
})

test('the loss: its gradient, its value by definition, its invariances', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.integer(), fc.constantFrom(1e-6, -1, 7, 1e5), (n, seed, factor) => {
      const { dense, A } = randomSystem(n, seed)
      const [r, f, step] = [normals(n, seed), normals(n, seed ^ 1), normals(n, seed ^ 2)]
      const times = (v: ArrayLike<number>) => dense.map((row) => dot(row, v))
      const { value, alpha, gradient } = directionLoss(A, r, f)
      const Af = times(f)
      near(alpha, dot(f, r) / dot(f, Af), { relative: 1e-10, absolute: 1e-12 })
      near(value, norm(r.map((v, i) => v - alpha * Af[i])) ** 2, { relative: 1e-10 })
      near(
        directionLoss(
          A,
          r,
          f.map((v) => v * factor),
        ).value,
        value,
        { relative: 1e-9 },
      )
      // The length of f does not matter.
      expect(Math.abs(dot(gradient, f))).toBeLessThan(1e-9 * (1 + norm(gradient) * norm(f)))
      const at = (t: number) =>
        directionLoss(
          A,
          r,
          f.map((v, i) => v + t * step[i]),
        ).value
      const h = 1e-6
      near((at(h) - at(-h)) / (2 * h), dot(gradient, step), { relative: 1e-4, absolute: 1e-4 })
    }),
    { numRuns: 200 },
  )
  const { A } = randomSystem(3, 1)
  expect(directionLoss(A, [1, 0, 0], [0, 0, 0])).toEqual({ value: 1, alpha: 0, gradient: new Float64Array(3) })
})

describe('networks', () => {
  test('without biases f(c r) = c f(r) for c > 0, and for all c when linear', () => {
    for (const activation of ['linear', 'relu'] as const) {
      const network = multiLevelNetwork({ activation, precision: 'float64' })
      const r = normals(256, 1)
      const f = network.forward(r, [16, 16])
      for (const c of activation === 'linear' ? [2, -3, 1e-8] : [2, 1e-8])
        near(
          network.forward(
            r.map((v) => c * v),
            [16, 16],
          ),
          f.map((v) => c * v),
          { ofLargest: 1e-12 },
        )
    }
  })

  test('float32 and float64 agree to float32', () => {
    const [single, double] = (['float32', 'float64'] as const).map((precision) =>
      multiLevelNetwork({ precision, seed: 5 }),
    )
    near(single.forward(normals(1024, 2), [32, 32]), double.forward(normals(1024, 2), [32, 32]), { ofLargest: 1e-5 })
    expect(single.parameters).toBeInstanceOf(Float32Array)
    expect(single.parameters).toHaveLength(1194)
  })

  test('the network of the paper has its number of weights', () => {
    // 64^3: 1 + 4 + 6 + 4 convolutions of 27 taps and one of 1.
    expect(paperNetwork().parameters).toHaveLength(27 * 16 + 16 + 14 * (27 * 256 + 16) + 17)
    expect(() => paperNetwork({ dimension: 2 }).forward(new Float64Array(35), [5, 7])).toThrow(
      'shape[0] must be even, got 5',
    )
  })

  test('a saved network has the same bits', () => {
    for (const network of [
      multiLevelNetwork({ channels: 3, activation: 'relu', seed: 4 }),
      paperNetwork({ dimension: 2, channels: 2, precision: 'float64', seed: 4 }),
      pretrained(),
    ]) {
      const copy = networkFrom(json(network.state()))
      expect(copy.state()).toEqual(network.state())
      expect([...copy.forward(normals(64, 1), [8, 8])]).toEqual([...network.forward(normals(64, 1), [8, 8])])
    }
    const state = multiLevelNetwork().state()
    const damage: [Partial<Record<keyof NetworkState, unknown>>, string][] = [
      [{ kind: 'other' }, 'networkFrom: state.kind must be'],
      [{ options: { channels: 0 } }, 'networkFrom: channels must be'],
      [{ parameters: 'AAAA' }, 'networkFrom: state.parameters must be base64 of 4776 bytes'],
      [{ parameters: btoa('\xff'.repeat(4776)) }, 'networkFrom: state.parameters must be finite numbers'],
    ]
    for (const [part, text] of damage) expect(() => networkFrom({ ...state, ...part } as NetworkState)).toThrow(text)
    expect(() => multiLevelNetwork({ channels: 2 }).load(state)).toThrow(
      'Network.load: state.options.channels must be 2, got 4',
    )
  })

  test('a direction function follows the parameters, and other grids of one network do not disturb it', () => {
    const network = multiLevelNetwork()
    const direction = network.direction([8, 8])
    const [r, out] = [normals(64, 1), new Float64Array(64)]
    network.forward(normals(256, 1), [16, 16])
    network.parameters[3] = 9
    direction(r, out)
    expect([...out]).toEqual([...network.forward(r, [8, 8])])
    expect(() => direction(new Float64Array(3), out)).toThrow('Network.direction: r must be of length 64')
  })
})

describe('training', () => {
  const sets = [8, 16].map((size, k) => {
    const { A, shape } = poisson2d({ size })
    return { A, shape, samples: ritzDataset(A, { vectors: 30, count: 20, seed: size }), batch: [4, 2][k] }
  })

  test('the loss falls, in two dimensions and three', () => {
    const { history, status } = trainDirections(multiLevelNetwork(), sets, { steps: 60 })
    expect([status, history.length]).toEqual(['completed', 60])
    expect(history[59].loss).toBeLessThan(0.5 * history[0].loss)
    const { A, shape } = poisson3d({ size: 8 })
    const samples = ritzDataset(A, { vectors: 20, count: 4 })
    const three = trainDirections(multiLevelNetwork({ dimension: 3, channels: 2 }), [{ A, shape, samples, batch: 2 }], {
      steps: 25,
    })
    expect(three.loss).toBeLessThan(three.history[0].loss)
    const paper = trainDirections(paperNetwork({ dimension: 2, channels: 4 }), [sets[0]], {
      steps: 25,
      learningRate: 1e-3,
    })
    expect(paper.loss).toBeLessThan(paper.history[0].loss)
  })

  test('goes on from a saved state to the same bits, also after an abort', () => {
    const options = { steps: 12, seed: 3 }
    const whole = multiLevelNetwork({ activation: 'relu' })
    const end = trainDirections(whole, sets, options)
    for (const cut of [1, 5, 11]) {
      const network = multiLevelNetwork({ activation: 'relu' })
      const stop = new AbortController()
      const onProgress = ({ iteration }: { iteration: number }) => iteration === cut && stop.abort()
      const first = trainDirections(network, sets, { ...options, signal: stop.signal, onProgress })
      expect([first.status, first.state.step]).toEqual(['aborted', cut])
      const other = multiLevelNetwork({ activation: 'relu', seed: 77 })
      const rest = trainDirections(other, sets, { ...options, resume: json(first.state) })
      expect(rest.state).toEqual(end.state)
      expect([...other.parameters]).toEqual([...whole.parameters])
    }
    const damage: [Partial<Record<keyof TrainingState, unknown>>, string][] = [
      [{ step: 12 }, 'resume.step must be'],
      [{ step: -1 }, 'resume.step must be'],
      [{ network: multiLevelNetwork({ channels: 2 }).state() }, 'state.options.channels must be'],
      [{ batches: [] }, 'resume.batches must be of length 2'],
      [{ batches: [{}, {}] }, 'resume.batches[0]'],
      [{ optimizer: {} }, 'state'],
    ]
    const network = multiLevelNetwork({ activation: 'relu' })
    for (const [part, text] of damage)
      expect(() =>
        trainDirections(network, sets, { ...options, resume: { ...end.state, step: 5, ...part } as TrainingState }),
      ).toThrow(text)
  })

  test('samples are divided by their length', () => {
    const one = trainDirections(multiLevelNetwork(), [sets[0]], { steps: 2 })
    const samples = sets[0].samples.map((sample) => sample.map((v) => 1024 * v))
    const other = trainDirections(multiLevelNetwork(), [{ ...sets[0], samples }], { steps: 2 })
    near(other.loss, one.loss, { relative: 1e-9 })
  })
})

test('Ritz data sets: unit vectors, the smooth half weighs more', () => {
  const { A } = poisson2d({ size: 16, discs: [[0.5, 0.5, 0.2]] })
  const samples = ritzDataset(A, { vectors: 60, count: 150 })
  expect(samples).toHaveLength(150)
  const quotients = samples.map((b) => {
    near(norm(b), 1, { absolute: 1e-12 })
    let sum = 0
    for (let i = 0; i < A.rows; i++)
      for (let k = A.indptr[i]; k < A.indptr[i + 1]; k++) sum += b[i] * A.values[k] * b[A.indices[k]]
    return sum
  })
  // White noise would have 3.8 on average.
  expect(quotients.reduce((sum, v) => sum + v, 0) / 150).toBeLessThan(2.5)
  expect(ritzDataset(A, { vectors: 60, count: 150 })).toEqual(samples)
  expect(ritzDataset(A, { vectors: 60, count: 70 })).toEqual(samples.slice(0, 70))
  expect(ritzDataset(randomSystem(3, 1).A, { count: 2 })[0]).toHaveLength(3)
})
