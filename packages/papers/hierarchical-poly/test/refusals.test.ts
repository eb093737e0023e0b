import {
  crossValidate,
  HierarchicalRegressor,
  hermiteFeatures,
  hermiteKernel,
  hierarchicalFit,
  kernelRidge,
  limitFeature,
  modelFigures,
  ridgeLoo,
} from '../src/index.ts'
import { gaussian, rowsOf } from './shared.ts'

const X = rowsOf(gaussian(20, 2, 1))
const y = X.map(([a, b]) => a * b)

test.each<[string, () => unknown, string]>([
  ['few rows', () => hierarchicalFit({ X: X.slice(0, 9), y: y.slice(0, 9) }), 'X must be of at least 10 rows, got 9'],
  [
    'equal responses',
    () =>
      new HierarchicalRegressor().fit(
        X,
        X.map(() => 2),
      ),
    'y must be of at least two different values, got 2 only',
  ],
  [
    'NaN',
    () => new HierarchicalRegressor().fit([[NaN, 1], ...X.slice(1)], y),
    'HierarchicalRegressor.fit: X[0][0] must be a finite number, got NaN',
  ],
  [
    'constant columns',
    () =>
      new HierarchicalRegressor().fit(
        X.map(() => [1, 2]),
        y,
      ),
    'X must be of at least one column that varies',
  ],
  [
    'degree 0',
    () => new HierarchicalRegressor({ degrees: [0] }),
    'degrees[0] must be an integer between 1 and 20, got 0',
  ],
  [
    'degrees twice',
    () => new HierarchicalRegressor({ degrees: [2, 2] }),
    'degrees[1] must be a degree that does not come earlier, got 2 again',
  ],
  ['no degrees', () => new HierarchicalRegressor({ degrees: [] }), 'degrees must be an array of at least one degree'],
  ['a misspelled option', () => new HierarchicalRegressor({ degree: [2] } as object), 'did you mean degrees?'],
  ['lambda 0', () => ridgeLoo(X, y, [0]), 'ridgeLoo: lambdas[0] must be positive, got 0'],
  [
    'hidden leave-one-out errors',
    () =>
      ridgeLoo(
        [
          [1e9, 0],
          [0, 1e9],
          [0, 0],
        ],
        [1, 2, 3],
        [1e-9],
      ),
    'lambdas must be large enough',
  ],
  [
    'too many features',
    () => hermiteFeatures([new Float64Array(60)], [3]),
    'degrees must be of at most 20000 features in 60 inputs (hermiteKernel has no limit), got 37820',
  ],
  [
    'a million features',
    () =>
      hierarchicalFit(
        { X: Array.from({ length: 10 }, () => new Float64Array(300)), y: y.slice(0, 10) },
        { degrees: [3] },
      ),
    'degrees must be of at most 1000000 features in 300 inputs',
  ],
  ['overflow of features', () => hermiteFeatures([[1e200]], [2]), 'X must be of features within the range of doubles'],
  [
    'overflow of kernels',
    () => hermiteKernel([[1e200]], [[1e200]], 2),
    'X must be of kernels within the range of doubles',
  ],
  [
    'overflow of raw features',
    () => hierarchicalFit({ X: X.map(([a, b]) => [1e100 * a, b]), y }),
    'X must be of features up to 1e+140 (standardise it)',
  ],
  ['other columns', () => hermiteKernel([[1, 2]], [[1]], 2), 'Y must be of shape'],
  [
    'an asymmetric matrix',
    () =>
      limitFeature(
        [
          [1, 2],
          [0, 1],
        ],
        [1],
      ),
    'limitFeature: A[0][1] must be equal to A[1][0] = 0, got 2',
  ],
  [
    'four coefficients',
    () => limitFeature([[1]], [1, 2, 3, 4]),
    'coefficients must be c_1, c_2 and c_3, got 4 numbers',
  ],
  [
    'another kernel',
    () => kernelRidge(X, y, { kernel: 'laplace' as never }),
    "kernel must be 'rbf', 'polynomial' or 'hermite'",
  ],
  ['no fit yet', () => new HierarchicalRegressor().predict(X), 'HierarchicalRegressor: fit it first'],
  [
    'a cubic matrix',
    () =>
      new HierarchicalRegressor({ degrees: [3], refinements: 0 })
        .fit(
          X,
          y.map((v, i) => v + X[i][0] ** 3),
        )
        .quadratic(),
    'degrees must be of at most 2 (see terms()), got [3]',
  ],
  ['folds', () => crossValidate(X, y, { folds: 1 }), 'folds must be an integer between 2 and 10, got 1'],
  ['another model', () => modelFigures({} as never, X, y), 'model must be a fitted HierarchicalRegressor'],
])('%s', (_, call, message) => {
  expect(call).toThrow(message)
})

test('degrees whose features outnumber the rows need no features in memory', () => {
  const wide = rowsOf(gaussian(12, 50, 2))
  const answer = hierarchicalFit(
    { X: wide, y: wide.map((row) => row[0] ** 3 - 3 * row[0] + 0.1 * row[1]) },
    { degrees: [3], refinements: 1 },
  )
  expect(answer.score.coefficients.length).toBe(22100)
  expect(answer.predict(wide).every(Number.isFinite)).toBe(true)
})

test('the signal of an abort ends cross-validation', () => {
  const abort = new AbortController()
  abort.abort()
  expect(() => crossValidate(X, y, { refinements: 0, signal: abort.signal })).toThrow('abort')
})
