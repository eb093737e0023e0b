// Saved and loaded, training goes on to the same bits.
import { Lion } from '@opt/lion'
import { AdamW, cosineDecay, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import fc from 'fast-check'
import type { CreateOptimizer } from '../src/index.ts'
import { cpu, model, problem, saved, TfOptimizer, tf, valuesOf } from './setting.ts'

beforeAll(cpu)

const OPTIMIZERS: CreateOptimizer[] = [
  (p) => new Lion(p, { learningRate: 0.01, weightDecay: 0.1 }),
  (p) => new AdamW(p, { learningRate: cosineDecay(0.05, 20) }),
  (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9 }),
  (p) => new StableSPAM(p, { learningRate: 0.02, resetEvery: 7 }),
]
let count = 0

test('at any step, through JSON or through weights, by the same variables', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...OPTIMIZERS),
      fc.nat(12),
      fc.boolean(),
      fc.boolean(),
      async (create, at, weights, twice) => {
        const [whole, cut] = [problem(`whole${++count}/`), problem(`cut${count}/`)]
        const uncut = new TfOptimizer(create)
        for (let k = 0; k < 15; k++) uncut.minimize(whole.loss, false, whole.variables)
        const first = new TfOptimizer(create)
        for (let k = 0; k < at; k++) first.minimize(cut.loss, false, cut.variables)
        let second = first
        for (let round = 0; round < (twice ? 2 : 1); round++) {
          const next = new TfOptimizer(create)
          if (weights) await next.setWeights(await second.getWeights())
          else next.load(JSON.parse(JSON.stringify(second.state())))
          second = next
        }
        expect([second.iterations, second.state()]).toEqual([at, first.state()])
        for (let k = at; k < 15; k++) second.minimize(cut.loss, false, cut.variables)
        expect(valuesOf(cut.variables)).toEqual(valuesOf(whole.variables))
        expect(second.iterations).toBe(15)
      },
    ),
    { numRuns: 30 },
  )
})

class SavedLion extends TfOptimizer {
  static override className = 'SavedLion'
  readonly learningRate: number
  constructor({ learningRate }: { learningRate: number }) {
    super((parameters) => new Lion(parameters, { learningRate }))
    this.learningRate = learningRate
  }
  override getConfig() {
    return { learningRate: this.learningRate }
  }
}

