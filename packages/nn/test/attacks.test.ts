import { norm, random } from '@opt/core'
import { SGD } from '@opt/optimizers'
import { golden, near } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  type ActivationName,
  accuracy,
  type DenseNetwork,
  fgsm,
  mlp,
  type PgdOptions,
  pgd,
  train,
} from '../src/index.ts'
import { within } from './shared.ts'

interface AttackCase {
  sizes: number[]
  activation: ActivationName
  theta: number[]
  inputs: number[][]
  labels: number[]
  epsilon: number
  uniform: number[][]
  steps: number
  stepSize: number
  inputGradient: number[][]
  marginGradient: number[][]
  fgsm: number[][]
  pgd: Record<'ce' | 'margin', { points: number[][][] }>
  l2: { epsilon: number; start: number; stepSize: number; points: number[][][] }
}

/** The gradient of max_{j != y} z_j - z_y, the loss of margin attacks. */
const marginGradient = (network: DenseNetwork) => (inputs: Float64Array, labels: number[]) => {
  const k = network.sizes[network.sizes.length - 1]
  return network.backpropagateToInputs(inputs, (outputs, first) => {
    const cotangents = new Float64Array(outputs.length)
    for (let row = 0; row < outputs.length / k; row++) {
      const label = labels[first + row]
      let best = label === 0 ? 1 : 0
      for (let j = 0; j < k; j++) if (j !== label && outputs[row * k + j] > outputs[row * k + best]) best = j
      cotangents[row * k + best] = 1
      cotangents[row * k + label] = -1
    }
    return cotangents
  })
}

describe.each(golden<AttackCase[]>(import.meta.url, 'attacks.json'))('PyTorch: $activation', (given) => {
  const { sizes, activation, inputs, labels, epsilon, uniform, steps, stepSize, l2 } = given
  const network = mlp({ sizes, activation, batch: 3 })
  network.parameters.set(given.theta)
  const box = { lower: 0, upper: 1 }
  const start = inputs.map((row, i) => row.map((x, j) => x + epsilon * uniform[i][j]))

  test('the fast gradient sign method', () => {
    near(network.inputGradient(inputs, labels), given.inputGradient.flat(), within(1e-12))
    near(marginGradient(network)(Float64Array.from(inputs.flat()), labels), given.marginGradient.flat(), within(1e-12))
    near(fgsm(network, inputs, labels, { epsilon, ...box }), given.fgsm.flat(), within(1e-12))
  })

  test.each([
    ['cross-entropy', network, 'ce'],
    ['margin', marginGradient(network), 'margin'],
  ] as const)('projected gradient descent on the %s, every point', (_, model, loss) => {
    const { points } = given.pgd[loss]
    for (let t = 1; t <= steps; t++)
      near(
        pgd(model, inputs, labels, { epsilon, ...box, steps: t, stepSize, start }),
        points[t - 1].flat(),
        within(1e-11),
      )
  })

  test('in the Euclidean norm, every point, from the last one', () => {
    const options = { epsilon: l2.epsilon, ...box, norm: 'l2' as const, stepSize: l2.stepSize, steps: 1 }
    let points: number[][] | Float64Array = inputs.map((row, i) =>
      row.map((x, j) => x + (l2.start * l2.epsilon * uniform[i][j]) / norm(uniform[i])),
    )
    for (const expected of l2.points) {
      points = pgd(network, inputs, labels, { ...options, start: points })
      near(points, expected.flat(), within(1e-11))
    }
  })
})

const problem = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  columns: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer(),
  scale: fc.constantFrom(1, 2 ** -900, 2 ** 900, 2 ** -1000),
  epsilon: fc.constantFrom(0, 1e-3, 0.5, 2),
  norm: fc.constantFrom('linf' as const, 'l2' as const),
  targeted: fc.boolean(),
  boxed: fc.boolean(),
  starts: fc.constantFrom('inputs', 'random', 'given'),
  steps: fc.integer({ min: 1, max: 5 }),
})

