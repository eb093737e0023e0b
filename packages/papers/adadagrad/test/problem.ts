import { golden } from '@opt/testing'

/** A batch of tests.json, made with numpy. */
export interface TestCase {
  batch: number
  dimension: number
  tensors: number[]
  eta: number
  theta: number
  nu: number
  perExample: number[]
  mean: number[]
  squaredNorm: number
  variance: number[]
  varianceSum: number
  innerProductVariance: number
  orthogonalVariance: number
  suggested: Record<'norm' | 'innerProduct' | 'orthogonality' | 'augmented' | 'coordinate' | 'coordinateMedian', number>
  next: Record<'norm' | 'innerProduct' | 'augmented' | 'coordinate', number>
  finitePopulation: { N: number; norm: number }
  perTensor: Record<'innerProductVariance' | 'orthogonalVariance' | 'innerProduct' | 'augmented', number>
}

/** A step of a run of trajectories.json. */
export interface Step {
  batch: number
  loss: number
  squaredNorm: number
  varianceSum?: number
  innerProductVariance?: number
  orthogonalVariance?: number
  suggested?: number
}

/** A run of trajectories.json, made with numpy and checked against torch: a tanh network on random data. */
export interface Run {
  optimizer: 'AdaGrad' | 'AdaGradNorm' | 'SGD'
  learningRate: number
  initialBatch: number
  maxBatch: number
  test: 'norm' | 'ip' | 'augmented' | 'coord'
  eta?: number
  theta?: number
  nu?: number
  q?: number
  initial: number[][]
  indices: (number[] | null)[]
  steps: Step[]
  final: number[][]
}

export const cases = golden<TestCase[]>(import.meta.url, 'tests.json')
export const trajectories = golden<{
  N: number
  inputs: number
  hidden: number[]
  classes: number
  X: number[]
  y: number[]
  runs: Run[]
}>(import.meta.url, 'trajectories.json')

export const rowsOf = (data: readonly number[], columns: number): number[][] =>
  Array.from({ length: data.length / columns }, (_, i) => data.slice(i * columns, (i + 1) * columns))

/** Deterministic matrices that look random. */
export function wave(rows: number, columns: number, phase = 0): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => 0.3 + Math.sin(17 * i + 5 * j + phase)),
  )
}
