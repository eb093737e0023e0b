import { random } from '@opt/core'
import ndarray from 'ndarray'
import {
  bounds,
  type DatasetOptions,
  dataset,
  decision,
  type Features,
  hardInstance,
  logisticDescent,
  margin,
  normalizedDescent,
  perceptron,
  predict,
  separableInstance,
} from '../src/index.ts'

const refusal = (options: object) => () => dataset(options as DatasetOptions)
const X = [
  [2, 1],
  [-1, 0.5],
  [1, 1],
]

test('data are refused by name', () => {
  const labels = [1, -1, 1]
  for (const [options, message] of [
    [{ features: X, labels: [1, -1] }, 'dataset: labels must be of length 3, got length 2'],
    [{ features: X, labels: [1, 2, 1] }, 'dataset: labels[1] must be +1 or -1, got 2'],
    [{ features: X, labels: [1, 0, -1] }, 'dataset: labels[2] must be 1 or 0, got -1'],
    [{ features: [], labels: [] }, 'dataset: features must be nonempty, got shape [0, 0]'],
    [{ features: [[1, Number.NaN]], labels: [1] }, 'dataset: features[0][1] must be a finite number, got NaN'],
    [{ features: [[1], [1, 2]], labels: [1, 1] }, 'dataset: features[1] must be of length 1 like the first row'],
    [
      {
        features: [
          [1, 0],
          [0, 0],
        ],
        labels: [1, 1],
        intercept: false,
      },
      'dataset: features[1] must be a row of norm above 1e-150 of the largest',
    ],
    [{ features: [[0]], labels: [1], intercept: false }, 'dataset: features'],
    [
      {
        features: [
          [1, 0],
          [1e-200, 0],
        ],
        labels: [1, 1],
        intercept: false,
      },
      'dataset: features[1] must be a row of norm',
    ],
    [{ features: [[1e301]], labels: [1] }, 'dataset: features must be of largest entry between 1e-300 and 1e300'],
    [{ features: X, labels, intercept: 1 }, 'dataset: intercept must be true or false, got 1'],
    [{ features: 'X', labels }, 'dataset: features must be a matrix'],
    [{ features: { rows: 1, columns: 1, values: [1] }, labels }, 'or sparse rows { rows, columns, indptr, indices, va'],
  ] as [object, string][])
    expect(refusal(options)).toThrow(message)
  expect(() => logisticDescent({ features: X, labels } as never)).toThrow(
    'logisticDescent: data must be made by dataset({ features, labels }), got an object',
  )
  expect(() => perceptron(X as never, labels as never)).toThrow(
    'perceptron: data must be made by dataset({ features, labels }), got an array of length',
  )
})

test('sparse rows are refused by name', () => {
  const sparse = {
    rows: 2,
    columns: 3,
    indptr: Int32Array.of(0, 2, 3),
    indices: Int32Array.of(0, 2, 1),
    values: Float64Array.of(1, 2, 3),
  }
  const make = (change: object) => refusal({ features: { ...sparse, ...change }, labels: [1, -1] })
  expect(make({})).not.toThrow()
  for (const [change, message] of [
    [{ columns: 2 }, 'features.indices[1] must be ascending within its row and below 2, got 2'],
    [{ indices: Int32Array.of(2, 0, 1) }, 'features.indices[1] must be ascending within its row and below 3, got 0'],
    [{ indices: Int32Array.of(0, 0, 1) }, 'features.indices[1] must be ascending'],
    [{ indptr: Int32Array.of(0, 2) }, 'features.indptr must be of length 3, got length 2'],
    [{ indptr: Int32Array.of(0, 4, 3) }, 'features.indptr[1] must be between 0 and 3, got 4'],
    [{ indptr: Int32Array.of(1, 2, 3) }, 'features.indptr[0] must be 0, got 1'],
    [{ indptr: [0, 2, 3] }, 'features.indptr must be an Int32Array, got an array of length 3'],
    [{ values: Float64Array.of(1, Infinity, 3) }, 'features.values[1] must be a finite number, got Infinity'],
    [{ rows: 0 }, 'features.rows must be a positive integer, got 0'],
  ] as [object, string][])
    expect(make(change)).toThrow(`dataset: ${message}`)
})

test('step sizes, ties and starts are refused by name', () => {
  const data = dataset({ features: X, labels: [1, 0, 1] })
  for (const solve of [logisticDescent, normalizedDescent]) {
    for (const stepSize of [0, -1, Number.NaN, -Infinity])
      expect(() => solve(data, { stepSize })).toThrow(/: stepSize must be/)
    for (const tie of [0, 1.1, Number.NaN]) expect(() => solve(data, { tie })).toThrow(/: tie must be/)
    expect(() => solve(data, { start: { theta: [1] } })).toThrow(/: start.theta must be of length 2, got length 1/)
    expect(() => solve(data, { stepSize: 1e301 })).toThrow(/: stepSize must be between 1e-300 and 1e300/)
  }
  expect(() => bounds({ n: 3, radius: 1, margin: 0, stepSize: 1 })).toThrow(
    'bounds: margin must be a positive number, got 0',
  )
  expect(() => bounds({ n: 3, radius: 1, margin: 2, stepSize: 1 })).toThrow(
    'bounds: margin must be at most the radius 1',
  )
  expect(() => hardInstance({ n: 3, h: 1 })).toThrow('hardInstance: h must be below the radius 1, got 1')
  expect(() => separableInstance(1, { n: 3, d: 1, margin: 0.1 })).toThrow('separableInstance: d must be')
})

