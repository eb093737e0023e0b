import { dot, type Random, random } from '@opt/core'
import { digest, near, vectorBytes } from '@opt/testing'
import fc from 'fast-check'
import { curvatureOperator, type DenseNetwork, elementwise, type Loss, mlp, type Real } from '../src/index.ts'
import { combinations, problem, slope, within } from './shared.ts'

const MATRICES = ['hessian', 'gauss-newton'] as const
const product = (network: DenseNetwork, matrix: (typeof MATRICES)[number]) =>
  matrix === 'hessian' ? network.hvp.bind(network) : network.gnvp.bind(network)

const apply = (operator: { rows: number; apply(v: Real, out: Real): void }, v: Real) => {
  const out = new Float64Array(operator.rows)
  operator.apply(v, out)
  return out
}

/** A ReLU network and inputs of which many are 0, as in pictures. */
function pictures({ count = 600, sizes = [20, 17, 6], dtype = 'float64', seed = 1 } = {}) {
  const rng = random(seed)
  const network = mlp({ sizes, dtype: dtype as 'float64', seed: rng, batch: 97 })
  for (const { bias } of network.layers()) bias?.set(Array.from(bias, () => rng.normal(0, 0.3)))
  return { network, rng, ...drawn(rng, count, sizes) }
}

function drawn(rng: Random, count: number, sizes: number[], zeros = 0.6) {
  const inputs = Float64Array.from({ length: count * sizes[0] }, () => (rng.uniform() < zeros ? 0 : rng.normal()))
  const targets = Int32Array.from({ length: count }, () => rng.integer(0, sizes[sizes.length - 1]))
  return { inputs, targets }
}

const normals = (rng: Random, n: number) => Float64Array.from({ length: n }, () => rng.normal())

test.each(combinations)('products are those of hvp and gnvp: %j', (options) => {
  const { network, inputs, targets, n, direction } = problem(options)
  const v = direction()
  const weights = direction().slice(0, n)
  for (const training of [true, false])
    for (const matrix of MATRICES) {
      network.training = training
      const operator = curvatureOperator(network, inputs, targets, { matrix, weights })
      near(apply(operator, v), product(network, matrix)(inputs, targets, v, { weights }), within(1e-11))
    }
})

test('products of a thousand networks are those of hvp and gnvp, and of differences of the gradient', () => {
  fc.assert(
    fc.property(
      fc.record({
        sizes: fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 2, maxLength: 4 }),
        activation: fc.constantFrom('relu', 'relu', 'relu', 'leaky-relu', 'tanh', 'gelu'),
        loss: fc.constantFrom('squared', 'logistic', 'cross-entropy'),
        dtype: fc.constantFrom('float64', 'float32'),
        count: fc.integer({ min: 1, max: 12 }),
        batch: fc.integer({ min: 1, max: 12 }),
        zeros: fc.constantFrom(0, 0.5, 0.9, 1),
        matrix: fc.constantFrom(...MATRICES),
        bias: fc.boolean(),
        seed: fc.nat(),
      }),
      ({ count, zeros, matrix, seed, ...options }) => {
        const rng = random(seed)
        if (options.loss === 'cross-entropy') options.sizes[options.sizes.length - 1] += 1
        const network = mlp({ ...options, seed: rng } as never)
        const { inputs } = drawn(rng, count, options.sizes, zeros)
        const k = options.sizes[options.sizes.length - 1]
        const targets =
          options.loss === 'cross-entropy'
            ? Int32Array.from({ length: count }, () => rng.integer(0, k))
            : Float64Array.from({ length: count * k }, () => rng.uniform())
        const v = normals(rng, network.parameters.length)
        const operator = curvatureOperator(network, inputs, targets, { matrix })
        const Av = apply(operator, v)
        const tolerance = options.dtype === 'float64' ? 1e-10 : 3e-4
        near(Av, product(network, matrix)(inputs, targets, v), { ofLargest: tolerance, absolute: tolerance })
        if (options.dtype === 'float32') return
        const u = normals(rng, v.length)
        near(dot(u, Av), dot(apply(operator, u), v), { absolute: 1e-10, relative: 1e-10 })
        if (matrix === 'gauss-newton') expect(dot(v, Av)).toBeGreaterThanOrEqual(-1e-12)
        else if (options.activation === 'tanh')
          near(
            Av,
            slope(network, v, () => network.gradient(inputs, targets)),
            { ofLargest: 1e-5, absolute: 1e-7 },
          )
      },
    ),
    { seed: 24, numRuns: 1000 },
  )
}, 600_000)

