import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import {
  type LowerLevel,
  networkLevel,
  quadraticBilevel,
  type UpperLevel,
  weightedLogistic,
  weightedLogisticBlocks,
  weightedSoftmax,
} from '../src/index.ts'

type Vector = number[]
interface Oracle {
  lowerBatch: Vector | null
  upperBatch: Vector | null
  x: Vector
  y: Vector
  v: Vector
  upper: number
  lower: number
  upperGradX: Vector
  upperGradY: Vector
  lowerGradY: Vector
  hvpX: Vector
  hvpY: Vector
}
interface Cleaning {
  X: Vector[]
  labels: Vector
  Xval: Vector[]
  labelsVal: Vector
  mu: number
  oracles: Oracle[]
}

interface Golden {
  softmax: Cleaning
  representation: Cleaning & { hidden: number; classes: number }
  logistic: {
    A: Vector[]
    Aval: Vector[]
    temperatures: Vector
    mu: number
    oracles: {
      block: number
      batch: { train: Vector; val: Vector } | null
      x: Vector
      y: Vector
      v: Vector
      lowerGradY: Vector
      upperGradY: Vector
      hvpX: Vector
      hvpY: Vector
      hessian: Vector[]
      upper: number
    }[]
  }
  quadratic: { A: Vector[][]; B: Vector[][]; b: Vector[]; t: Vector[]; rho: number; optimum: Vector }
}

const data = golden<Golden>(import.meta.url, 'oracles.json')
const exact = { absolute: 1e-12, relative: 1e-12 }

/** All that the functions of a problem give at a point. */
function evaluated(
  { upper, lower }: { upper: UpperLevel; lower: LowerLevel },
  x: Float64Array,
  y: Float64Array,
  v: Float64Array,
  [lowerBatch, upperBatch]: (Vector | undefined)[] = [],
) {
  const make = () => ({ x: new Float64Array(x.length).fill(NaN), y: new Float64Array(y.length).fill(NaN) })
  const [up, low, product] = [make(), make(), make()]
  upper.gradient(x, y, up.x, up.y, upperBatch)
  lower.gradient(x, y, low.x, low.y, lowerBatch)
  lower.hvp!(x, y, v, product.x, product.y, lowerBatch)
  return {
    // The values of the golden data are those of all examples.
    upper: upper.value(x, y),
    lower: lower.value(x, y),
    up,
    low,
    product,
  }
}

const f64 = (x: Vector) => Float64Array.from(x)

test.each([0, 1])('weighted softmax regression gives the values of numpy, in full and on batches (%i)', (k) => {
  const { X, labels, Xval, labelsVal, mu, oracles } = data.softmax
  const problem = weightedSoftmax({ inputs: X, labels }, { inputs: Xval, labels: labelsVal }, { l2: mu })
  expect(problem.dimensions).toEqual({ x: 14, y: 12 })
  const one = oracles[k]
  const batches = [one.lowerBatch ?? undefined, one.upperBatch ?? undefined]
  // Twice: what the first call has kept changes nothing.
  for (let round = 0; round < 2; round++) {
    const got = evaluated(problem, f64(one.x), f64(one.y), f64(one.v), batches)
    near(got.upper, one.upper, exact)
    near(got.lower, one.lower, exact)
    near(got.up.x, one.upperGradX, exact)
    near(got.up.y, one.upperGradY, exact)
    near(got.low.y, one.lowerGradY, exact)
    near(got.product.x, one.hvpX, exact)
    near(got.product.y, one.hvpY, exact)
  }
})

