import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { near, vectorBytes } from '@opt/testing'
import {
  adagradEta,
  adagradNormEta,
  adamEta,
  armijoEta,
  armijoSteps,
  crossEntropy,
  exactSolve,
  fixedEta,
  gradientSteps,
  type Loss,
  linear,
  logistic,
  networkModel,
  newtonEta,
  optimizerSteps,
  pseudoTargets,
  squared,
  surrogateValue,
  TargetSurrogate,
} from '../src/index.ts'
import { points, tanhModel } from './problem.ts'

const { inputs, labels } = points(12, 3, 2)

test('one inner step of size alpha is gradient descent with step size alpha, to the bit', () => {
  const model = linear({ inputs: 3 })
  const theta = Float64Array.of(0.3, -0.2, 0.1)
  const own = theta.slice()
  const surrogate = new TargetSurrogate(model, theta, {
    loss: logistic(),
    steps: 1,
    inner: gradientSteps({ stepSize: 0.7 }),
  })
  for (let t = 0; t < 5; t++) {
    surrogate.step({ inputs, labels })
    const z = Float64Array.from(model.forward(own, inputs))
    const g = logistic()
      .gradient(z, labels)
      .map((value) => value / 12)
    const q = model.vjp(own, inputs, g, new Float64Array(3))
    for (let j = 0; j < 3; j++) own[j] -= 0.7 * q[j]
    expect(theta).toEqual(own)
  }
})

test.each([
  ['armijo', armijoSteps()],
  ['gradient', gradientSteps({ stepSize: 0.01 })],
] as const)('inner steps allocate no vector: %s', (_, inner) => {
  const steps = 200
  const options = { loss: logistic(), steps, inner, rule: fixedEta({ eta: 4 }) }
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), new Float64Array(3), options)
  surrogate.step({ inputs, labels })
  // Each inner step leaves a value of the surrogate in the answer; the parameters alone would be three.
  expect(vectorBytes(() => surrogate.step({ inputs, labels }))).toBeLessThan(steps * 8 * 3)
})

test('one inner step of an optimizer is that optimizer on the loss', () => {
  const [theta, own] = [Float64Array.of(0.3, -0.2, 0.1), Float64Array.of(0.3, -0.2, 0.1)]
  const make = (parameters: Float64Array) => new Adam(parameters, { learningRate: 0.1 })
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), theta, {
    loss: squared(),
    steps: 1,
    inner: optimizerSteps(make),
  })
  const adam = make(own)
  const model = linear({ inputs: 3 })
  for (let t = 0; t < 4; t++) {
    surrogate.step({ inputs, labels })
    const g = squared().gradient(Float64Array.from(model.forward(own, inputs)), labels)
    adam.step(
      Float64Array.from(
        model.vjp(
          own,
          inputs,
          g.map((value) => value / 12),
          new Float64Array(3),
        ),
      ),
    )
    expect(theta).toEqual(own)
  }
})

test('the squared loss with eta = 1: loss + surrogate is the loss at the new parameters', () => {
  const theta = new Float64Array(3)
  const model = linear({ inputs: 3 })
  const { loss, surrogate } = new TargetSurrogate(model, theta, { loss: squared() }).step({ inputs, labels })
  near(squared().value(Float64Array.from(model.forward(theta, inputs)), labels, 12), loss! + surrogate, {
    relative: 1e-12,
  })
})

test('stepFrom with gradients of any kind comes to the bits of step', async () => {
  const start = Float64Array.of(0.3, -0.2, 0.1)
  const theta = start.slice()
  const options = { rule: armijoEta(), steps: 4 }
  const expected = new TargetSurrogate(linear({ inputs: 3 }), theta, { loss: logistic(), ...options }).step({
    inputs,
    labels,
  })
  const value = (z: Float64Array) => logistic().value(z, labels, 12)
  const known = logistic().gradient(linear({ inputs: 3 }).forward(start, inputs) as Float64Array, labels)
  const gradients = [
    known,
    Promise.resolve(Array.from(known, (g) => [g])),
    (z: Float64Array) => logistic().gradient(z, labels),
    async (z: Float64Array) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return logistic().gradient(z, labels)
    },
  ]
  for (const gradient of gradients) {
    const own = start.slice()
    // Without a loss, eta starts at 1.
    const surrogate = new TargetSurrogate(linear({ inputs: 3 }), own, { ...options, rule: armijoEta({ eta: 4 }) })
    const report = await surrogate.stepFrom({ inputs, gradient, value: async (z) => value(z) })
    expect(own).toEqual(theta)
    expect(report).toEqual(expected)
    expect(surrogate.gradients).toBe(1)
  }
  const own = start.slice()
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), own, { steps: 4, rule: armijoEta({ eta: 4 }) })
  const outputs = surrogate.outputs(inputs)
  await surrogate.stepFrom({ inputs, outputs, gradient: known, value })
  expect(own).toEqual(theta)
})

test('while stepFrom waits everything else is refused, and a rejection changes nothing', async () => {
  const theta = Float64Array.of(0.3, -0.2, 0.1)
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), theta, { loss: logistic(), rule: adagradNormEta() })
  const before = surrogate.state()
  let fail: (error: Error) => void = () => {}
  const waiting = surrogate.stepFrom({ inputs, gradient: new Promise<number[]>((_, reject) => (fail = reject)) })
  expect(() => surrogate.step({ inputs, labels })).toThrow('TargetSurrogate.step: it must be left alone')
  await expect(surrogate.stepFrom({ inputs, gradient: labels })).rejects.toThrow('left alone')
  fail(new Error('the simulator is down'))
  await expect(waiting).rejects.toThrow('the simulator is down')
  expect(surrogate.state()).toEqual(before)
  surrogate.step({ inputs, labels })
})

