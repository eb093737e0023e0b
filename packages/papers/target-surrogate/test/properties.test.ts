import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import {
  armijoEta,
  armijoSteps,
  crossEntropy,
  exactSolve,
  fixedEta,
  gradientSteps,
  type KnownLoss,
  linear,
  linearSmoothness,
  logistic,
  type Model,
  networkModel,
  type Rows,
  smallestArmijoStep,
  squared,
  surrogateValue,
  TargetSurrogate,
} from '../src/index.ts'

const LOSSES: [string, () => KnownLoss][] = [
  ['squared', squared],
  ['logistic', logistic],
  ['crossEntropy', crossEntropy],
]

interface Problem {
  X: number[][]
  y: number[]
  z: number[]
  theta: Float64Array
  loss: KnownLoss
  n: number
  d: number
  C: number
  model(): Model<Rows>
  seed: number
}

const problems = fc
  .record({
    n: fc.integer({ min: 1, max: 9 }),
    d: fc.integer({ min: 1, max: 5 }),
    C: fc.integer({ min: 1, max: 3 }),
    kind: fc.integer({ min: 0, max: 2 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    scale: fc.constantFrom(0.1, 1, 5),
  })
  .map(({ n, d, C, kind, seed, scale }): Problem => {
    const rng = random(seed)
    const rows = (m: number, k: number, by: number) =>
      Array.from({ length: m }, () => Array.from({ length: k }, () => by * rng.normal()))
    const [name, make] = LOSSES[kind]
    const y =
      name === 'crossEntropy'
        ? Array.from({ length: n }, () => rng.integer(0, C))
        : Array.from({ length: n * C }, () => (name === 'squared' ? rng.normal() : rng.integer(0, 2)))
    const theta = Float64Array.from({ length: d * C }, () => rng.normal())
    const X = rows(n, d, scale)
    return {
      X,
      y,
      z: rows(n, C, 2 * scale).flat(),
      theta,
      loss: make(),
      n,
      d,
      C,
      seed,
      model: () => linear({ inputs: d, outputs: C }),
    }
  })

const options = { numRuns: 300, seed: 22 }

test('gradients of losses are finite differences, and no steeper than the smoothness says', () => {
  fc.assert(
    fc.property(problems, ({ loss, z, y, n, seed }) => {
      const g = loss.gradient(z, y)
      const slope = (k: number) => centralDifference((z) => loss.value(z, y, n), z, k)
      g.forEach((entry, k) => near(n * slope(k), entry, { relative: 1e-6, absolute: 1e-7 }))
      const rng = random(seed + 1)
      const other = z.map((value) => value + 3 * rng.normal())
      const G = surrogateValue({ outputs: z, gradient: g, eta: 1 / loss.smoothness }, other, n)
      expect(loss.value(other, y, n)).toBeLessThanOrEqual(loss.value(z, y, n) + G + 1e-12 * (1 + Math.abs(G)))
    }),
    options,
  )
})

test('the loss never rises with eta <= 1/L, whatever the inner solver and the number of steps', () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: 1, max: 12 }), fc.constantFrom(0.3, 1), (problem, steps, share) => {
      const { X, y, theta, loss, d, n } = problem
      const eta = share / loss.smoothness
      const beta = linearSmoothness(X, { eta, features: d })
      for (const inner of [armijoSteps(), exactSolve(), gradientSteps({ stepSize: 1 / Math.max(beta, 1e-9) })]) {
        const own = theta.slice()
        const surrogate = new TargetSurrogate(problem.model(), own, { loss, rule: fixedEta({ eta }), inner, steps })
        let bound = Infinity
        for (let t = 0; t < 4; t++) {
          const report = surrogate.step({ inputs: X, labels: y })
          expect(report.loss).toBeLessThanOrEqual(bound)
          report.values.forEach((value, k) =>
            expect(value).toBeLessThanOrEqual((report.values[k - 1] ?? 0) + 1e-10 * (1 + report.loss!)),
          )
          bound = report.loss! + report.surrogate + 1e-10 * (1 + report.loss!)
        }
        const z = Float64Array.from(problem.model().forward(own, X))
        expect(loss.value(z, y, n)).toBeLessThanOrEqual(bound)
      }
    }),
    options,
  )
})

