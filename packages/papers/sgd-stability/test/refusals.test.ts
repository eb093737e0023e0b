import { symmetric } from '@opt/curvature'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'

const A = [
  [1, 0],
  [1, 1],
  [0, 2],
]

test.each([
  ['criticalRate: gradients must be nonempty, got shape [0, 0]', () => api.criticalRate([])],
  [
    'criticalRate: gradients[1] must be of length 2 like the first row, got length 1',
    () => api.criticalRate([[1, 2], [1]]),
  ],
  ['criticalRate: gradients[0][1] must be a finite number, got NaN', () => api.criticalRate([[1, Number.NaN]])],
  ['criticalRate: batchSize must be an integer of at least 1, got 0', () => api.criticalRate(A, { batchSize: 0 })],
  [
    'criticalRate: batchSize must be an integer between 1 and 3, got 4',
    () => api.criticalRate(A, { batchSize: 4, replacement: false }),
  ],
  [
    'criticalRate: gradients must be zero, or scaled to a largest entry between 1e-70 and 1e+70, got 1e+300',
    () => api.criticalRate([[1e300, 1]]),
  ],
  [
    'criticalRate: gradients must be zero, or scaled to a largest entry between 1e-70 and 1e+70, got 1e-300',
    () => api.criticalRate([[1e-300, 0]]),
  ],
  [
    'linearize: gradients must be of a number of rows that is a multiple of outputs = 2, got 3 rows',
    () => api.linearize(A, { outputs: 2 }),
  ],
  ['linearizeKernel: kernel must be square, got shape [1, 2]', () => api.linearizeKernel([[1, 2]])],
  ['linearizeKernel: kernel must be of n x n entries, got length 3', () => api.linearizeKernel(new Float64Array(3))],
  [
    'linearizeKernel: kernel must be positive semidefinite, got an eigenvalue of -1',
    () =>
      api.linearizeKernel([
        [1, 0],
        [0, -1],
      ]),
  ],
  ['isStable: learningRate must be a positive number, got 0', () => api.isStable(A, { learningRate: 0 })],
  ['isStable: learningRate must be a positive number, got -1', () => api.isStable(A, { learningRate: -1 })],
  ['secondMoment: start must be a vector', () => api.secondMoment(A, { learningRate: 0.1 })],
  [
    'secondMoment: start must be of length 2, got length 3',
    () => api.secondMoment(A, { learningRate: 0.1, start: [1, 2, 3] }),
  ],
  [
    'secondMoment: start must be left out where only a kernel is known (startOutputs), got a vector',
    () => api.secondMoment(api.linearizeKernel([[1]]), { learningRate: 0.1, start: [1] }),
  ],
  ['alignment: residuals must be of length 3, got length 2', () => api.alignment(A, [1, 2])],
  [
    'rateBounds: examples must be an integer of at least 1, got 0',
    () => api.rateBounds(api.sharpness(A), { examples: 0 }),
  ],
  [
    'rateBounds: sharpness.trace must be a nonnegative number, got -1',
    () => api.rateBounds({ trace: -1, frobenius: 1, lambdaMax: 1 }, { examples: 1 }),
  ],
  [
    'stableRates: batchSizes[1] must be an integer of at least 1, got 0',
    () => api.stableRates(A, { batchSizes: [1, 0] }),
  ],
  ['estimateSharpness: hessian must be a linear operator, such as', () => api.estimateSharpness(A as never)],
  [
    'estimateSharpness: hessian must be a linear operator, such as symmetric(n, product), got a function',
    () => api.estimateSharpness(((v: Float64Array) => v) as never),
  ],
  ['of length 2, got', () => api.estimateSharpness(symmetric(2, () => [1, 2, 3]))],
  ['reluBounds: X must be of shape [3, 1], got shape [3, 2]', () => api.reluBounds(A, [[1]], [1])],
  ['balance: a must be of length 1, got length 2', () => api.balance([[1]], [[1]], [1, 2])],
  [
    "diagonalBounds: kind must be 'product' or 'difference', got \"sum\"",
    () => api.diagonalBounds(A, [1, 1], [1, 1], 'sum' as never),
  ],
  [
    'rademacherBound: pathNorm must be a finite number between 0 and 1e+150, got -1',
    () => api.rademacherBound({ pathNorm: -1, radius: 1, examples: 1 }),
  ],
])('%s', (message, call) => {
  expect(call).toThrow(message)
})