test.each(['float64', 'float32'])('many chunks of sparse and of dense inputs, and passes of any size: %s', (dtype) => {
  const { network, rng, inputs, targets } = pictures({ dtype })
  const v = normals(rng, network.parameters.length)
  for (const shift of [0, 0.01])
    for (const matrix of MATRICES) {
      const x = inputs.map((entry) => entry + shift)
      const tolerance = within(dtype === 'float64' ? 1e-12 : 1e-4)
      near(
        apply(curvatureOperator(network, x, targets, { matrix }), v),
        product(network, matrix)(x, targets, v),
        tolerance,
      )
      const wide = network.clone({ batch: 600 })
      near(
        apply(curvatureOperator(wide, x, targets, { matrix }), v),
        product(network, matrix)(x, targets, v),
        tolerance,
      )
    }
})

test('the network may change; prepare goes over to its parameters and to other examples, to the bits of a new operator', () => {
  const { network, rng, inputs, targets } = pictures()
  const v = normals(rng, network.parameters.length)
  const operator = curvatureOperator(network, inputs, targets)
  const before = apply(operator, v)
  network.lossAndGradient(inputs, targets)
  const gradients = network.gradients.slice()
  network.descend(0.3)
  expect(apply(operator, v)).toEqual(before)
  for (const [count, zeros] of [
    [600, 0.6],
    [100, 0.6],
    [300, 0],
    [700, 0.3],
    [20, 0.9],
  ]) {
    const other = drawn(rng, count, [20, 17, 6], zeros)
    const weights = normals(rng, count)
    operator.prepare(other.inputs, other.targets, { weights })
    expect(apply(operator, v)).toEqual(apply(curvatureOperator(network, other.inputs, other.targets, { weights }), v))
  }
  expect(network.gradients).toEqual(gradients)
})

test('batch normalization and noise: the bits of hvp and gnvp, at parameters that do not change', () => {
  const rng = random(5)
  const { inputs, targets } = drawn(rng, 30, [20, 17, 6])
  for (const options of [{ batchNorm: true }, { dropout: 0.3 }]) {
    const network = mlp({ sizes: [20, 17, 6], seed: 1, ...options })
    const v = normals(rng, network.parameters.length)
    for (const matrix of MATRICES)
      for (const training of [true, false]) {
        network.training = training
        const wanted = product(network, matrix)(inputs, targets, v)
        const operator = curvatureOperator(network, inputs, targets, { matrix })
        const { parameters } = network
        parameters[0] += 1
        if (training || options.batchNorm) expect(apply(operator, v)).toEqual(wanted)
        else near(apply(operator, v), wanted, within(1e-12))
        parameters[0] -= 1
        operator.prepare(inputs, targets)
        near(apply(operator, v), product(network, matrix)(inputs, targets, v), within(1e-12))
      }
  }
})

test('a loss and an activation of the caller', () => {
  const quartic: Loss = {
    name: 'quartic',
    targets: { off: 0, allows: Number.isFinite, allowed: 'a finite number', distribution: false },
    gradient(n, k, z, y, scale, e) {
      let sum = 0
      for (let i = 0; i < n * k; i++) {
        const d = z[i] - y[i]
        sum += d * d * d * d
        e[i] = scale * 4 * d * d * d
      }
      return sum
    },
    hessianVector(n, k, z, y, scale, v, h) {
      for (let i = 0; i < n * k; i++) h[i] = scale * 12 * (z[i] - y[i]) * (z[i] - y[i]) * v[i]
    },
  }
  const square = elementwise(
    'square',
    (s) => s * s,
    (s) => 2 * s,
    () => 2,
  )
  const rng = random(6)
  for (const activation of ['relu', square] as const) {
    const network = mlp({ sizes: [3, 5, 2], activation, loss: quartic, seed: rng })
    const [x, y, v] = [normals(rng, 21), normals(rng, 14), normals(rng, network.parameters.length)]
    const weights = [1, 2, 0, 1, 1, 1, 3]
    for (const matrix of MATRICES) {
      const operator = curvatureOperator(network, x, y, { matrix, weights })
      near(apply(operator, v), product(network, matrix)(x, y, v, { weights }), within(1e-12))
    }
  }
})

