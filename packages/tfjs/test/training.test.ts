// Beside TensorFlow.js's own optimizers: the same trajectories, and the same accuracy on digits.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AdamW, SGD } from '@opt/optimizers'
import { near } from '@opt/testing'
import type { CreateOptimizer } from '../src/index.ts'
import { cpu, problem, TfOptimizer, tf, valuesOf } from './setting.ts'

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
  near(got, expected, { absolute: 2e-5 })
  expect(Math.max(...got.map((value, i) => Math.abs(value - start[i]!)))).toBeGreaterThan(0.1)
})

test('a tf.layers model on digits: AdamW and Lion end within two points of tf.train.adam', () => {
  const program = fileURLToPath(new URL('digits.mjs', import.meta.url))
  const { adam, adamW, lion } = JSON.parse(execFileSync(process.execPath, [program], { encoding: 'utf8' }))
  expect(adam).toBeGreaterThan(0.8)
  expect(adamW).toBeGreaterThan(adam - 0.02)
  expect(lion).toBeGreaterThan(adam - 0.02)
})