test.each([0, 1])('blocks of weighted logistic regression give the values of numpy (%i)', (k) => {
  const { A, Aval, temperatures, mu, oracles } = data.logistic
  // The rows of A are label times features.
  const all = (inputs: Vector[]) => ({ inputs, labels: inputs.map(() => 1) })
  const blocks = weightedLogisticBlocks(all(A), all(Aval), temperatures, { l2: mu })
  const one = oracles[k]
  const alone = weightedLogistic(all(A), all(Aval), { l2: mu, temperature: temperatures[one.block] })
  const [x, y, v] = [one.x, one.y, one.v].map(f64)
  // Another block in between: blocks share their room.
  blocks[(one.block + 1) % blocks.length].lower.value(x, y)
  for (const problem of [blocks[one.block], alone]) {
    const got = evaluated(problem, x, y, v, [one.batch?.train, one.batch?.val])
    near(got.upper, one.upper, exact)
    near(got.up.y, one.upperGradY, exact)
    near(got.low.y, one.lowerGradY, exact)
    near(got.product.x, one.hvpX, exact)
    near(got.product.y, one.hvpY, exact)
    const H = new Float64Array(y.length * y.length)
    problem.lower.hessian!(x, y, H, one.batch?.train)
    near(H, one.hessian.flat(), exact)
  }
})

test.each([0, 1])('levels made from a network give the values of numpy, in full and on batches (%i)', (k) => {
  const { X, labels, Xval, labelsVal, mu, oracles, hidden, classes } = data.representation
  const network = mlp({ sizes: [X[0].length, hidden, classes], activation: 'tanh' })
  const split = X[0].length * hidden + hidden
  const problem = {
    lower: networkLevel(network, X, labels, { split, l2: mu }),
    upper: networkLevel(network, Xval, labelsVal, { split }),
  }
  const one = oracles[k]
  // The first layer's biases, which the reference lacks, are 0.
  const x = f64([...one.x, ...new Float64Array(hidden)])
  const batches = [one.lowerBatch ?? undefined, one.upperBatch ?? undefined]
  const got = evaluated(problem, x, f64(one.y), f64(one.v), batches)
  const weights = (gx: Float64Array) => gx.subarray(0, one.x.length)
  near(got.upper, one.upper, exact)
  near(got.lower, one.lower, exact)
  near(weights(got.up.x), one.upperGradX, exact)
  near(got.up.y, one.upperGradY, exact)
  near(got.low.y, one.lowerGradY, exact)
  near(weights(got.product.x), one.hvpX, exact)
  near(got.product.y, one.hvpY, exact)
})

test('noise of a sample is that of another problem', () => {
  const { A, B, b, t, rho } = data.quadratic
  const sample = { E: f64([0.1, 0.2, 0, 0.2, 0.3, 0, 0, 0, 0.1]), e: f64([1, 2, 3]), u: f64([-1, 0, 2]) }
  const plus = (row: Vector, by: ArrayLike<number>) => row.map((value, i) => value + by[i])
  const noisy = quadraticBilevel({ A: A[0], B: B[0], b: b[0], t: t[0], rho })
  const other = quadraticBilevel({
    A: A[0].map((row, i) => plus(row, sample.E.subarray(3 * i))),
    B: B[0],
    b: plus(b[0], sample.e),
    t: plus(t[0], sample.u),
    rho,
  })
  const [x, y, v] = [f64([1, -2, 0.5]), f64([0.3, 2, -1]), f64([1, 2, 4])]
  const expected = evaluated(other as never, x, y, v)
  const got = evaluated(noisy as never, x, y, v, [sample, sample] as never)
  near(noisy.upper.value(x, y, sample), expected.upper, exact)
  near(noisy.lower.value(x, y, sample), expected.lower, exact)
  for (const part of ['up', 'low', 'product'] as const)
    for (const half of ['x', 'y'] as const) near(got[part][half], expected[part][half], exact)
})

