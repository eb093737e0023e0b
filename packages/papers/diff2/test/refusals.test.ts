import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import {
  type ClientRequest,
  clientTask,
  type Diff2Options,
  diff2,
  dpGradientDescent,
  networkClient,
  rowsClient,
  seededNoise,
} from '../src/index.ts'
import { meanClients } from './problems.ts'

const clients = meanClients(1, [3, 2], 2)
const valid: Diff2Options = {
  epsilon: 1,
  delta: 1e-3,
  rounds: 4,
  restart: 2,
  clipGradient: 1,
  clipDifference: 1,
  learningRate: 0.1,
  noise: seededNoise(random(1)),
}
const local = { steps: 2, clip: 1 }

test.each<[object, string | RegExp]>([
  [{ epsilon: 0 }, 'epsilon must be a positive number of at most 1000000, got 0'],
  [{ epsilon: undefined }, 'epsilon must be a positive number'],
  [{ delta: 0 }, 'delta must be greater than 0 and less than 1, got 0'],
  [{ delta: 1 }, 'delta must be greater than 0 and less than 1, got 1'],
  [{ delta: undefined }, 'delta must be greater than 0 and less than 1, got undefined'],
  [{ share: 1 }, 'share must be greater than 0 and less than 1, got 1'],
  [{ local: false }, 'local must be an object, got false'],
  [{ restart: 5 }, 'restart must be an integer between 1 and 4, got 5'],
  [{ clipGradient: 0 }, 'clipGradient must be a positive number, got 0'],
  [{ clipDifference: undefined }, 'clipDifference must be a positive number, got undefined'],
  [{ learningRate: -1 }, 'learningRate must be a positive number, got -1'],
  [{ noise: {} }, 'noise.normals must be a function'],
  [{ noiseAt: 'home' }, "noiseAt must be 'server', 'clients' or 'local'"],
  [
    { local: { ...local, sampling: 'poisson', batch: 1 } },
    "adjacency must be 'zero-out' with local.sampling 'poisson', got 'replace'",
  ],
  [
    { adjacency: 'zero-out', local: { ...local, sampling: 'fixed', batch: 1 } },
    "adjacency must be 'replace' with local.sampling 'fixed'",
  ],
  [{ local: { ...local, sampling: 'fixed', batch: 3 } }, 'local.batch must be an integer between 1 and 2, got 3'],
  [{ local: { ...local, batch: 1 } }, "local.batch must be absent with sampling 'all', got 1"],
  [{ noise: { normals() {} }, local: { ...local, order: 'random' } }, 'noise must be one with a generator'],
  [{ calibration: 'paper', local }, "calibration must be 'exact' with local steps"],
  [{ epsilom: 1 }, 'did you mean epsilon?'],
  [{ workers: { executor: {}, task: 'f' } }, 'workers.executor must be an executor'],
  [
    { multipliers: { gradient: 1, difference: 1 } },
    /epsilon must be absent, or at least what the multipliers cost, [\d.]+, got 1/,
  ],
  [
    { multipliers: { gradient: 1 } },
    'multipliers.difference must be a finite number between 0.001 and 1000000000, got undefined',
  ],
])('diff2 refuses %j', (change, message) => {
  expect(() => diff2(clients, [0, 0], { ...valid, ...change })).toThrow(message)
})

test('clients and starts that do not fit', () => {
  expect(() => diff2([], [0, 0], valid)).toThrow('diff2: clients must be nonempty, got length 0')
  expect(() => diff2([...clients, ...meanClients(1, [2], 3)], [0, 0], valid)).toThrow(
    'diff2: clients[2].size must be 2',
  )
  expect(() => diff2([{ count: 0, size: 2 }], [0, 0], valid)).toThrow(
    'diff2: clients[0].count must be an integer of at least 1',
  )
  expect(() => diff2([{ count: 2, size: 2 }], [0, 0], valid)).toThrow(
    'diff2: clients[0].clippedMean must be a function',
  )
  expect(() => diff2(clients, [0, 0, 0], valid)).toThrow('diff2: start must be of length 2, got length 3')
  expect(() => dpGradientDescent(clients, [0, 0], valid as never)).toThrow('dpGradientDescent: options must be named')
})

test('clients check their records before any training', () => {
  const network = mlp({ sizes: [2, 2, 1], loss: 'squared' })
  expect(() => networkClient(network, [[1, Number.NaN]], [1])).toThrow('inputs[0][1] must be a finite number, got NaN')
  expect(() => networkClient(network, [[1, 2]], [1, 2])).toThrow('targets must be 1 labels')
  expect(() => networkClient(network, [[1, 2]], [1], { counts: [0] })).toThrow(
    'counts[0] must be an integer of at least 1',
  )
  expect(() => networkClient({} as never, [[1, 2]], [1])).toThrow('networkClient: network must be a network of @opt/nn')
  const normalized = mlp({ sizes: [2, 2, 1], loss: 'squared', batchNorm: true })
  expect(() => networkClient(normalized, [[1, 2]], [1])).toThrow('network must be without batch normalization')
  const noisy = mlp({ sizes: [2, 2, 1], loss: 'squared', dropout: 0.5 })
  expect(() => networkClient(noisy, [[1, 2]], [1])).toThrow('network must be without noise')
  const wrong = () => {
    throw new Error('a mistake in the code')
  }
  expect(() => rowsClient({ size: 1, count: 2, gradients: wrong })).toThrow('a mistake in the code')
})

test('a task refuses requests that diff2 does not make', () => {
  const run = clientTask(clients)
  const x = new Float64Array(2)
  const request = {
    kind: 'gradient',
    round: 0,
    client: 0,
    x,
    other: null,
    clip: 1,
    noise: null,
    exact: false,
    local: null,
  } as const
  expect(run(request).message).toHaveLength(2)
  const local = { learningRate: 1, batches: [null], batchSize: 3, adjacency: 'replace', multiplier: 1, normals: null }
  for (const [change, message] of [
    [{ client: 2 }, 'clientTask: request.client must be an integer between 0 and 1, got 2'],
    [{ kind: 'loss' }, "clientTask: request.kind must be 'gradient', 'difference' or 'local'"],
    [{ x: [0, 0] }, 'clientTask: request.x must be a Float64Array of length 2'],
    [{ kind: 'difference' }, 'clientTask: request.other must be a Float64Array of length 2, got null'],
    [{ clip: 'a' }, 'clientTask: request.clip must be a nonnegative number, got "a"'],
    [{ clip: Number.NaN }, 'clientTask: request.clip must be a nonnegative number, got NaN'],
    [{ noise: {} }, 'clientTask: request.noise.sensitivity must be a nonnegative number, got undefined'],
    [
      { noise: { sensitivity: 1, multiplier: 0 } },
      'clientTask: request.noise.multiplier must be a positive number, got 0',
    ],
    [{ kind: 'local', other: x }, 'clientTask: request.local must be an object, got null'],
    [
      { kind: 'local', other: x, local: { ...local, batches: 3 } },
      'clientTask: request.local.batches must be an array',
    ],
    [
      { kind: 'local', other: x, local: { ...local, multiplier: 0 } },
      'clientTask: request.local.multiplier must be a positive number, got 0',
    ],
  ] as const)
    expect(() => run({ ...request, ...change } as ClientRequest)).toThrow(message)
})