test('an example of weight 0 takes no part, even if its outputs are infinite', () => {
  const network = mlp({ sizes: [1, 2, 2], bias: false, seed: 1 })
  network.parameters.set([1, -1, 1e200, -1e200, 1e200, 1e200])
  const v = Float64Array.from({ length: 6 }, (_, i) => i - 2)
  const [inputs, targets, weights] = [
    [1e-200, 1e200],
    [0, 1],
    [2, 0],
  ]
  for (const matrix of MATRICES) {
    const Av = apply(curvatureOperator(network, inputs, targets, { matrix, weights }), v)
    expect(Av.every(Number.isFinite)).toBe(true)
    near(Av, product(network, matrix)(inputs, targets, v, { weights }), within(1e-12))
  }
})

test.each(['relu', 'tanh'] as const)('products allocate nothing: %s', (activation) => {
  const rng = random(8)
  const network = mlp({ sizes: [20, 17, 6], activation, seed: rng })
  const { inputs, targets } = drawn(rng, 300, [20, 17, 6])
  const [v, out] = [normals(rng, network.parameters.length), new Float64Array(network.parameters.length)]
  const operator = curvatureOperator(network, inputs, targets)
  const work = () => {
    for (let i = 0; i < 50; i++) operator.apply(v, out)
  }
  work()
  expect(vectorBytes(work)).toBeLessThanOrEqual(0)
  const prepare = () => {
    for (let i = 0; i < 50; i++) operator.prepare(inputs, targets)
  }
  prepare()
  expect(vectorBytes(prepare)).toBeLessThanOrEqual(0)
})

test('bad arguments are named', () => {
  const { network, inputs, targets } = pictures({ count: 3 })
  const size = network.parameters.length
  const operator = curvatureOperator(network, inputs, targets)
  const [v, out] = [new Float64Array(size), new Float64Array(size)]
  const calls: [() => unknown, RegExp][] = [
    [() => curvatureOperator({} as never, inputs, targets), /^curvatureOperator: network must be a network/],
    [
      () => curvatureOperator(network, inputs, targets, { matrix: 'fisher' as never }),
      /^curvatureOperator: matrix must be/,
    ],
    [() => curvatureOperator(network, inputs.subarray(1), targets), /^curvatureOperator: inputs must be rows of 20/],
    [() => curvatureOperator(network, inputs, [0, 1, 6]), /^curvatureOperator: targets\[2\] must be/],
    [() => curvatureOperator(network, inputs, targets, { weights: [1] }), /^curvatureOperator: weights must be/],
    [
      () =>
        operator.prepare(
          inputs.map(() => NaN),
          targets,
        ),
      /^curvatureOperator.prepare: inputs\[0\]\[0\] must be/,
    ],
    [() => operator.apply(v.subarray(1), out), /^curvatureOperator.apply: v must be of length/],
    [
      () =>
        operator.apply(
          v.map(() => Infinity),
          out,
        ),
      /^curvatureOperator.apply: v\[0\] must be a finite number/,
    ],
    [() => operator.apply(v, out.subarray(1)), /^curvatureOperator.apply: out must be of length/],
    [() => operator.apply(v, [] as never), /^curvatureOperator.apply: out must be a Float64Array/],
  ]
  for (const [call, message] of calls) expect(call).toThrow(message)
})

test('what prepare refuses leaves the operator as it was', () => {
  const { network, rng, inputs, targets } = pictures({ count: 300 })
  const v = normals(rng, network.parameters.length)
  const operator = curvatureOperator(network, inputs, targets)
  const before = apply(operator, v)
  network.parameters[3] += 1
  const late = inputs.slice()
  late[late.length - 1] = NaN
  expect(() => operator.prepare(late, targets)).toThrow('inputs[299][19] must be a finite number')
  expect(apply(operator, v)).toEqual(before)
})

// The numbers were made with Node 20; Node 24 has the same ones.
test.each([
  ['float64', '6026fa853df1cacb'],
  ['float32', 'efc594d694214339'],
])('the same bits in every engine: %s', (dtype, expected) => {
  const { network, rng, inputs, targets } = pictures({ dtype, count: 300 })
  const v = normals(rng, network.parameters.length)
  const answers = MATRICES.map((matrix) => apply(curvatureOperator(network, inputs, targets, { matrix }), v))
  expect(digest((say) => answers.forEach(say))).toBe(expected)
})
