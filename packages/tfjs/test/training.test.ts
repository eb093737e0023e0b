// Beside TensorFlow.js's own optimizers: the same trajectories, and the same accuracy on digits.
import { random } from '@opt/core'
import { digits, trainTestSplit } from '@opt/datasets'
import { Lion } from '@opt/lion'
import { AdamW, cosineDecay, SGD } from '@opt/optimizers'
import { digitsFolder } from '../../../scripts/lib/digits-folder.mjs'
import type { CreateOptimizer } from '../src/index.ts'
import { cpu, model, problem, TfOptimizer, tf, valuesOf } from './setting.ts'

beforeAll(cpu)

const PAIRS: [string, () => tf.Optimizer, CreateOptimizer][] = [
  [
    'AdamW without decay and tf.train.adam',
    () => tf.train.adam(0.05, 0.9, 0.999, 1e-7),
    (p) => new AdamW(p, { learningRate: 0.05, epsilon: 1e-7, weightDecay: 0 }),
  ],
  [
    'SGD and tf.train.momentum',
    () => tf.train.momentum(0.05, 0.9),
    (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9 }),
  ],
  ['SGD and tf.train.sgd', () => tf.train.sgd(0.05), (p) => new SGD(p, { learningRate: 0.05 })],
]

test.each(PAIRS)('%s take the same steps, but for float32', (name, theirs, create) => {
  const [a, b] = [problem(`${name}/theirs`), problem(`${name}/ours`)]
  const [their, our] = [theirs(), new TfOptimizer(create)]
  const start = valuesOf(b.variables).flat()
  for (let k = 0; k < 60; k++) {
    their.minimize(a.loss, false, a.variables)
    our.minimize(b.loss, false, b.variables)
  }
  const [expected, got] = [valuesOf(a.variables).flat(), valuesOf(b.variables).flat()]
  got.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5))
  expect(Math.max(...got.map((value, i) => Math.abs(value - start[i]!)))).toBeGreaterThan(0.1)
})

/** 8 x 8 digits as tensors: three quarters to train on, the rest to test on. */
async function digitTensors() {
  const { features, labels } = await digits({ folder: digitsFolder() })
  const { train, test } = trainTestSplit(1797, { rng: random(1), stratify: labels })
  const part = (rows: Int32Array) => ({
    x: tf.tensor2d(
      Float32Array.from({ length: 64 * rows.length }, (_, k) => features.data[64 * rows[k >> 6]! + (k & 63)]! / 16),
      [rows.length, 64],
    ),
    y: tf.oneHot(
      Array.from(rows, (row) => labels[row]!),
      10,
    ),
  })
  return { train: part(train), test: part(test) }
}

test('a tf.layers model on digits: AdamW and Lion end within two points of tf.train.adam', async () => {
  const { train, test } = await digitTensors()
  const accuracy = async (optimizer: tf.Optimizer) => {
    const network = model(32, 64, 10)
    network.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
    await network.fit(train.x, train.y, { epochs: 15, batchSize: 64, verbose: 0, shuffle: false })
    const [, share] = network.evaluate(test.x, test.y, { batchSize: 449 }) as tf.Scalar[]
    return share!.dataSync()[0]!
  }
  const theirs = await accuracy(tf.train.adam(0.01))
  const adamW = await accuracy(new TfOptimizer((p) => new AdamW(p, { learningRate: 0.01 })))
  // 330 steps are few for Lion, which moves every weight by the learning rate: a large one that falls.
  const falling = cosineDecay(0.016, 330)
  const lion = await accuracy(new TfOptimizer((p) => new Lion(p, { learningRate: falling, weightDecay: 0.1 })))
  expect(theirs).toBeGreaterThan(0.8)
  expect(adamW).toBeGreaterThan(theirs - 0.02)
  expect(lion).toBeGreaterThan(theirs - 0.02)
})
