import { random } from '@opt/core'
import { mlp, train } from '@opt/nn'
import { AdamW } from '@opt/optimizers'
import { near } from '@opt/testing'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import {
  BoostedNetwork,
  boostedNetwork,
  crossValidate,
  decision,
  frozenFeatures,
  toNetwork,
  weld,
} from '../src/index.ts'

/** Three rings, of features in units far apart, with a constant one. */
function rings(perClass: number) {
  const rng = random(4)
  const X: number[][] = []
  const y: string[] = []
  for (const [k, label] of ['inner', 'middle', 'outer'].entries())
    for (let i = 0; i < perClass; i++) {
      const angle = rng.uniform(0, 2 * Math.PI)
      const radius = k + 0.5 + rng.uniform(-0.2, 0.2)
      X.push([1000 + 100 * radius * Math.cos(angle), 0.01 * radius * Math.sin(angle), 5])
      y.push(label)
    }
  return { X, y }
}

const { X, y } = rings(30)
const model = new BoostedNetwork({ loss: 'softmax', units: 60 }).fit(X, y)

describe('BoostedNetwork', () => {
  test('learns labels, with probabilities', () => {
    expect(model.status).toBe('completed')
    expect(model.classes).toEqual(['inner', 'middle', 'outer'])
    expect(model.score(X, y)).toBeGreaterThan(0.97)
    expect(model.history.length).toBe(12)
    const p = model.probabilities(X)
    for (let i = 0; i < 90; i++) {
      near(p.get(i, 0) + p.get(i, 1) + p.get(i, 2), 1, { absolute: 1e-14 })
      const top = [0, 1, 2].reduce((a, b) => (p.get(i, b) > p.get(i, a) ? b : a))
      expect(model.predict([X[i]])).toEqual([model.classes![top]])
    }
  })

  test('takes tables of any form, with the same bits', () => {
    const wanted = model.decision(X).data
    const flat = Float64Array.from(X.flat())
    const columns = Float64Array.from({ length: flat.length }, (_, k) => X[k % 90][Math.floor(k / 90)])
    const forms = [
      ndarray(flat, [90, 3]),
      ndarray(columns, [90, 3], [1, 90]),
      new Matrix(X),
      X.map((row) => Float64Array.from(row)),
    ]
    for (const form of forms) {
      expect(model.decision(form).data).toEqual(wanted)
      const again = new BoostedNetwork({ loss: 'softmax', units: 60 }).fit(form, y)
      expect(again.decision(X).data).toEqual(wanted)
    }
  })

  test('switches units off, all at once and one after the other', () => {
    const all = model.staged(X)
    expect(all.length).toBe(13)
    all.forEach((F, t) => expect(model.decision(X, { units: 5 * t }).data).toEqual(F.data))
    expect(all[0].data.every((v) => v === 0)).toBe(true)
  })

  test('is plain weights and a network of @opt/nn on features as given', () => {
    const F = model.decision(X).data
    near(decision(model.network, X).data, F, { absolute: 1e-9, relative: 1e-9 })
    near(model.toNetwork().predict(X), F, { absolute: 1e-9, relative: 1e-9 })
    near(model.toNetwork({ units: 20 }).predict(X), model.decision(X, { units: 20 }).data, { absolute: 1e-9 })
    expect(model.toNetwork({ units: 23 }).sizes).toEqual([3, 20, 3])
  })

  test('of two classes: its network gives the probability', () => {
    const two = y.map((label) => (label === 'middle' ? 'yes' : 'no'))
    const pair = new BoostedNetwork({ loss: 'logistic', units: 60, learningRate: 0.3 }).fit(X, two)
    expect(pair.score(X, two)).toBeGreaterThan(0.97)
    expect(pair.decision(X).shape).toEqual([90, 1])
    const p = pair.probabilities(X)
    expect(p.shape).toEqual([90, 2])
    const z = pair.toNetwork().predict(X)
    for (let i = 0; i < 90; i++) near(p.get(i, 1), 1 / (1 + Math.exp(-z[i])), { absolute: 1e-9 })
  })

  test('predicts numbers of any unit, several at once', () => {
    const rng = random(1)
    const inputs = Array.from({ length: 80 }, () => [rng.uniform(-1, 1), rng.uniform(-1, 1)])
    const plain = inputs.map(([a, b]) => [a * a, a + b])
    for (const unit of [1e-150, 1, 1e5, 1e150]) {
      const targets = plain.map((row) => row.map((v) => unit * (v + 3)))
      const fit = new BoostedNetwork({ units: 50, learningRate: 0.3 }).fit(inputs, targets)
      expect(fit.score(inputs, targets)).toBeGreaterThan(0.9)
      expect(fit.predict(inputs).length).toBe(160)
      const net = fit.toNetwork()
      near(net.predict(inputs), fit.decision(inputs).data, { relative: 1e-9, ofLargest: 1e-12 })
    }
  })

  test('stops early, where the validation rows have their least loss', () => {
    const rng = random(3)
    const inputs = Array.from({ length: 60 }, () => Array.from({ length: 8 }, () => rng.normal()))
    const noisy = inputs.map(([a]) => a + 2 * rng.normal())
    const options = { neuronsPerStep: 1, learningRate: 0.5, validationFraction: 0.3, patience: 5 }
    const early = new BoostedNetwork(options).fit(inputs, noisy)
    expect(early.status).toBe('stopped')
    const curve = early.history.map(({ validationLoss }) => validationLoss!)
    expect(early.units).toBe(curve.indexOf(Math.min(...curve)) + 1)
    expect(curve.length).toBe(early.units + 5)
    const late = new BoostedNetwork({ ...options, units: 60, validationFraction: 0 }).fit(inputs, noisy)
    expect([late.units, late.status]).toEqual([60, 'completed'])
  })

  test('is unmoved by the units of features and by duplicate rows of a constant table', () => {
    const shifted = new BoostedNetwork({ loss: 'softmax', units: 60 }).fit(
      X.map(([a, b, c]) => [4 * a, 0.5 * b, 8 * c]),
      y,
    )
    expect(shifted.decision(X.map(([a, b, c]) => [4 * a, 0.5 * b, 8 * c])).data).toEqual(model.decision(X).data)
    const constant = new BoostedNetwork({ units: 10 }).fit(Array(6).fill([1, 2]), [1, 2, 3, 1, 2, 3])
    near(constant.predict([[1, 2]]) as Float64Array, [2], { absolute: 0.5 })
    const same = new BoostedNetwork({ units: 10 }).fit([[1], [2], [3]], [7, 7, 7])
    near(same.predict([[1.5]]) as Float64Array, [7], { absolute: 1e-6 })
    expect(same.score([[1], [2]], [7, 7])).toBeLessThanOrEqual(1)
  })
})

