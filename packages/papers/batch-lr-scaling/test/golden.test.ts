import { lanczos, ritzValues, symmetric, symmetricEigen } from '@opt/curvature'
import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import * as api from '../src/index.ts'

// All from numpy and torch in float64: the formulas and brute force, torch.autograd for the networks.
const read = (name: string) => golden(import.meta.url, `${name}.json`)
const theory = read('theory')
const count = (n: number | null) => n ?? Infinity

describe('theory', () => {
  test('spikes', () => {
    for (const { lambda_: lambda, width, location, detached } of theory.spike) {
      const found = api.spike({ lambda, width })
      near(found.location, location, { relative: 1e-9 })
      expect(found.detached).toBe(detached)
    }
  })

  test.each([
    ['additive', api.additive],
    ['multiplicative', api.multiplicative],
  ] as const)('%s', (kind, predict) => {
    for (const { lambda_: lambda, location, detached, omega, edge, traceForm, ...given } of theory[kind]) {
      const found = predict({ ...given, lambda, batch: count(given.batch) } as never)
      near(found.omega, omega, { relative: 1e-8 })
      near([found.location, found.edge], [location, edge], { relative: 1e-9 })
      expect(found.detached).toBe(detached)
      if ('traceForm' in found) near(found.traceForm as number, traceForm, { relative: 1e-9 })
    }
  })

  test('effective batches', () => {
    for (const { batch, count: N, value } of theory.effectiveBatch)
      near(api.effectiveBatch(batch, count(N)), count(value), { relative: 1e-9 })
  })

  test('maximal rates and damping', () => {
    const close = { relative: 1e-9 }
    for (const one of theory.maximalRates) {
      const { lambda_: lambda, trace, momentum, batch, count: N } = one
      const given = { lambda, trace, momentum, batch, count: N }
      near(api.maximalRate({ ...given, method: 'gd' }), one.gd, close)
      near(api.maximalRate({ ...given, method: 'heavy-ball' }), one.heavyBall, close)
      near(api.maximalRate({ ...given, method: 'nesterov' }), one.nesterov, close)
      near(api.maximalRate({ ...given, method: 'adam' }), one.adamPreconditioned, close)
      near(api.maximalRate(given), one.stochastic, close)
      near(api.maximalRate({ ...given, momentum: 0 }), one.sgd, close)
      near(api.maximalRate({ ...given, count: Infinity }), one.infinite, close)
      near(api.meanSquareRate({ lambda, variance: one.noise, momentum }), one.meanSquare, close)
      near(api.minimalDamping({ ...given, rate: one.damping.rate }), one.damping.value, close)
    }
  })

  test('Polyak, and the two classical rules', () => {
    for (const { highest, lowest, rate, momentum, plainRate } of theory.polyak) {
      const found = api.polyak(highest, lowest)
      near([found.rate, found.momentum, found.plainRate], [rate, momentum, plainRate], {
        relative: 1e-9,
        absolute: 1e-12,
      })
    }
    for (const { rate, from_: from, to, linear, sqrt } of theory.scaling) {
      const found = api.scaleRate(rate, { from, to })
      near([found.linear, found.sqrt, found.rate], [linear, sqrt, sqrt], { relative: 1e-12 })
    }
  })
})

describe.each([0, 1])('noise of blocks, case %i', (i) => {
  const { blocks, probe, batches, ...exact } = read('noise')[i]
  const N = blocks.length
  const P = probe.length
  const mean = (indices: ArrayLike<number>) =>
    Array.from({ length: P }, (_, a) =>
      Array.from(
        { length: P },
        (_, b) => Array.from(indices).reduce((sum, j) => sum + blocks[j][a][b], 0) / indices.length,
      ),
    )
  const products: api.BatchProduct = (indices, v) =>
    mean(indices).map((row) => row.reduce((sum, h, j) => sum + h * v[j], 0))
  const identity = Array.from({ length: P }, (_, a) => Array.from({ length: P }, (_, b) => Number(a === b)))
  const close = { absolute: 1e-12, relative: 1e-12 }

  test('batchNoise is exact with blocks of one and all directions', () => {
    const noise = api.batchNoise(products, { count: N, size: P, block: 1, probes: identity })
    near(noise.lambda, exact.lambdaMax, close)
    near(noise.lowest, exact.lambdaMin, close)
    near(noise.isotropic * P, exact.frobeniusNoise, close)
    near(noise.isotropic, exact.isotropic, close)
    near(noise.aligned, exact.alignedMax, close)
    near(noise.alignedLowest, exact.alignedMin, close)
    const all = mean(Array.from({ length: N }, (_, j) => j))
    near(
      noise.trace,
      all.reduce((sum, row, j) => sum + row[j], 0),
      close,
    )
    const alongProbe = api.batchNoise(products, { count: N, size: P, block: 1, probes: [probe] })
    near(alongProbe.isotropic, exact.probeNoise, close)
    const top = symmetricEigen(all).vectors!.pick(null, P - 1)
    near(
      api.batchNoise(products, { count: N, size: P, block: 1, probes: [top] }).isotropic,
      exact.alignedTotalMax,
      close,
    )
    for (const { batch, factor, isotropic, aligned, meanFrobenius, meanProbe } of batches) {
      near(1 / api.effectiveBatch(batch, N), factor, close)
      near(api.batchSharpness(noise, batch).highest, aligned, close)
      near(api.batchSharpness(noise, batch, { model: 'isotropic' }).highest, isotropic, close)
      near((noise.isotropic * P) / api.effectiveBatch(batch, N), meanFrobenius, close)
      near(alongProbe.isotropic / api.effectiveBatch(batch, N), meanProbe, close)
    }
  })

  test('larger blocks estimate the same', () => {
    const far = (block: number) => {
      let sum = 0
      for (let seed = 0; seed < 80; seed++)
        sum += api.batchNoise(products, { count: N, size: P, block, probes: identity, seed }).isotropic
      return Math.abs(sum / 80 / exact.isotropic - 1)
    }
    expect(far(2)).toBeLessThan(0.2)
    expect(far(3)).toBeLessThan(0.2)
  })

  test('measuredSharpness agrees with all subsets', () => {
    const sizes = batches.map(({ batch }: { batch: number }) => batch)
    const found = api.measuredSharpness(products, { count: N, size: P, batches: sizes, repeats: 200, history: false })
    found.sizes.forEach(({ highest, lowest, standardError }, k) => {
      expect(Math.abs(highest - batches[k].meanTop)).toBeLessThan(4 * standardError + 1e-9)
      expect(Math.abs(lowest - batches[k].meanBottom)).toBeLessThan(0.2)
    })
    for (let k = 1; k < batches.length; k++) {
      expect(batches[k].meanTop).toBeLessThanOrEqual(batches[k - 1].meanTop + 1e-12)
      expect(batches[k].meanBottom).toBeGreaterThanOrEqual(batches[k - 1].meanBottom - 1e-12)
    }
  })
})

