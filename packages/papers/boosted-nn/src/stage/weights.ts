import { type Matrix, type MatrixLike, matrix, options as optionsOf, type VectorLike, vector } from '@opt/core'
import ndarray from 'ndarray'
import { partsOf, type StageShape, stageSize } from './stage.ts'

/** The weights of a small network h(x) = phi(x W + b) V + c: W d x J, b J, V J x K, c K. */
export interface StageWeights {
  W: MatrixLike
  b: VectorLike
  V: MatrixLike
  c: VectorLike
}

/** Checks weights and writes them into one flat array. */
export function flatWeights(given: StageWeights, shape: StageShape, label: string): Float64Array {
  const { d, J, K } = shape
  const weights = optionsOf(given, label)
  const x = new Float64Array(stageSize(shape))
  const { W, V } = partsOf(shape, x)
  const { data } = matrix(weights.W, `${label}.W`, { rows: d, columns: J })
  const b = vector(weights.b, `${label}.b`, { length: J })
  for (let j = 0; j < J; j++) {
    for (let i = 0; i < d; i++) W[j * (d + 1) + i] = data[i * J + j]
    W[j * (d + 1) + d] = b[j]
  }
  V.set(matrix(weights.V, `${label}.V`, { rows: J, columns: K }).data)
  V.set(vector(weights.c, `${label}.c`, { length: K }), J * K)
  return x
}

/** Copies the weights of a flat array. */
export function weightsOf(
  shape: StageShape,
  x: Float64Array,
): { W: Matrix; b: Float64Array; V: Matrix; c: Float64Array } {
  const { d, J, K } = shape
  const { W, V } = partsOf(shape, x)
  const columns = Float64Array.from({ length: d * J }, (_, k) => W[(k % J) * (d + 1) + Math.floor(k / J)])
  const b = Float64Array.from({ length: J }, (_, j) => W[j * (d + 1) + d])
  return { W: ndarray(columns, [d, J]), b, V: ndarray(V.slice(0, J * K), [J, K]), c: V.slice(J * K) }
}