test('a model of two functions, with arrays of its own', () => {
  const theta = Float64Array.of(0.1, 0.1, 0.1)
  const wanted = labels.map((label) => 2 * label - 1)
  const surrogate = new TargetSurrogate<number[][], number[]>(tanhModel(), theta, {
    loss: squared() as Loss<number[]>,
    steps: 20,
  })
  const losses = Array.from({ length: 10 }, () => surrogate.step({ inputs, labels: wanted }).loss!)
  losses.slice(1).forEach((loss, t) => expect(loss).toBeLessThanOrEqual(losses[t]))
  expect(losses[9]).toBeLessThan(0.9 * losses[0])
})

test('a network is trained in place', () => {
  const network = mlp({ sizes: [3, 4, 2], activation: 'tanh', batch: 12, seed: 1 })
  const surrogate = new TargetSurrogate(networkModel(network), network.parameters as Float64Array, {
    loss: crossEntropy(),
  })
  const before = network.loss(inputs, labels)
  for (let t = 0; t < 10; t++)
    near(surrogate.step({ inputs, labels }).loss!, t ? network.loss(inputs, labels) : before, { absolute: 1 })
  expect(network.loss(inputs, labels)).toBeLessThan(0.5 * before)
  near(surrogate.outputs(inputs), network.predict(inputs), { absolute: 0 })
})

test('Newton’s curvature, on the logistic loss', () => {
  const theta = new Float64Array(3)
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), theta, {
    loss: logistic(),
    rule: newtonEta(),
    inner: exactSolve(),
  })
  for (let t = 0; t < 12; t++) surrogate.step({ inputs, labels })
  const model = linear({ inputs: 3 })
  const q = new Float64Array(3)
  const g = logistic().gradient(Float64Array.from(model.forward(theta, inputs)), labels)
  model.vjp(theta, inputs, g, q)
  near(q, [0, 0, 0], { absolute: 1e-5 })
})

test('a batch without gradient moves nothing, under every rule', () => {
  for (const rule of [fixedEta(), armijoEta(), adagradNormEta(), adagradEta(), adamEta(), newtonEta()])
    for (const inner of [armijoSteps(), gradientSteps({ stepSize: 0.1 }), exactSolve()]) {
      const theta = Float64Array.of(0.3, -0.2, 0.1)
      const zero: Loss<null> = { smoothness: 1, value: () => 1, gradient: (z) => new Float64Array(z.length) }
      const surrogate = new TargetSurrogate(linear({ inputs: 3 }), theta, { loss: zero, rule, inner, examples: 12 })
      const report = surrogate.step({ inputs, labels: null, indices: inputs.map((_, i) => i) })
      expect(theta).toEqual(Float64Array.of(0.3, -0.2, 0.1))
      expect(report.surrogate).toBe(0)
    }
})

test('only the accepted trials of Armijo’s search are differentiated', () => {
  const { forwards, vjps, innerSteps } = new TargetSurrogate(linear({ inputs: 3 }), new Float64Array(3), {
    loss: logistic(),
    steps: 5,
  }).step({ inputs, labels })
  expect(innerSteps).toBe(5)
  expect(vjps).toBe(5)
  expect(forwards).toBeGreaterThan(5)
})

test.each(['fixed', 'armijo', 'adagradNorm', 'adagrad', 'adam'] as const)(
  'saved and restored through JSON, %s goes on to the same bits',
  (name) => {
    const rules = {
      fixed: fixedEta,
      armijo: armijoEta,
      adagradNorm: adagradNormEta,
      adagrad: adagradEta,
      adam: adamEta,
    }
    const make = () =>
      new TargetSurrogate(linear({ inputs: 3 }), Float64Array.of(0.3, -0.2, 0.1), {
        loss: logistic(),
        rule: rules[name](),
        inner: optimizerSteps((theta) => new Adam(theta, { learningRate: 1e-3 })),
        schedule: 'sqrt',
        examples: 12,
      })
    const batch = (t: number) => {
      const indices = Array.from({ length: 5 }, (_, i) => (3 * t + i) % 12)
      return { inputs: indices.map((i) => inputs[i]), labels: indices.map((i) => labels[i]), indices }
    }
    const [whole, other] = [make(), make()]
    for (let t = 0; t < 3; t++) whole.step(batch(t))
    other.load(JSON.parse(JSON.stringify(whole.state())))
    for (let t = 3; t < 6; t++) expect(other.step(batch(t))).toEqual(whole.step(batch(t)))
    expect(other.parameters).toEqual(whole.parameters)
    expect(other.state()).toEqual(whole.state())
  },
)

test('a surrogate that overflows is refused at the old parameters', () => {
  const theta = Float64Array.of(0.3, -0.2, 0.1)
  const surrogate = new TargetSurrogate(linear({ inputs: 3 }), theta, {
    loss: squared(),
    steps: 100,
    inner: gradientSteps({ stepSize: 1e10 }),
  })
  expect(() => surrogate.step({ inputs, labels })).toThrow('TargetSurrogate.step: the surrogate must be finite')
  expect(theta).toEqual(Float64Array.of(0.3, -0.2, 0.1))
})

test('pseudo-targets and values of surrogates from bare numbers', () => {
  const given = {
    outputs: [
      [1, 2],
      [3, 4],
    ],
    gradient: [
      [0.5, -1],
      [2, 0],
    ],
    eta: 2,
  }
  expect(Array.from(pseudoTargets(given))).toEqual([0, 4, -1, 4])
  expect(surrogateValue(given, given.outputs, 2)).toBe(0)
  // At z - eta g it is -eta |g|^2 / 2, in the mean.
  expect(surrogateValue(given, pseudoTargets(given), 2)).toBe(-(2 * (0.25 + 1 + 4)) / 2 / 2)
})
