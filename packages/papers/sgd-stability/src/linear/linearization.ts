import {
  allocate,
  calling,
  gemmScratch,
  type Matrix,
  type MatrixLike,
  matrix,
  matrixCopy,
  number,
  options as optionsOf,
  refuse,
  transpose,
} from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { peakOf, scaled } from '../range.ts'
import { productKernels } from './kernels.ts'

/** Eigenvalues of H below this part of the largest, times the rows that they are sums of, are rounding. */
const ROUNDING = 1e-15

/** Entries that differ by more than this, relative to the largest entry, do not make a symmetric kernel. */
const ASYMMETRY = 1e-5

/** Negative eigenvalues up to this part of the largest are taken as 0: those of kernels in float32. */
const INDEFINITE = 1e-5

/** Options of {@link linearize} and {@link linearizeKernel}. */
export interface LinearizeOptions {
  /** Outputs of each example; their rows follow one another. Default 1. */
  outputs?: number | undefined
}

/**
 * A model to first order about its parameters: the gradients of its outputs, in the eigenbasis of
 * H = (1/n) sum of J_i'J_i. Made by {@link linearize} or {@link linearizeKernel}; what takes gradients takes
 * this as well, so that a model of which one asks much is decomposed once.
 */
export class Linearization {
  /** Number n of examples. */
  readonly examples: number
  /** Number of outputs of each example. */
  readonly outputs: number
  /** Eigenvalues of H, ascending, without those that are 0 up to rounding. */
  readonly eigenvalues: Float64Array
  /** Gradients in the eigenbasis, row-major: examples x outputs rows, a column for each eigenvalue. */
  readonly rows: Float64Array
  /** The gradients that were given, unless it was their kernel. */
  readonly gradients: Matrix | undefined

  constructor(examples: number, outputs: number, eigenvalues: Float64Array, rows: Float64Array, gradients?: Matrix) {
    this.examples = examples
    this.outputs = outputs
    this.eigenvalues = eigenvalues
    this.rows = rows
    this.gradients = gradients
  }
}

/** Gradients of a model's outputs, one row for each example, or a model that was linearized before. */
export type Gradients = MatrixLike | Linearization

/**
 * Linearizes a model from the gradients of its outputs.
 *
 * @param gradients n x d, row i the gradient of the output of example i in the parameters; with several
 * outputs, (n x outputs) x d, the outputs of an example in neighbouring rows.
 * @throws TypeError or RangeError when the gradients are no finite matrix, their rows no multiple of
 * `outputs`, or their largest entry is neither 0 nor between 1e-70 and 1e70.
 */
export function linearize(gradients: MatrixLike, options?: LinearizeOptions): Linearization {
  return calling('linearize', () => {
    // A copy: the caller's array may change before the linearization is used.
    return fromGradients(matrixCopy(gradients, 'gradients'), optionsOf(options, 'options', ['outputs']))
  })
}

/**
 * Linearizes a model from the inner products of the gradients of its outputs, its tangent kernel: all
 * quantities of this package depend on them only.
 *
 * @param kernel square, symmetric and positive semidefinite, both up to 1e-5 of its largest value, (n x outputs) rows: a matrix, or a flat row-major array such as
 * `network.ntk(inputs)` of @opt/nn.
 * @throws TypeError or RangeError when the kernel is no such matrix, its rows are no multiple of `outputs`,
 * or its largest entry is neither 0 nor between 1e-140 and 1e140.
 */
export function linearizeKernel(
  kernel: MatrixLike | Float64Array | Float32Array,
  options?: LinearizeOptions,
): Linearization {
  return calling('linearizeKernel', () => {
    const { outputs = 1 } = optionsOf(options, 'options', ['outputs'])
    const K = matrix(squared(kernel), 'kernel')
    const [rows, columns] = K.shape
    if (rows !== columns) refuse('kernel', 'square', `shape [${rows}, ${columns}]`)
    scaled(K.data, 'kernel', 1e140)
    return new Linearization(...parts(symmetrized(K.data, rows), rows, examplesOf(rows, outputs, 'kernel'), outputs))
  })
}

/** Returns gradients as a linearization. */
export function linearized(gradients: Gradients): Linearization {
  return gradients instanceof Linearization ? gradients : fromGradients(gradients, {})
}

