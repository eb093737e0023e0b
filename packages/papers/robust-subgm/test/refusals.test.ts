import { random } from '@opt/core'
import {
  batchedMeasurements,
  constant,
  decompose,
  denseMeasurements,
  entryMeasurements,
  gaussianMeasurements,
  geometric,
  lossProportional,
  oracle,
  polyak,
  quantile,
  rankOneMeasurements,
  recover,
  scaling,
  signRip,
  sparseMeasurements,
  spectralInitialization,
  subgm,
  syntheticProblem,
} from '../src/index.ts'

const A = [
  [
    [1, 0],
    [0, 1],
  ],
  [
    [0, 1],
    [1, 0],
  ],
]
const measurements = denseMeasurements(A)
const y = [1, 2]
const rng = random(1)
const wrong = (value: unknown) => value as never

test.each<[() => unknown, string]>([
  [() => recover({ measurements: A, y: [1] }), 'recover: y must be of length 2, got length 1'],
  [() => recover({ measurements: A, y: [1, Infinity] }), 'recover: y[1] must be a finite number, got Infinity'],
  [() => recover({ measurements: A, y: [1, Number.NaN] }), 'recover: y[1] must be a finite number, got NaN'],
  [
    () => recover({ measurements: [[[1, 2]]], y: [1] }),
    'denseMeasurements: A[0] must be of shape [2, 2], got shape [1, 2]',
  ],
  [() => recover({ measurements: [], y: [1] }), 'denseMeasurements: A must be nonempty'],
  [() => recover({ measurements, y, size: 3 }), 'recover: size must be 2, that of the measurements, got 3'],
  [() => recover({ measurements, y }, { rank: 0 }), 'recover: rank must be an integer between 1 and 2, got 0'],
  [() => recover({ measurements, y }, { rank: 3 }), 'recover: rank must be an integer between 1 and 2, got 3'],
  [() => recover({ measurements, y }, { alpha: 0 }), 'recover: alpha must be a positive number, got 0'],
  [() => recover({ measurements, y }, { initial: 'random' }), 'recover: random must be a Random, got undefined'],
  [() => recover({ measurements, y }, { stepSize: wrong(0.1) }), 'recover: stepSize must be a step rule, got 0.1'],
  [() => recover(wrong(undefined)), 'recover: input must be'],
  [() => subgm(wrong(A), y), 'subgm: measurements must be Measurements, got an array of length 2'],
  [
    () => subgm(measurements, y, { initial: wrong('small') }),
    "subgm: initial must be 'spectral' or 'random', got \"small\"",
  ],
  [
    () =>
      subgm(measurements, y, {
        initial: [
          [1, 2, 3],
          [1, 2, 3],
        ],
      }),
    'subgm: initial must be of 2 columns at most, got 3',
  ],
  [() => subgm(measurements, y, { initial: [[1]] }), 'subgm: initial must be of shape [2, 1], got shape [1, 1]'],
  [() => subgm(measurements, y, { stepSize: () => -1 }), 'subgm: stepSize must be a nonnegative number, got -1'],
  [
    () => subgm(measurements, y, { stepSize: () => Number.NaN }),
    'subgm: stepSize must be a nonnegative number, got NaN',
  ],
  [
    () => subgm(measurements, y, { stepSize: Object.assign(() => 1, { q: 2 }) }),
    'subgm: stepSize.q must be between 0 and 1',
  ],
  [
    () =>
      denseMeasurements([
        [
          [1, Number.NaN],
          [0, 1],
        ],
      ]),
    'denseMeasurements: A[0][0][1] must be a finite number, got NaN',
  ],
  [() => denseMeasurements([[1, 2, 3, 4]]), 'denseMeasurements: size must be given'],
  [() => denseMeasurements([[1, 2]], { size: 2 }), 'denseMeasurements: A must be of 4 or 3 columns for size 2, got 2'],
  [() => denseMeasurements([[[1e80]]]), 'denseMeasurements: A must be of a largest entry between'],
  [() => gaussianMeasurements(0, 2, rng), 'gaussianMeasurements: m must be an integer of at least 1, got 0'],
  [
    () => gaussianMeasurements(1e6, 100, rng),
    'gaussianMeasurements: measurements must be of 500000000 packed numbers at most; batchedMeasurements takes more',
  ],
  [() => rankOneMeasurements([[Infinity]]), 'rankOneMeasurements: vectors[0][0]'],
  [
    () => entryMeasurements({ size: 2, rows: [2], columns: [0] }),
    'entryMeasurements: rows[0] must be an integer between 0 and 1, got 2',
  ],
  [
    () => entryMeasurements({ size: 2, rows: [0, 1], columns: [0] }),
    'entryMeasurements: columns must be of length 2, got length 1',
  ],
  [
    () => sparseMeasurements({ size: 2, starts: [0, 2], rows: [0], columns: [0], values: [1] }),
    'sparseMeasurements: starts[1]',
  ],
  [
    () => sparseMeasurements({ size: 2, starts: [0, 1, 0, 1], rows: [0], columns: [0], values: [1] }),
    'sparseMeasurements: starts[2]',
  ],
  [
    () => sparseMeasurements({ size: 2, starts: [0, 0], rows: [0], columns: [0], values: [1] }),
    'sparseMeasurements: starts[1] must be 1, the number of values, got 0',
  ],
  [
    () => batchedMeasurements({ size: 2, counts: [0], batch: () => A }),
    'batchedMeasurements: counts[0] must be a positive integer, got 0',
  ],
  [() => measurements.forward([[1]]), 'Measurements.forward: X must be of shape [2, 2], got shape [1, 1]'],
  [() => measurements.adjoint([1]), 'Measurements.adjoint: z must be of length 2, got length 1'],
  [() => geometric({ decay: 1 }), 'geometric: decay must be between 0 and 1, both excluded, got 1'],
  [() => geometric({ initial: 0 }), 'geometric: initial must be a positive number, got 0'],
  [() => quantile({ q: 0 }), 'quantile: q must be between 0 and 1, both excluded, got 0'],
  [() => constant(-1), 'constant: eta must be a positive number, got -1'],
  [() => lossProportional(0), 'lossProportional: eta must be a positive number, got 0'],
  [() => polyak({ target: Infinity }), 'polyak: target must be a finite number, got Infinity'],
  [() => oracle({ truth: wrong(1) }), 'oracle: truth must be'],
  [
    () => spectralInitialization(measurements, [-1, 0]),
    'spectralInitialization: y must be such that C has a positive eigenvalue',
  ],
  [
    () =>
      signRip(
        measurements,
        [
          [0, 0],
          [0, 0],
        ],
        { rank: 1 },
      ),
    'signRip: X must be not 0, got 0',
  ],
  [() => signRip(measurements, A[0], { rank: 3 }), 'signRip: rank must be an integer between 1 and 2, got 3'],
  [
    () =>
      decompose(
        [[1], [1]],
        [
          [-1, 0],
          [0, -1],
        ],
      ),
    'decompose: truth must be positive semidefinite and not 0',
  ],
  [
    () =>
      decompose(
        [[1], [1]],
        [
          [1, 0],
          [0, -1],
        ],
      ),
    'decompose: truth must be positive semidefinite, got an eigenvalue of -1',
  ],
  [() => scaling.gaussian(0, 1), 'scaling.gaussian: norm must be a positive number, got 0'],
  [
    () => scaling.outliers(1, { corruption: 2, outlierScale: 1 }),
    'scaling.outliers: corruption must be a finite number between 0 and 1, got 2',
  ],
  [
    () => syntheticProblem({ size: 2, rank: 3, count: 1, random: rng }),
    'syntheticProblem: rank must be an integer between 1 and 2, got 3',
  ],
])('refusal %#', (call, message) => {
  expect(call).toThrow(message)
})
