import {
  allocate,
  exponentialKernels,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  transpose,
} from '@opt/core'
import { type ActivationName, activate, timesSlope } from '../activations.ts'

/** The sizes of one small network: d inputs, J hidden units, K outputs. */
export interface StageShape {
  d: number
  J: number
  K: number
  activation: ActivationName
}

/** The number of its parameters: W' (J x d), b, V (J x K), c, one after the other. */
export const stageSize = ({ d, J, K }: StageShape): number => J * (d + 1 + K) + K

/** The parts of a flat array of parameters: W is J x d, the transpose of the formula's. */
export type StageParts = Record<'W' | 'b' | 'V' | 'c', Float64Array>

/** Views the parts of a flat array of parameters. */
export function partsOf({ d, J, K }: StageShape, x: Float64Array): StageParts {
  const [b, V, c] = [J * d, J * (d + 1), J * (d + 1 + K)]
  return { W: x.subarray(0, b), b: x.subarray(b, V), V: x.subarray(V, c), c: x.subarray(c, c + K) }
}

/**
 * What a small network is trained on: residuals R of m examples, with the mean squared error and weight decay
 *
 *     1/(2m) |h(X) - R|^2 + l2/(2m) (|W|^2 + |V|^2),   h(X) = phi(X W + b) V + c.
 *
 * Activations and errors are kept transposed, so that the long dimension is the inner loop of every product.
 */
export class Stage {
  readonly shape: StageShape
  readonly #l2: number
  readonly #m: number
  readonly #views: ReturnType<typeof stageViews>

  constructor(shape: StageShape, m: number, l2: number) {
    this.shape = shape
    this.#l2 = l2
    this.#m = m
    this.#views = stageViews(shape, m)
  }

  /** Takes m rows of X (n x d) and R (n x K). */
  load(X: Float64Array, R: Float64Array, rows: ArrayLike<number>): void {
    const { d, K } = this.shape
    const { X: own, Xt, Rt } = this.#views
    const m = this.#m
    for (let i = 0; i < m; i++) {
      for (let j = 0, at = rows[i] * d; j < d; j++) Xt.data[j * m + i] = own.data[i * d + j] = X[at + j]
      for (let k = 0; k < K; k++) Rt[k * m + i] = R[rows[i] * K + k]
    }
  }

  /** Returns the value at x and writes the gradient. */
  readonly evaluate = (x: Float64Array, gradient: Float64Array): number => {
    const { Xt, X, Rt, flat, slopes, Wt, V, dWt, dV, H, D, E, work, kernels } = this.#views
    const [m, l2] = [this.#m, this.#l2]
    const { activation } = this.shape
    const at = partsOf(this.shape, x)
    const out = partsOf(this.shape, slopes)
    flat.set(x)
    fillRows(H, at.b)
    kernels.gemm(1, Wt, Xt, H, work)
    activate(activation, H.data.length, H.data, kernels.vexp)
    fillRows(E, at.c)
    kernels.gemm(1, transpose(V), H, E, work)
    let squares = 0
    for (let i = 0; i < E.data.length; i++) {
      const error = E.data[i] - Rt[i]
      squares += error * error
      E.data[i] = error / m
    }
    const penalty = addDecay(at.W, l2 / m, out.W) + addDecay(at.V, l2 / m, out.V)
    kernels.gemm(1, H, transpose(E), dV, work)
    sumRows(E, out.c)
    D.data.fill(0)
    kernels.gemm(1, V, E, D, work)
    timesSlope(activation, D.data.length, H.data, D.data)
    kernels.gemm(1, D, X, dWt, work)
    sumRows(D, out.b)
    gradient.set(slopes)
    return squares / (2 * m) + (l2 * penalty) / (2 * m)
  }
}

/** Computes h(X) for all rows of a matrix, with all memory allocated once. */
export class StageOutputs {
  readonly #shape: StageShape
  readonly #views: ReturnType<typeof outputViews>
  /** h, n x K. */
  readonly h: Float64Array

  constructor(shape: StageShape, X: Float64Array, n: number) {
    this.#shape = shape
    this.#views = outputViews(shape, n)
    const { Xt, h } = this.#views
    for (let i = 0, k = 0; i < n; i++) for (let j = 0; j < shape.d; j++) Xt.data[j * n + i] = X[k++]
    this.h = h.data
  }

  compute(x: Float64Array): void {
    const { flat, Wt, V, Xt, H, h, work, kernels } = this.#views
    const { b, c } = partsOf(this.#shape, x)
    flat.set(x)
    fillRows(H, b)
    kernels.gemm(1, Wt, Xt, H, work)
    activate(this.#shape.activation, H.data.length, H.data, kernels.vexp)
    for (let i = 0; i < h.data.length; i++) h.data[i] = c[i % c.length]
    kernels.gemm(1, transpose(H), V, h, work)
  }
}

function fillRows({ data, rows, columns }: MatrixView, values: Float64Array): void {
  for (let j = 0; j < rows; j++) data.fill(values[j], j * columns, (j + 1) * columns)
}

function sumRows({ data, rows, columns }: MatrixView, out: Float64Array): void {
  for (let j = 0; j < rows; j++) {
    let sum = 0
    for (let i = j * columns; i < (j + 1) * columns; i++) sum += data[i]
    out[j] = sum
  }
}

/** Writes decay w; returns |w|^2. */
function addDecay(w: Float64Array, decay: number, out: Float64Array): number {
  let squares = 0
  for (let i = 0; i < w.length; i++) {
    squares += w[i] * w[i]
    out[i] = decay * w[i]
  }
  return squares
}

function stageViews(shape: StageShape, m: number) {
  const { d, J, K } = shape
  const size = stageSize(shape)
  const products = [
    [J, m, d],
    [K, m, J],
    [J, K, m],
    [J, m, K],
    [J, d, m],
  ]
  return allocate([matrixKernels, exponentialKernels], (views) => {
    const [flat, slopes] = [views.f64(size), views.f64(size)]
    const [at, out] = [partsOf(shape, flat), partsOf(shape, slopes)]
    return {
      flat,
      slopes,
      Wt: matrixView(at.W, J, d),
      V: matrixView(at.V, J, K),
      dWt: matrixView(out.W, J, d),
      dV: matrixView(out.V, J, K),
      X: matrixView(views.f64(m * d), m, d),
      Xt: matrixView(views.f64(d * m), d, m),
      Rt: views.f64(K * m),
      H: matrixView(views.f64(J * m), J, m),
      D: matrixView(views.f64(J * m), J, m),
      E: matrixView(views.f64(K * m), K, m),
      work: views.f64(Math.max(...products.map(([a, b, c]) => gemmScratch(a, b, c)))),
    }
  })
}

function outputViews(shape: StageShape, n: number) {
  const { d, J, K } = shape
  return allocate([matrixKernels, exponentialKernels], (views) => {
    const flat = views.f64(stageSize(shape))
    const at = partsOf(shape, flat)
    return {
      flat,
      Wt: matrixView(at.W, J, d),
      V: matrixView(at.V, J, K),
      Xt: matrixView(views.f64(d * n), d, n),
      H: matrixView(views.f64(J * n), J, n),
      h: matrixView(views.f64(n * K), n, K),
      work: views.f64(Math.max(gemmScratch(J, n, d), gemmScratch(n, K, J))),
    }
  })
}