test('frozen, strided and reversed data give the same bits and stay as they are', () => {
  const { features, labels } = separableInstance(random(9), { n: 12, d: 3, margin: 0.2 })
  const rows = Array.from({ length: 12 }, (_, i) => Object.freeze(Array.from(features.data.slice(3 * i, 3 * i + 3))))
  const reversed = ndarray(features.data.slice().reverse(), [12, 3], [-3, -1], 35)
  const want = normalizedDescent(dataset({ features, labels }))
  for (const other of [Object.freeze(rows), reversed, ndarray(Array.from(features.data), [12, 3])]) {
    const copy = JSON.stringify(other)
    const { theta, iterations } = normalizedDescent(
      dataset({ features: other as Features, labels: Object.freeze([...labels]) }),
    )
    expect([iterations, theta]).toEqual([want.iterations, want.theta])
    expect(JSON.stringify(other)).toBe(copy)
  }
})

test('one example, one feature, one class', () => {
  for (const solve of [logisticDescent, normalizedDescent])
    for (const stepSize of [1e-3, 1, Infinity]) {
      const one = solve(dataset({ features: [[-3]], labels: [0], intercept: false }), { stepSize })
      expect([one.status, one.iterations, one.misclassified]).toEqual(['converged', 1, 0])
      expect(predict(one, [[-1], [1]])).toEqual(Int8Array.of(-1, 1))
      const same = solve(dataset({ features: X, labels: [1, 1, 1] }), { stepSize })
      expect(same.status).toBe('converged')
    }
  const single = margin(dataset({ features: [[3, 4]], labels: [1], intercept: false }))
  expect([single.margin, single.status]).toEqual([5, 'converged'])
})

test('a start that separates takes no step', () => {
  const data = dataset({ features: X, labels: [1, 0, 1] })
  const first = logisticDescent(data)
  const again = logisticDescent(data, { start: first })
  expect([again.status, again.iterations, again.misclassified]).toEqual(['converged', 0, 0])
  const further = logisticDescent(data, { start: first, stopWhenSolved: false, maxIterations: 50 })
  expect([further.status, further.iterations]).toEqual(['max-iterations', 50])
})

test('data that no plane separates end with a proof', () => {
  const twice = dataset({
    features: [
      [1, 2],
      [1, 2],
    ],
    labels: [1, -1],
  })
  for (const solve of [logisticDescent, normalizedDescent, perceptron]) {
    const { status, message, marginUpper, best } = solve(twice)
    expect(status).toBe('infeasible')
    expect(message).toContain('no plane has a margin above 1e-9 of the radius')
    expect(marginUpper).toBeLessThan(1e-9)
    expect(best.misclassified).toBeGreaterThanOrEqual(1)
  }
  expect(margin(twice).status).toBe('infeasible')
  const small = logisticDescent(dataset({ features: [[0], [1], [2]], labels: [1, -1, 1] }), {
    stepSize: 1,
    maxIterations: 20_000,
  })
  expect(small.status).toBe('infeasible')
  const cut = logisticDescent(dataset({ features: [[0], [1], [2]], labels: [1, -1, 1] }), {
    stepSize: 1,
    maxIterations: 3,
  })
  expect([cut.status, cut.misclassified > 0]).toEqual(['max-iterations', true])
})

test('a margin below 1e-9 of the radius is found where rounding allows it, and else not denied', () => {
  // R is 1, the margin about h: exact proofs end where h R is lost in rounding.
  for (const h of [1e-3, 1e-6, 1e-8, 1e-10, 1e-12]) {
    const data = dataset({
      features: [
        [1, h],
        [-1, h],
      ],
      labels: [1, 1],
      intercept: false,
    })
    const { status, marginLower, marginUpper, theta } = margin(data, { tolerance: 1e-2 })
    expect(status).toBe('converged')
    expect(marginLower).toBeLessThanOrEqual(h)
    expect(marginUpper).toBeGreaterThanOrEqual(h)
    expect(Math.abs(theta[0])).toBeLessThan(1e-12)
  }
})

test('weights that all underflow: gradient descent stands still, the normalised goes on to the margin', () => {
  const data = dataset({
    features: [
      [1, 0.2],
      [0.8, -0.1],
      [0.3, 1],
    ],
    labels: [1, 1, 1],
    intercept: false,
  })
  const mu = margin(data).margin
  const start = { theta: [1e5, 1e5] }
  const options = { start, stepSize: 1000, stopWhenSolved: false, maxIterations: 4000 }
  const still = logisticDescent(data, options)
  expect([still.loss, ...still.theta]).toEqual([0, 1e5, 1e5])
  const moving = normalizedDescent(data, options)
  expect(moving.marginLower).toBeGreaterThan(0.99 * mu)
  expect(moving.marginUpper).toBeLessThan(1.2 * mu)
})

test('decisions keep their sign at any scale', () => {
  const plane = { theta: Float64Array.of(1e-200, 1), intercept: 0 }
  expect(
    predict(plane, [
      [1e-200, 0],
      [-1e-200, 0],
      [1e300, 1e300],
    ]),
  ).toEqual(Int8Array.of(1, -1, 1))
  expect(
    Array.from(
      decision({ theta: Float64Array.of(1e200, 1e200), intercept: 0 }, [
        [1e200, 1],
        [-1e200, 1],
        [1, -1],
      ]),
    ),
  ).toEqual([Number.MAX_VALUE, -Number.MAX_VALUE, 0])
})

test('the factor n of gradient descent is real, the normalised descent has lost it', () => {
  const steps = (n: number) => {
    const data = dataset({ ...hardInstance({ n, h: 0.0613 }), intercept: false })
    return [logisticDescent, normalizedDescent].map(
      (solve) => solve(data, { stepSize: 1e6, history: false }).iterations,
    )
  }
  const [[gd, ngd], [gdMany, ngdMany]] = [steps(100), steps(1600)]
  expect(gdMany / gd).toBeGreaterThan(15)
  expect(ngdMany).toBe(ngd)
})