function fromGradients(given: MatrixLike, { outputs = 1 }: LinearizeOptions): Linearization {
  const A = matrix(given, 'gradients')
  const [N, d] = A.shape
  const n = examplesOf(N, outputs, 'gradients')
  scaled(A.data, 'gradients')
  const wide = d >= N
  const side = wide ? N : d
  const { kernels, X, G, V, rows, work } = allocate([productKernels], (views) => ({
    X: views.matrix(N, d),
    G: views.matrix(side, side),
    V: views.matrix(d, wide ? 0 : d),
    rows: views.matrix(wide ? 0 : N, d),
    work: views.f64(Math.max(gemmScratch(side, side, wide ? d : N), wide ? 0 : gemmScratch(N, d, d))),
  }))
  for (let i = 0; i < N; i++) X.data.set(A.data.subarray(i * d, (i + 1) * d), i * X.stride)
  kernels.syrk(1, wide ? X : transpose(X), G, work)
  const gram = new Float64Array(side * side)
  for (let i = 0; i < side; i++)
    for (let j = 0; j <= i; j++) gram[i * side + j] = gram[j * side + i] = G.data[i * G.stride + j]
  if (wide) return new Linearization(...parts(gram, N, n, outputs), A)

  const { values, vectors } = symmetricEigen(ndarray(gram, [d, d]))
  for (let i = 0; i < d; i++) V.data.set(vectors!.data.subarray(i * d, (i + 1) * d), i * V.stride)
  kernels.gemm(1, X, V, rows, work)
  const first = flat(values, N)
  const rank = d - first
  const rotated = new Float64Array(N * rank)
  for (let i = 0; i < N; i++) rotated.set(rows.data.subarray(i * rows.stride + first, i * rows.stride + d), i * rank)
  return new Linearization(
    n,
    outputs,
    values.subarray(first).map((value) => value / n),
    rotated,
    A,
  )
}

/** The eigenbasis from inner products: column k of the rows is sqrt(value k) times vector k. */
function parts(K: Float64Array, N: number, n: number, outputs: number) {
  const { values, vectors } = symmetricEigen(ndarray(K, [N, N]))
  const first = flat(values, N)
  if (-values[0] > INDEFINITE * Math.abs(values[N - 1]))
    refuse('kernel', 'positive semidefinite', `an eigenvalue of ${values[0]}`)
  const rank = N - first
  const rows = new Float64Array(N * rank)
  const roots = values.subarray(first).map(Math.sqrt)
  for (let i = 0; i < N; i++)
    for (let k = 0; k < rank; k++) rows[i * rank + k] = roots[k] * vectors!.data[i * N + first + k]
  return [n, outputs, values.subarray(first).map((value) => value / n), rows] as const
}

/** The number of leading eigenvalues that are 0 up to the rounding of sums of N squares. */
function flat(values: Float64Array, N: number): number {
  const least = ROUNDING * Math.max(N, 10) * values[values.length - 1]
  const first = values.findIndex((value) => value > least)
  return first < 0 ? values.length : first
}

function examplesOf(N: number, outputs: number, label: string): number {
  number(outputs, 'outputs', { integer: true, min: 1 })
  if (N % outputs !== 0) refuse(label, `of a number of rows that is a multiple of outputs = ${outputs}`, `${N} rows`)
  return N / outputs
}

/** A symmetric copy of a matrix that is symmetric up to rounding: its lower triangle, mirrored. */
function symmetrized(K: Float64Array, N: number): Float64Array {
  const allowed = ASYMMETRY * peakOf(K)
  const out = K.slice()
  for (let i = 0; i < N; i++)
    for (let j = 0; j < i; j++) {
      const [entry, mirror] = [K[i * N + j], K[j * N + i]]
      if (Math.abs(entry - mirror) > allowed)
        refuse(`kernel[${j}][${i}]`, `equal to kernel[${i}][${j}] = ${entry}`, String(mirror))
      out[j * N + i] = entry
    }
  return out
}

/** A flat array as a square matrix. */
function squared(kernel: MatrixLike | Float64Array | Float32Array): MatrixLike {
  if (!ArrayBuffer.isView(kernel)) return kernel as MatrixLike
  const side = Math.sqrt(kernel.length)
  if (!Number.isInteger(side) || side === 0) refuse('kernel', 'of n x n entries', `length ${kernel.length}`)
  return ndarray(Float64Array.from(kernel), [side, side])
}
