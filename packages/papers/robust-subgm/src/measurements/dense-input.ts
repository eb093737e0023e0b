import { type MatrixLike, matrix, number, refuse, show } from '@opt/core'
import type { NdArray } from 'ndarray'
import type { DenseMeasurements } from './dense.ts'
import { checkRange, packedLength } from './packing.ts'

/** Matrices A_k: a list of d x d matrices, an m x d x d ndarray, or an m x d^2 or m x d(d+1)/2 matrix with `size`. */
export type DenseInput = ArrayLike<MatrixLike> | NdArray | MatrixLike

/** Measurement matrices before they are packed. */
export interface DenseSource {
  size: number
  count: number
  fill(out: DenseMeasurements): void
}

/** Reads the accepted forms of dense measurements. */
export function readDense(A: DenseInput, size: number | undefined, label: string): DenseSource {
  if (size !== undefined) number(size, 'size', { integer: true, min: 1, max: 46340 })
  const cube = cubeOf(A)
  return cube ? readMatrices(cube, size, label) : readRows(A as MatrixLike, size, label)
}

/** The matrices of a list or of a three-dimensional ndarray; undefined when the input is one matrix. */
function cubeOf(A: DenseInput): ArrayLike<MatrixLike> | undefined {
  if (typeof A !== 'object' || A === null) return undefined
  if ('shape' in A && 'stride' in A) {
    if (A.shape?.length !== 3) return undefined
    return Array.from({ length: A.shape[0] }, (_, k) => A.pick(k, null, null) as NdArray)
  }
  const first: unknown = (A as ArrayLike<unknown>)[0]
  if (typeof first !== 'object' || first === null) return undefined
  const row = (first as ArrayLike<unknown>)[0]
  return typeof row === 'object' || 'shape' in first || 'rows' in first ? (A as ArrayLike<MatrixLike>) : undefined
}

function readMatrices(cube: ArrayLike<MatrixLike>, size: number | undefined, label: string): DenseSource {
  const first = matrix(cube[0], `${label}[0]`)
  const d = size ?? first.shape[1]
  return {
    size: d,
    count: cube.length,
    fill(out) {
      let peak = 0
      for (let k = 0; k < cube.length; k++) {
        const { data } = matrix(cube[k], `${label}[${k}]`, { rows: d, columns: d })
        for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]))
        out.set(k, data)
      }
      checkRange([peak], label)
    },
  }
}

function readRows(A: MatrixLike, size: number | undefined, label: string): DenseSource {
  const { data, shape } = matrix(A, label)
  const [m, columns] = shape
  if (size === undefined) refuse('size', 'given where each row is a measurement', show(size), 'type')
  const n = packedLength(size)
  if (columns !== size * size && columns !== n)
    refuse(label, `of ${size * size} or ${n} columns for size ${size}`, `${columns}`)
  checkRange(data, label)
  return {
    size,
    count: m,
    fill(out) {
      for (let k = 0; k < m; k++) {
        const row = data.subarray(k * columns, (k + 1) * columns)
        if (columns === n) out.rows.data.set(row, k * out.rows.stride)
        else out.set(k, row)
      }
    },
  }
}