describe('cross-validation', () => {
  test('chooses the better options and a number of units that the folds prefer', () => {
    const poor = { loss: 'softmax', units: 20, learningRate: 1e-4 } as const
    const good = { loss: 'softmax', units: 40, learningRate: 0.3 } as const
    const { best, scores } = crossValidate(X, y, { choices: [poor, good], folds: 3 })
    expect(best.learningRate).toBe(0.3)
    expect(best.units! % 5).toBe(0)
    expect(scores[1].mean).toBeGreaterThan(scores[0].mean)
    expect(scores[1].mean).toBeGreaterThan(0.8)
    expect(new BoostedNetwork(best).fit(X, y).score(X, y)).toBeGreaterThan(0.9)
  })

  test('scores numbers by R^2', () => {
    const line = X.map(([a, b]) => [a / 100 + 100 * b])
    const { scores } = crossValidate(X, line, { choices: [{ units: 30, learningRate: 0.3 }], folds: 4 })
    expect(scores[0].mean).toBeGreaterThan(0.9)
  })
})

describe('last layers on frozen features', () => {
  const inputs = X.map(([a, b]) => [(a - 1000) / 150, 100 * b])
  const classes = y.map((label) => ['inner', 'middle', 'outer'].indexOf(label))
  const deepOf = (activation: 'tanh' | 'relu') => {
    const network = mlp({ sizes: [2, 12, 8, 3], activation, seed: 1, batch: 90 })
    const optimizer = new AdamW(network.parameters, { learningRate: 0.02 })
    train(network, { inputs, targets: classes }, { optimizer, epochs: 10, batchSize: 30, history: false })
    return network
  }

  test.each([
    ['tanh', 'sigmoid', 1],
    ['tanh', 'tanh', 0],
    ['relu', 'relu', 1],
  ] as const)('of %s are boosted with %s and welded into one network', (activation, own, layer) => {
    const deep = deepOf(activation)
    const features = frozenFeatures(deep, inputs, { layer })
    expect(features.shape).toEqual([90, [12, 8][layer]])
    const options = { loss: 'softmax', activation: own, units: 30, learningRate: 0.3 } as const
    const { network, losses } = boostedNetwork({ X: features, y: classes }, options)
    const whole = weld(deep, network, { layer })
    expect(whole.sizes).toEqual([...deep.sizes.slice(0, layer + 2), 30, 3])
    near(whole.predict(inputs), decision(network, features).data, { absolute: 1e-10, relative: 1e-10 })
    near(whole.loss(inputs, classes), losses.at(-1)!, { relative: 1e-9 })
    expect(whole.loss(inputs, classes)).toBeLessThan(deep.loss(inputs, classes))
    const cut = weld(deep, network, { layer, units: 10 })
    near(cut.predict(inputs), decision(network, features, { units: 10 }).data, { absolute: 1e-10, relative: 1e-10 })
    near(toNetwork(network).predict(features), whole.predict(inputs), { absolute: 1e-10, relative: 1e-10 })
  })

  test('that do not fit are refused', () => {
    const deep = deepOf('relu')
    const features = frozenFeatures(deep, inputs)
    const { network } = boostedNetwork({ X: features, y: classes }, { loss: 'softmax', units: 5, innerIterations: 5 })
    expect(() => weld(deep, network)).toThrow(
      `weld: boosted.activation must be 'relu', as the network's, got 'sigmoid'`,
    )
    expect(() => weld(deep, network, { layer: 0 })).toThrow(
      'weld: boosted.W must be of 12 rows, the units of the layer, got 8',
    )
    expect(() => frozenFeatures(deep, inputs, { layer: 2 })).toThrow(
      'frozenFeatures: layer must be an integer between 0 and 1, got 2',
    )
    expect(() => frozenFeatures(mlp({ sizes: [2, 3] }), inputs)).toThrow(
      'frozenFeatures: network must be one with hidden layers',
    )
    const normed = mlp({ sizes: [2, 12, 8, 3], activation: 'tanh', batchNorm: true })
    expect(() => weld(normed, network)).toThrow('weld: network must be with biases and without batch normalization')
  })
})