describe('with a model', () => {
  const x = () => tf.randomNormal([24, 5], 0, 1, 'float32', 1)
  const y = () =>
    tf.oneHot(
      Array.from({ length: 24 }, (_, k) => k % 3),
      3,
    )
  const options = { epochs: 3, batchSize: 8, shuffle: false, verbose: 0 } as const

  async function started(): Promise<tf.Sequential> {
    const network = model(6, 5, 3)
    network.compile({ optimizer: new SavedLion({ learningRate: 0.01 }), loss: 'categoricalCrossentropy' })
    await network.fit(x(), y(), options)
    return network
  }
  const goOn = async (network: tf.LayersModel) => (await network.fit(x(), y(), options)).history.loss
  const restored = async (artifacts: tf.io.ModelArtifacts) => tf.loadLayersModel(tf.io.fromMemory(artifacts))

  test('a registered class: the loaded model, in a process that has the first one still, goes on to the same bits', async () => {
    tf.serialization.registerClass(SavedLion)
    const network = await started()
    const artifacts = await saved(network)
    const loaded = await restored(artifacts)
    expect(loaded.optimizer.getClassName()).toBe('SavedLion')
    expect(loaded.optimizer.getConfig()).toEqual({ learningRate: 0.01 })
    expect(loaded.optimizer.iterations).toBe(9)
    expect(loaded.weights.map(({ name }) => name)).not.toEqual(network.weights.map(({ name }) => name))
    // Saved again before a step, and loaded once more.
    const again = await restored(await saved(loaded))
    const losses = await goOn(network)
    expect(await goOn(loaded)).toEqual(losses)
    expect(await goOn(again)).toEqual(losses)
    const second = await restored(await saved(again))
    expect(await goOn(second)).toEqual(await goOn(network))
    // Without the state it is another run.
    const fresh = await restored(artifacts)
    fresh.compile({ optimizer: new SavedLion({ learningRate: 0.01 }), loss: 'categoricalCrossentropy' })
    expect(await goOn(fresh)).not.toEqual(losses)
  })

  test('a model saved before its first step', async () => {
    tf.serialization.registerClass(SavedLion)
    const network = model(6, 5, 3)
    network.compile({ optimizer: new SavedLion({ learningRate: 0.01 }), loss: 'categoricalCrossentropy' })
    const loaded = await restored(await saved(network))
    expect(await goOn(loaded)).toEqual(await goOn(network))
  })

  test('the class itself has nothing to be made of again', async () => {
    expect(TfOptimizer.className).toBe('TfOptimizer')
    expect(new TfOptimizer(OPTIMIZERS[0]!).getConfig()).toEqual({})
    tf.serialization.registerClass(TfOptimizer)
    const network = model(6, 5, 3)
    network.compile({ optimizer: new TfOptimizer(OPTIMIZERS[0]!), loss: 'categoricalCrossentropy' })
    await expect(saved(network).then(restored)).rejects.toThrow(
      'TfOptimizer: create must be a function of the parameters, got an object',
    )
  })

  test('a layer that is unfrozen joins; one that is frozen rests', async () => {
    const network = model(6, 5, 3)
    const [hidden] = network.layers as [tf.layers.Layer]
    const optimizer = new TfOptimizer(OPTIMIZERS[1]!)
    const compile = () => network.compile({ optimizer, loss: 'categoricalCrossentropy' })
    const steps = () => optimizer.state().optimizer!.parameters.map((p) => p.steps)
    hidden.trainable = false
    compile()
    const frozen = valuesOf(hidden.weights.map((w) => w.read() as tf.Variable))
    await network.fit(x(), y(), options)
    expect(steps()).toEqual([9, 9])
    expect(valuesOf(hidden.weights.map((w) => w.read() as tf.Variable))).toEqual(frozen)
    hidden.trainable = true
    compile()
    await network.fit(x(), y(), options)
    expect(steps()).toEqual([18, 18, 9, 9])
    hidden.trainable = false
    compile()
    await network.fit(x(), y(), options)
    expect(steps()).toEqual([27, 27, 9, 9])
    expect(optimizer.iterations).toBe(27)
  })

  test('state waits for layers that are still frozen when the model is loaded beside the first one', async () => {
    tf.serialization.registerClass(SavedLion)
    const network = await started()
    const loaded = await restored(await saved(network))
    const freeze = (one: tf.LayersModel, trainable: boolean) => {
      one.layers[0]!.trainable = trainable
      one.compile({ optimizer: one.optimizer, loss: 'categoricalCrossentropy' })
    }
    for (const frozen of [false, true]) {
      const losses = []
      for (const one of [network, loaded]) {
        freeze(one, frozen)
        losses.push(await goOn(one))
      }
      expect(losses[1]).toEqual(losses[0])
    }
    const steps = (one: tf.LayersModel) =>
      (one.optimizer as TfOptimizer)
        .state()
        .optimizer!.parameters.map((p) => p.steps)
        .sort()
    expect(steps(loaded)).toEqual(steps(network))
  })
})

test('joining keeps the moments of those that were there', () => {
  const [a, b] = [tf.variable(tf.scalar(1), true, 'joining/a'), tf.variable(tf.scalar(1), true, 'joining/b')]
  const alone = tf.variable(tf.scalar(1), true, 'joining/alone')
  const create: CreateOptimizer = (p) => new SGD(p, { learningRate: 0.1, momentum: 0.9 })
  const [joined, single] = [new TfOptimizer(create), new TfOptimizer(create)]
  for (let k = 0; k < 6; k++) {
    joined.minimize(() => (k < 3 ? a.square() : a.square().add(b.square())) as tf.Scalar)
    single.minimize(() => alone.square() as tf.Scalar)
  }
  expect(a.dataSync()[0]).toBe(alone.dataSync()[0])
  const three = tf.variable(tf.scalar(1), true, 'joining/three')
  const fresh = new TfOptimizer(create)
  for (let k = 0; k < 3; k++) fresh.minimize(() => three.square() as tf.Scalar)
  expect(b.dataSync()[0]).toBe(three.dataSync()[0])
})