test('a batch is the problem of its examples, those that it repeats included', () => {
  const { X, labels, Xval, labelsVal, mu } = data.softmax
  const rows = [3, 0, 3, 11, 7]
  const upperRows = [9, 9, 1]
  const pick = <T>(all: T[], indices: number[]) => indices.map((i) => all[i])
  const problem = weightedSoftmax({ inputs: X, labels }, { inputs: Xval, labels: labelsVal }, { l2: mu, classes: 3 })
  const small = weightedSoftmax(
    { inputs: pick(X, rows), labels: pick(labels, rows) },
    { inputs: pick(Xval, upperRows), labels: pick(labelsVal, upperRows) },
    { l2: mu, classes: 3 },
  )
  const x = f64(labels.map((_, i) => Math.sqrt(i) - 2))
  const [y, v] = [0, 1].map((k) => Float64Array.from({ length: 12 }, (_, i) => ((7 * i + k) % 5) - 2))
  const expected = evaluated(small, f64(pick([...x], rows)), y, v)
  const got = evaluated(problem, x, y, v, [rows, upperRows])
  near(problem.lower.value(x, y, rows), expected.lower, exact)
  near(problem.upper.value(x, y, upperRows), expected.upper, exact)
  near(got.low.y, expected.low.y, exact)
  near(got.product.y, expected.product.y, exact)
  near(got.up.y, expected.up.y, exact)
  for (const [ours, theirs] of [
    [got.low.x, expected.low.x],
    [got.product.x, expected.product.x],
  ]) {
    const sums = new Float64Array(x.length)
    rows.forEach((i, k) => {
      sums[i] += theirs[k]
    })
    near(ours, sums, exact)
  }
})

test('a batch whose indices have changed is another one, also after a call that refused it', () => {
  const { X, labels, mu } = data.softmax
  const one = { inputs: X, labels }
  const fresh = (batch: Vector) => weightedSoftmax(one, one, { l2: mu, classes: 3 }).lower.value(x, y, batch)
  const [x, y] = [f64(labels.map((_, i) => i / 7 - 1)), f64(labels.slice(0, 12).map((_, i) => Math.sqrt(i) - 2))]
  const { lower } = weightedSoftmax(one, one, { l2: mu, classes: 3 })
  const batch = [3, 0, 5]
  expect(lower.value(x, y, batch)).toBe(fresh([3, 0, 5]))
  batch[1] = 9
  expect(lower.value(x, y, batch)).toBe(fresh([3, 9, 5]))
  expect(() => lower.value(x, y, [3, 1, 99])).toThrow('batch[2]')
  expect(lower.value(x, y, [3, 1, 5])).toBe(fresh([3, 1, 5]))
  expect(lower.value(x, y, [3, 9, 5])).toBe(fresh([3, 9, 5]))
  expect(lower.value(x, y, [3, 9])).toBe(fresh([3, 9]))
  expect(lower.value(x, y, [3, 9, 5, 5])).toBe(fresh([3, 9, 5, 5]))
})

test('batches and vectors that do not fit are refused', () => {
  const { X, labels } = data.softmax
  const one = { inputs: X, labels }
  const { lower, weights } = weightedSoftmax(one, one)
  const [x, y] = [new Float64Array(14), new Float64Array(12)]
  for (const batch of [[14], [-1], [0.5], [NaN], []]) expect(() => lower.value(x, y, batch)).toThrow(/batch/)
  expect(() => lower.value(y, y)).toThrow('lower: x must be of length 14, got length 12')
  expect(() => lower.value(x, x)).toThrow('lower: y must be of length 12, got length 14')
  expect(() => weights(y)).toThrow('weights: x must be of length 14')
  const network = mlp({ sizes: [4, 2, 3] })
  const level = networkLevel(network, X, labels, { split: 10 })
  expect(() => level.value(new Float64Array(10), new Float64Array(9), [])).toThrow(/batch/)
  expect(() => level.value(x, y)).toThrow('networkLevel: x must be of length 10')
})

test('weights are sigmoids of x', () => {
  const { X, labels } = data.softmax
  const one = { inputs: X, labels }
  const x = new Float64Array(14)
  x[3] = 800
  x[4] = -800
  expect([...weightedSoftmax(one, one).weights(x).subarray(2, 5)]).toEqual([0.5, 1, 0])
})