function networkOf({ sizes, activation, parameters, start }: never) {
  const network = mlp({ sizes, activation })
  network.parameters.set(parameters ?? start)
  return network
}

test.each([0, 1])('curvature of batches of a network, case %i', (i) => {
  const one = read('network')[i]
  const network = networkOf(one as never)
  const P = network.parameters.length
  for (const { indices, start, steps, hessian, gaussNewton } of one.batches)
    for (const [method, expected] of [
      ['hvp', hessian],
      ['gnvp', gaussNewton],
    ] as const) {
      const x = indices.map((j: number) => one.inputs[j])
      const y = Int32Array.from(indices, (j: number) => one.labels[j])
      const operator = symmetric(P, (v, out) => void network[method](x, y, v, out))
      const close = { absolute: 1e-9, relative: 1e-9 }
      const columns: number[][] = Array.from({ length: P }, (_, j) => {
        const e = new Float64Array(P)
        e[j] = 1
        return Array.from(network[method](x, y, e))
      })
      near(
        columns.reduce((sum, column, j) => sum + column[j], 0),
        expected.trace,
        close,
      )
      near(Math.sqrt(columns.reduce((sum, c) => sum + c.reduce((s, v) => s + v * v, 0), 0)), expected.frobenius, close)
      const { values } = symmetricEigen(columns)
      near([values[P - 1], values[0]], [expected.max, expected.min], close)
      const ritz = ritzValues(lanczos(operator, { steps, start }))
      near(ritz.values, expected.ritz, close)
      near(ritz.weights, expected.weights, close)
    }
})

test.each([0, 1])('a whole run of the learner with heavy ball, case %i', (i) => {
  const { batch, sample, steps, probes, safety, momentum, keep, epochs, ...one } = read('learner')[i]
  const network = networkOf(one as never)
  const targets = Int32Array.from(one.labels)
  const products = { network, inputs: one.inputs, targets }
  const learner = new api.RateLearner({ products, batch, sample, steps, probes, safety, momentum, keep })
  const data = network.examples(one.inputs, targets)
  const close = { absolute: 1e-10, relative: 1e-10 }
  const velocity = new Float64Array(network.parameters.length)
  for (const epoch of epochs) {
    const found = learner.measure(epoch.measurements)
    near([found.lambda, found.trace, found.rate], [epoch.lambda_, epoch.trace, epoch.rate], close)
    epoch.batchLosses.forEach((expected: number, b: number) => {
      near(network.lossAndGradientAt(data, epoch.order.slice(b * batch, (b + 1) * batch)), expected, close)
      for (let j = 0; j < velocity.length; j++) {
        velocity[j] = found.momentum * velocity[j] + network.gradients[j]
        network.parameters[j] -= found.rate * velocity[j]
      }
    })
    near(network.parameters, epoch.parameters, close)
    near(network.loss(one.inputs, targets), epoch.loss, close)
  }
})

test.each([0, 1])('Lanczos step, case %i', (i) => {
  const { matrix, gradient, start, steps, rate, damping, step } = read('step')[i]
  const product = (v: Float64Array) => matrix.map((row: number[]) => row.reduce((sum, a, j) => sum + a * v[j], 0))
  near(api.lanczosStep(product, gradient, { start, steps, rate, damping }), step, { absolute: 1e-10, relative: 1e-10 })
})