test('learning rates far from 1 are as welcome as gradients', () => {
  const { rate } = api.criticalRate(A)
  for (const scale of [1e-60, 1e60]) {
    const scaled = A.map((row) => row.map((v) => v / scale))
    const { stable, radius } = api.isStable(scaled, { learningRate: 1.2 * rate * scale * scale })
    expect(stable).toBe(false)
    expect(Math.abs(radius! / api.isStable(A, { learningRate: 1.2 * rate }).radius! - 1)).toBeLessThan(1e-9)
  }
  expect(api.isStable(A, { learningRate: 1e100 })).toMatchObject({ stable: false, status: 'converged' })
  expect(() => api.isStable(A, { learningRate: 1e150 })).toThrow(
    'isStable: learningRate must be of a product with the trace up to 1e+140',
  )
})

test('degenerate data have right answers', () => {
  // A kernel that is symmetric up to the rounding of float32.
  const skewed = [
    [2, 1 + 1e-7],
    [1, 2],
  ]
  expect(api.sharpness(api.linearizeKernel(skewed)).lambdaMax).toBeCloseTo(1.5, 12)
  expect(() =>
    api.linearizeKernel([
      [2, 1.1],
      [1, 2],
    ]),
  ).toThrow('linearizeKernel: kernel[0][1] must be equal to kernel[1][0] = 1, got 1.1')
  const none = api.criticalRate([[0, 0]])
  expect([none.rate, none.status, none.bounds.gd, none.weights[0]]).toEqual([Infinity, 'converged', Infinity, 1])
  expect(api.isStable([[0]], { learningRate: 5 })).toMatchObject({ stable: true, radius: 0, traceProduct: 0 })
  expect(api.stableRates([[0]]).gd).toBe(Infinity)
  // One example: T = lambda = m4 / T, and without replacement the only batch is the full one.
  for (const replacement of [true, false])
    expect(api.criticalRate([[3, 4]], { replacement }).rate).toBeCloseTo(2 / 25, 15)
  expect(api.alignment(A, [0, 0, 0])).toMatchObject({ loss: 0, lossAlignment: undefined, traceAlignment: undefined })
  // Orthogonal examples do not meet: each is a recursion of its own.
  const apart = api.criticalRate([
    [1, 0],
    [0, 2],
  ])
  expect(apart.rate).toBeCloseTo(2 / 4, 12)
  expect(Array.from(apart.weights, (w) => w.toFixed(6))).toEqual(['0.000000', '1.000000'])
})

test('entries of any size within the range give the same rate, scaled', () => {
  const { rate } = api.criticalRate(A)
  for (const scale of [1e-70, 1e-30, 1e30, 5e69]) {
    const { rate: scaled, status } = api.criticalRate(A.map((row) => row.map((v) => v * scale)))
    expect(status).toBe('converged')
    expect(Math.abs((scaled * scale * scale) / rate - 1)).toBeLessThan(1e-9)
  }
})

test('the arrays of the caller stay as they are, frozen ones and views too', () => {
  const frozen = Object.freeze(A.map((row) => Object.freeze([...row]))) as unknown as number[][]
  const view = ndarray(Float64Array.from([0, 2, 1, 1, 1, 0]), [3, 2])
    .step(-1)
    .transpose(1, 0)
    .transpose(1, 0)
  const known = api.criticalRate(A).rate
  expect(api.criticalRate(frozen).rate).toBe(known)
  const swapped = api.criticalRate(view).rate
  expect(Math.abs(swapped / known - 1)).toBeLessThan(1e-12)
  expect(A).toEqual([
    [1, 0],
    [1, 1],
    [0, 2],
  ])
})