test('a thousand attacks stay in ball and box, leave the other features alone, and find the optimum of linear losses', () => {
  fc.assert(
    fc.property(problem, ({ rows, columns, seed, scale, epsilon, norm: kind, targeted, boxed, starts, steps }) => {
      const rng = random(seed)
      const x = Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.uniform()))
      const frozen = Object.freeze(x.map((row) => Object.freeze(row))) as number[][]
      const w = Float64Array.from({ length: rows * columns }, () => rng.normal())
      const perturbed = Array.from({ length: columns }, () => rng.uniform() < 0.8)
      const options: PgdOptions = { epsilon, norm: kind, targeted, perturbed, steps, stepSize: 3 * epsilon }
      if (boxed) Object.assign(options, { lower: new Array(columns).fill(0), upper: 1 })
      const begin = rng.split()
      if (starts === 'random') options.random = begin
      if (starts === 'given') options.start = x.map((row) => row.map((value) => value + rng.normal()))
      const points = pgd((_: Float64Array, y: Float64Array) => y.map((g) => g * scale), frozen, w, options)
      const sign = targeted ? -1 : 1
      for (let i = 0; i < rows; i++) {
        const moves = x[i].map((value, j) => points[i * columns + j] - value)
        const length = kind === 'l2' ? norm(moves) : Math.max(...moves.map(Math.abs))
        expect(length).toBeLessThanOrEqual(epsilon * (1 + 1e-12) + 1e-15)
        const own = Array.from(w.subarray(i * columns, (i + 1) * columns), (g, j) => (perturbed[j] ? sign * g : 0))
        moves.forEach((move, j) => {
          if (!perturbed[j]) expect(move).toBe(0)
          if (boxed) expect(points[i * columns + j]).toBe(Math.max(0, Math.min(1, points[i * columns + j])))
        })
        // A step of three radii from anywhere in the ball crosses it along the gradient.
        if (boxed || (kind === 'l2' && starts !== 'inputs')) continue
        const size = norm(own)
        if (size > 0 && epsilon > 0)
          near(
            moves,
            own.map((g) => (kind === 'l2' ? (epsilon * g) / size : epsilon * Math.sign(g))),
            { absolute: 1e-12 },
          )
      }
    }),
    { numRuns: 1000, seed: 3 },
  )
})

describe('gradients of any size', () => {
  const x = [[0.25, 0.5, 0.75]]
  const g = [3, -4, 12]
  test.each(['linf', 'l2'] as const)('%s: the same bits', (kind) => {
    const at = (scale: number) =>
      pgd(() => g.map((entry) => entry * scale), x, null, { epsilon: 0.5, norm: kind, steps: 2, stepSize: 0.25 })
    const expected = at(1)
    for (const power of [-1074, -1060, -600, 600, 1015]) expect(at(2 ** power)).toEqual(expected)
    const direction = kind === 'l2' ? [3 / 13, -4 / 13, 12 / 13] : [1, -1, 1]
    near(
      expected,
      x[0].map((value, j) => value + 0.5 * direction[j]),
      { absolute: 1e-15 },
    )
  })

  test.each(['linf', 'l2'] as const)('%s: zero does not move', (kind) => {
    expect(Array.from(pgd(() => [0, -0, 0], x, null, { epsilon: 0.5, norm: kind }))).toEqual(x[0])
  })

  test('steps and radii at their limits stay finite', () => {
    const options = { epsilon: 1e300, norm: 'l2' as const, stepSize: 1e300 }
    near(
      pgd(() => g, x, null, options).map((value) => value / 1e300),
      [3 / 13, -4 / 13, 12 / 13],
      { absolute: 1e-14 },
    )
    expect(pgd(() => g, x, null, { epsilon: 1e-300, stepSize: 1e300 }).every(Number.isFinite)).toBe(true)
  })
})