test('exact surrogates are projected gradient descent in target space: no parameters do better', () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { X, y, theta, loss, n, seed } = problem
      const model = problem.model()
      const z = Float64Array.from(model.forward(theta, X))
      const given = { outputs: z, gradient: loss.gradient(z, y), eta: 1 / loss.smoothness }
      const own = theta.slice()
      const { surrogate } = new TargetSurrogate(model, own, { loss, inner: exactSolve() }).step({
        inputs: X,
        labels: y,
      })
      const value = (parameters: Float64Array) =>
        surrogateValue(given, Float64Array.from(model.forward(parameters, X)), n)
      near(value(own), surrogate, { relative: 1e-9, absolute: 1e-10 })
      const rng = random(seed + 2)
      for (let k = 0; k < 5; k++) {
        const other = own.map((v) => v + 0.1 * rng.normal())
        expect(value(own)).toBeLessThanOrEqual(value(other) + 1e-9 * (1 + Math.abs(surrogate)))
      }
    }),
    options,
  )
})

test('searches accept no step below their bound', () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { X, y, theta, loss, d } = problem
      const surrogate = new TargetSurrogate(problem.model(), theta.slice(), { loss, rule: armijoEta(), steps: 1 })
      const least = smallestArmijoStep({ smoothness: loss.smoothness, initial: 1 / loss.smoothness })
      for (let t = 0; t < 3; t++) {
        const { eta, stepSize, innerSteps } = surrogate.step({ inputs: X, labels: y })
        expect(eta).toBeGreaterThanOrEqual(least * (1 - 1e-9))
        const beta = linearSmoothness(X, { eta: eta!, features: d })
        if (innerSteps === 1)
          expect(stepSize).toBeGreaterThanOrEqual(
            smallestArmijoStep({ smoothness: Math.max(beta, 1e-9), initial: 10 }) * (1 - 1e-9),
          )
      }
    }),
    options,
  )
})

test('the gradient of a surrogate of a network is a finite difference', () => {
  fc.assert(
    fc.property(problems, fc.constantFrom('tanh', 'softplus'), (problem, activation) => {
      const { X, y, loss, d, C, n, seed } = problem
      const network = mlp({ sizes: [d, 3, C], activation: activation as 'tanh', loss: 'squared', batch: 16, seed })
      const model = networkModel(network)
      const theta = Float64Array.from(network.parameters)
      const alpha = 1e-3
      const z = Float64Array.from(model.forward(theta, X))
      const given = { outputs: z, gradient: loss.gradient(z, y), eta: 1 / loss.smoothness }
      const G = (at: Float64Array) => surrogateValue(given, Float64Array.from(model.forward(at, X)), n)
      const own = theta.slice()
      new TargetSurrogate(model, own, { loss, steps: 2, inner: gradientSteps({ stepSize: alpha }) }).step({
        inputs: X,
        labels: y,
      })
      // Two steps from theta: the second gradient is that of G, away from z.
      const first = theta.slice()
      new TargetSurrogate(model, first, { loss, steps: 1, inner: gradientSteps({ stepSize: alpha }) }).step({
        inputs: X,
        labels: y,
      })
      const j = seed % theta.length
      const moved = (h: number) => first.map((value, k) => (k === j ? value + h : value))
      near((first[j] - own[j]) / alpha, (G(moved(1e-5)) - G(moved(-1e-5))) / 2e-5, { relative: 1e-5, absolute: 1e-6 })
    }),
    { numRuns: 200, seed: 22 },
  )
})
