// Tensors and bytes stay as many as they were.
import { Lion } from '@opt/lion'
import { AdamW } from '@opt/optimizers'
import { cpu, model, problem, saved, TfOptimizer, tf } from './setting.ts'

beforeAll(cpu)

const held = () => {
  const { numTensors, numBytes, numDataBuffers } = tf.memory()
  return { numTensors, numBytes, numDataBuffers }
}
const lion = () => new TfOptimizer((p) => new Lion(p, { learningRate: 1e-3 }))

test('minimize, with and without the cost, from the first step on', () => {
  const { variables, loss } = problem('minimize')
  const optimizer = lion()
  const before = held()
  for (let k = 0; k < 300; k++) optimizer.minimize(loss, true, variables)!.dispose()
  for (let k = 0; k < 300; k++) optimizer.minimize(loss)
  expect(held()).toEqual(before)
})

test('minimizeAsync, with and without the cost, also when it is refused', async () => {
  const { variables, loss } = problem('awaited')
  const optimizer = lion()
  const before = held()
  for (let k = 0; k < 100; k++) (await optimizer.minimizeAsync(loss, true, variables))!.dispose()
  for (let k = 0; k < 100; k++) expect(await optimizer.minimizeAsync(loss)).toBeNull()
  const broken = () => loss().mul(NaN) as tf.Scalar
  for (let k = 0; k < 20; k++) await expect(optimizer.minimizeAsync(broken, true)).rejects.toThrow('got NaN')
  expect(held()).toEqual(before)
  expect(optimizer.iterations).toBe(200)
})

test('model.fit with metrics', async () => {
  const network = model(8, 5, 3)
  network.compile({ optimizer: lion(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  const x = tf.randomNormal([40, 5], 0, 1, 'float32', 1)
  const y = tf.oneHot(
    Array.from({ length: 40 }, (_, k) => k % 3),
    3,
  )
  await network.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0 })
  const before = held()
  await network.fit(x, y, { epochs: 20, batchSize: 8, verbose: 0 })
  expect(held()).toEqual(before)
})

test('steps that are refused', () => {
  const { variables, loss } = problem('refused')
  const optimizer = new TfOptimizer((p) => new AdamW(p))
  optimizer.minimize(loss, false, variables)
  const before = held()
  const broken = () => loss().mul(NaN) as tf.Scalar
  for (let k = 0; k < 20; k++)
    expect(() => optimizer.minimize(broken, true, variables)).toThrow('a finite number, got NaN')
  expect(held()).toEqual(before)
})

test('saving holds one string, which dispose frees', async () => {
  const network = model(8, 5, 3)
  const optimizer = lion()
  network.compile({ optimizer, loss: 'categoricalCrossentropy' })
  const [x, y] = [tf.ones([4, 5]), tf.oneHot([0, 1, 2, 0], 3)]
  await network.fit(x, y, { verbose: 0 })
  const before = held()
  for (let k = 0; k < 5; k++) await saved(network)
  expect(held().numTensors).toBe(before.numTensors + 1)
  optimizer.dispose()
  expect(held()).toEqual(before)
  expect(() => optimizer.minimize(() => tf.scalar(0))).toThrow()
})