describe('random starts', () => {
  const x = [
    [0.5, 0.5],
    [0, 1],
  ]
  const still = () => [0, 0, 0, 0]
  test('are uniform in the ball, drawn row by row', () => {
    const rng = random(3)
    const radii: number[] = []
    for (let draw = 0; draw < 4000; draw++) {
      const points = pgd(still, x, null, { epsilon: 2, norm: 'l2', steps: 1, random: rng })
      radii.push(norm([points[0] - 0.5, points[1] - 0.5]) / 2, norm([points[2], points[3] - 1]) / 2)
    }
    // In the plane the square of the radius is uniform.
    for (const share of [0.1, 0.5, 0.9])
      near(radii.filter((r) => r * r < share).length / radii.length, share, { absolute: 0.02 })
    const [one, two] = [random(5), random(5)]
    const points = pgd(still, x, null, { epsilon: 0.5, steps: 1, random: one })
    expect(Array.from(points)).toEqual(x.flat().map((value) => value + two.uniform(-0.5, 0.5)))
    expect(one.state()).toEqual(two.state())
  })

  test('a split run is one run', () => {
    const network = mlp({ sizes: [2, 8, 3], activation: 'tanh', seed: 4 })
    const options = { epsilon: 0.3, stepSize: 0.05 }
    const whole = pgd(network, x, [0, 1], { ...options, steps: 7, random: random(1) })
    const half = pgd(network, x, [0, 1], { ...options, steps: 4, random: random(1) })
    near(pgd(network, x, [0, 1], { ...options, steps: 3, start: half }), whole, { absolute: 1e-15 })
  })
})

describe('networks', () => {
  const rng = random(2)
  const labels = Int32Array.from({ length: 120 }, () => rng.integer(0, 3))
  const inputs = Float64Array.from({ length: 240 }, (_, at) => {
    const label = labels[at >> 1]
    return rng.normal((at % 2 ? [0, 2, 0] : [-2, 0, 2])[label], 0.5)
  })
  const network = mlp({ sizes: [2, 16, 3], seed: 1, batch: 50 })
  const optimizer = new SGD(network.parameters, { learningRate: 0.1, momentum: 0.9 })
  train(network, { inputs, targets: labels }, { optimizer, epochs: 20, batchSize: 20 })
  const right = (points: Float64Array) => accuracy(network.predict(points), labels, 3)

  test('attacks fool it, stronger ones more; targeted ones get their class', () => {
    expect(right(inputs)).toBeGreaterThan(0.95)
    const weak = right(fgsm(network, inputs, labels, { epsilon: 0.8 }))
    const strong = right(pgd(network, inputs, labels, { epsilon: 0.8 }))
    expect(weak).toBeLessThan(0.75)
    expect(strong).toBeLessThanOrEqual(weak)
    expect(right(pgd(network, inputs, labels, { epsilon: 0.8, norm: 'l2' }))).toBeGreaterThanOrEqual(strong)
    const wanted = labels.map((label) => (label + 1) % 3)
    const points = pgd(network, inputs, wanted, { epsilon: 3, targeted: true })
    expect(accuracy(network.predict(points), wanted, 3)).toBeGreaterThan(0.95)
  })

  test('flat arrays, rows, ndarrays, functions and objects are the same to them', () => {
    const expected = pgd(network, inputs, labels, { epsilon: 0.5, steps: 5 })
    const options = { epsilon: 0.5, steps: 5 }
    const rows = ndarray(inputs.slice(), [120, 2])
    const reversed = ndarray(inputs.slice().reverse(), [120, 2]).step(-1, -1)
    expect(pgd(network, rows, labels, options)).toEqual(expected)
    expect(pgd(network, reversed, labels, options)).toEqual(expected)
    const gradient = (x: Float64Array, y: Int32Array) => Array.from(network.inputGradient(x, y))
    expect(pgd(gradient, rows, labels, options)).toEqual(expected)
    expect(pgd({ inputGradient: gradient }, rows, labels, options)).toEqual(expected)
    expect(pgd(network.clone({ batch: 7 }), inputs, labels, options)).toEqual(expected)
  })
})

