// The conversion of online learners: its guarantee for any learner, and what it becomes for plain gradient descent.
import { norm, type Random, random } from '@opt/core'
import { ball, ogd, seaConvex } from '@opt/sea-omd'
import { near } from '@opt/testing'
import fc from 'fast-check'
import { constantWeights, LastIterate, linearDecay, type OnlineLearner, stepsFromWeights } from '../src/index.ts'

/** max_i (A_i x + c_i), with the first active row as subgradient. */
function affine(rng: Random, pieces: number, dimension: number) {
  const A = Array.from({ length: pieces }, () => Float64Array.from({ length: dimension }, () => rng.normal()))
  const c = Array.from({ length: pieces }, () => rng.normal())
  return (x: ArrayLike<number>) => {
    const values = A.map((row, i) => row.reduce((sum, v, j) => sum + v * x[j], c[i]))
    const value = Math.max(...values)
    return { value, gradient: A[values.indexOf(value)] }
  }
}

/** z moves against the gradients. */
function descent(x1: number[]): OnlineLearner {
  const z = x1.slice()
  return {
    predict: () => z.slice(),
    update: (g) => {
      for (let i = 0; i < z.length; i++) z[i] -= g[i]
    },
  }
}

/** z moves anywhere. */
function drunk(rng: Random, dimension: number): OnlineLearner {
  const z = Float64Array.from({ length: dimension }, () => rng.normal())
  return {
    predict: () => z,
    update: () => {
      for (let i = 0; i < z.length; i++) z[i] += rng.normal()
    },
  }
}

test('for every learner, weights and convex function the last iterate is within the certificate', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, wild) => {
      const rng = random(seed)
      const dimension = rng.integer(1, 5)
      const f = affine(rng, rng.integer(1, 6), dimension)
      const weights = Float64Array.from({ length: rng.integer(1, 20) }, () => 0.01 + rng.uniform())
      const x1 = Array.from({ length: dimension }, () => rng.normal())
      const method = new LastIterate(wild ? drunk(rng, dimension) : descent(x1), weights)
      const first = method.x.slice()
      let last = 0
      for (let t = 0; t < weights.length; t++) {
        const { value, gradient } = f(method.x)
        last = value
        method.update(gradient)
      }
      expect(f(method.x).value).toBe(last)
      const u = first.map((v) => v + 2 * rng.normal())
      const certificate = method.certificate(norm(first.map((v, i) => v - u[i])))
      expect(last - f(u).value).toBeLessThanOrEqual(certificate + 1e-9 * (1 + Math.abs(certificate)))
    }),
    { numRuns: 1000, seed: 1 },
  )
})

test('with gradient descent it is SGD with the steps of the weights; equal weights are linear decay', () => {
  const rng = random(2)
  const f = affine(rng, 5, 3)
  for (const weights of [
    Float64Array.from({ length: 40 }, () => 0.01 + rng.uniform()),
    new Float64Array(40).fill(0.1),
  ]) {
    const method = new LastIterate(descent([1, 2, 3]), weights)
    const steps = stepsFromWeights(weights)
    const x = [1, 2, 3]
    for (let t = 0; t < 40; t++) {
      near(method.x, x, { absolute: 1e-12 })
      const { gradient } = f(x)
      method.update(gradient)
      for (let i = 0; i < 3; i++) x[i] -= steps[t] * gradient[i]
    }
  }
  near(
    stepsFromWeights(new Float64Array(40).fill(0.1)),
    linearDecay(40).map((v) => v / 10),
    { relative: 1e-14 },
  )
})

test('learners of @opt/sea-omd: their last iterate is as good as their regret says', () => {
  const rng = random(5)
  const domain = ball({ dimension: 2 })
  for (const make of [(G: number) => ogd({ domain, G }), (G: number) => seaConvex({ domain, G, L: 1 })]) {
    const f = affine(rng, 6, 2)
    const { weights } = constantWeights({ norms: new Float64Array(500).fill(3), distance: 1 })
    const method = new LastIterate(make(10 * weights[0]), weights)
    let last = 0
    for (let t = 0; t < 500; t++) {
      const { value, gradient } = f(method.x)
      last = value
      method.update(gradient)
    }
    let least = Infinity
    for (let r = 0; r <= 40; r++)
      for (let k = 0; k < 60; k++) {
        const [radius, angle] = [r / 40, (2 * Math.PI * k) / 60]
        least = Math.min(least, f([radius * Math.cos(angle), radius * Math.sin(angle)]).value)
      }
    expect(last - least).toBeLessThanOrEqual(method.certificate(1))
    expect(last - least).toBeLessThan(0.3)
  }
})

test('a run that was saved and loaded goes on to the same bits', () => {
  const weights = new Float64Array(30).fill(0.1)
  const f = affine(random(3), 5, 2)
  const domain = ball({ dimension: 2 })
  const [whole, first, second] = [0, 1, 2].map(() => {
    const learner = ogd({ domain, G: 1 })
    return { learner, method: new LastIterate(learner, weights) }
  })
  for (let t = 0; t < 30; t++) whole.method.update(f(whole.method.x).gradient)
  for (let t = 0; t < 12; t++) first.method.update(f(first.method.x).gradient)
  const saved = JSON.parse(JSON.stringify([first.learner.state(), first.method.state()]))
  second.learner.load(saved[0])
  second.method.load(saved[1])
  for (let t = 12; t < 30; t++) second.method.update(f(second.method.x).gradient)
  expect(second.method.state()).toEqual(whole.method.state())
  expect(second.method.certificate(1)).toBe(whole.method.certificate(1))
})

test('refuses wrong use by name, and changes nothing', () => {
  const method = new LastIterate(descent([1, 2]), [1, 1])
  expect(() => method.update([1])).toThrow('LastIterate.update: gradient must be of length 2, got length 1')
  expect(() => method.update([1, Number.NaN])).toThrow('LastIterate.update: gradient[1] must be a finite number')
  expect(method.certificate(1)).toBe(Infinity)
  expect([...method.x]).toEqual([1, 2])
  method.update([1, 1])
  method.update([1, 1])
  expect(() => method.update([1, 1])).toThrow(
    'LastIterate.update: step must be one of the 2 that have a weight, got step 3',
  )
  expect(() => method.certificate(-1)).toThrow('LastIterate.certificate: distance must be a nonnegative number')
  expect(() => new LastIterate(descent([1]), [1, 0])).toThrow('LastIterate: weights[1] must be positive, got 0')
  expect(() => new LastIterate({} as never, [1])).toThrow('LastIterate: learner must be an object with predict()')
  expect(() => method.load({ ...method.state(), step: 3 })).toThrow('LastIterate.load: state.step must be')
  expect(() => method.load({ ...method.state(), arrays: [] })).toThrow('LastIterate.load: state.arrays must be')
})