test('what does not fit is refused by name', () => {
  const network = mlp({ sizes: [2, 3], seed: 1 })
  const x = [
    [0.5, 0.5],
    [0, 1],
  ]
  const y = [0, 1]
  const still = () => [0, 0, 0, 0]
  const bad: [() => unknown, string][] = [
    [() => fgsm(network, x, y, undefined as never), 'fgsm: epsilon must be a nonnegative number, got undefined'],
    [() => fgsm(network, x, y, { epsilon: -1 }), 'fgsm: epsilon must be a nonnegative number, got -1'],
    [() => pgd(network, x, y, { epsilon: 1e301 }), 'pgd: epsilon must be at most 1e300, got 1e+301'],
    [() => pgd(network, x, y, { epsilon: 1, norm: 'l1' as never }), "pgd: norm must be 'linf' or 'l2', got \"l1\""],
    [() => pgd(network, x, y, { epsilon: 1, steps: 0 }), 'pgd: steps must be an integer of at least 1, got 0'],
    [() => pgd(network, x, y, { epsilon: 1, stepSize: NaN }), 'pgd: stepSize must be a nonnegative number, got NaN'],
    [() => pgd(network, x, y, { epsilon: 1, targeted: 1 as never }), 'pgd: targeted must be true or false, got 1'],
    [() => pgd(network, x, y, { epsilon: 1, lower: [0] }), 'pgd: lower must be of length 2, got length 1'],
    [() => pgd(network, x, y, { epsilon: 1, lower: [0, NaN] }), 'pgd: lower[1] must be a number, got NaN'],
    [
      () => pgd(network, x, y, { epsilon: 1, upper: 0.75 }),
      'pgd: inputs[1][1] must be between lower and upper, -Infinity and 0.75, got 1',
    ],
    [() => pgd(network, x, y, { epsilon: 1, perturbed: [2, 1] }), 'pgd: perturbed[0] must be true or false, got 2'],
    [
      () => pgd(network, x, y, { epsilon: 1, random: {} as never }),
      'pgd: random must be a generator of random numbers, got an object',
    ],
    [() => pgd(network, x, y, { epsilon: 1, start: [1, 2] }), 'pgd: start must be 2 rows of 2, got length 2'],
    [
      () => pgd(network, x, y, { epsilon: 1, start: x, random: random(1) }),
      'pgd: start must be given without random, got both',
    ],
    [() => pgd(network, [1, 2, 3], y, { epsilon: 1 }), 'pgd: inputs must be rows of 2 numbers'],
    [() => pgd(network, [1, NaN], y, { epsilon: 1 }), 'pgd: inputs[0][1] must be a finite number, got NaN'],
    [() => pgd(still, [1, 2, 3] as never, y, { epsilon: 1 }), 'pgd: inputs'],
    [
      () => pgd(3 as never, x, y, { epsilon: 1 }),
      'pgd: model must be a network, an object with inputGradient or a function, got 3',
    ],
    [
      () => pgd(() => [1], x, y, { epsilon: 1 }),
      'pgd: model must be one whose gradient has the size of the inputs, 4 numbers in a flat array, got 1',
    ],
    [
      () => pgd(() => [1, 1, 1, NaN], x, y, { epsilon: 1 }),
      'pgd: model must be one with a finite gradient, got NaN in inputs[1][1]',
    ],
    [() => pgd(network, x, [0, 3], { epsilon: 1 }), 'targets[1] must be a class from 0 to 2, got 3'],
  ]
  for (const [call, message] of bad) expect(call).toThrow(message)
})

test('the kernel gives the bits of the steps feature by feature', () => {
  const rng = random(5)
  for (let round = 0; round < 40; round++) {
    const [rows, columns] = [rng.integer(1, 40), rng.integer(1, 300)]
    const inputs = Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.uniform()))
    const slopes = Float64Array.from({ length: rows * columns }, () => rng.integer(-1, 2) * rng.uniform())
    const options = { epsilon: 0.3, steps: 5, stepSize: 0.1, lower: 0, upper: 1, targeted: round % 2 === 0 }
    const found = pgd(() => slopes, inputs, null, options)
    // A further feature that must not be perturbed: no kernel.
    const wider = inputs.map((row) => [...row, 0.5])
    const gradient = (x: Float64Array) =>
      Float64Array.from(x, (_, at) => {
        const [i, j] = [Math.floor(at / (columns + 1)), at % (columns + 1)]
        return j < columns ? slopes[i * columns + j] : 1
      })
    const perturbed = Array.from({ length: columns + 1 }, (_, j) => j < columns)
    const plain = pgd(gradient, wider, null, { ...options, perturbed })
    expect(found).toEqual(plain.filter((_, at) => at % (columns + 1) < columns))
  }
})
