import {
  allocate,
  exponentialKernels,
  gemmScratch,
  type MatrixView,
  matrixKernels,
  matrixView,
  scanKernels,
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

/** The number of its parameters: W' with b as its last column (J x (d + 1)), then V with c as its last row. */
export const stageSize = ({ d, J, K }: StageShape): number => J * (d + 1) + (J + 1) * K

/** Views W' | b and V | c in a flat array of parameters. */
export function partsOf({ d, J }: StageShape, x: Float64Array): { W: Float64Array; V: Float64Array } {
  return { W: x.subarray(0, J * (d + 1)), V: x.subarray(J * (d + 1)) }
}

/**
 * What a small network is trained on: residuals R of m examples, with the mean squared error and weight decay
 *
 *     1/(2m) |h(X) - R|^2 + l2/(2m) (|W|^2 + |V|^2),   h(X) = phi(X W + b) V + c.
 *
 * Biases are weights of a constant 1. Activations and errors are kept transposed, so that the long dimension is the
 * inner loop of the products.
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
    const { X, Xt, ones } = this.#views
    for (let i = 0; i < m; i++) X.data[i * (shape.d + 1) + shape.d] = 1
    Xt.data.fill(1, shape.d * m)
    ones.fill(1)
  }

  /** Takes m rows of X (n x d) and R (n x K). */
  load(X: Float64Array, R: Float64Array, rows: ArrayLike<number>): void {
    const { d, K } = this.shape
    const { X: own, Xt, minusR } = this.#views
    const m = this.#m
    for (let i = 0; i < m; i++) {
      const [from, to] = [rows[i] * d, i * (d + 1)]
      for (let j = 0; j < d; j++) Xt.data[j * m + i] = own.data[to + j] = X[from + j]
      for (let k = 0; k < K; k++) minusR[k * m + i] = -R[rows[i] * K + k]
    }
  }

  /** Returns the value at x and writes the gradient. */
  readonly evaluate = (x: Float64Array, gradient: Float64Array): number => {
    const { Xt, X, minusR, flat, slopes, W, V, V1, dW, dV1, H, H1, D, E, work, kernels } = this.#views
    const { d, J, K, activation } = this.shape
    const m = this.#m
    flat.set(x)
    const sign = activation === 'sigmoid' ? -1 : 1
    H.data.fill(0)
    kernels.gemm(sign, W, Xt, H, work)
    activate(activation, J * m, H.data, kernels.vexp)
    E.data.set(minusR)
    kernels.gemm(1, transpose(V1), H1, E, work)
    const squares = kernels.squaredNorm(K * m, E.data)
    const decay = this.#l2 / m
    let penalty = 0
    for (let i = 0; i < slopes.length; i++) {
      const isBias = i < J * (d + 1) ? i % (d + 1) === d : i >= J * (d + 1 + K)
      const w = isBias ? 0 : flat[i]
      slopes[i] = decay * w
      penalty += w * w
    }
    kernels.gemm(1 / m, H1, transpose(E), dV1, work)
    D.data.fill(0)
    kernels.gemm(1 / m, V, E, D, work)
    timesSlope(activation, J * m, H.data, D.data)
    kernels.gemm(1, D, X, dW, work)
    gradient.set(slopes)
    return squares / (2 * m) + (decay * penalty) / 2
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
    const { Xt, ones, h } = this.#views
    for (let i = 0, k = 0; i < n; i++) for (let j = 0; j < shape.d; j++) Xt.data[j * n + i] = X[k++]
    Xt.data.fill(1, shape.d * n)
    ones.fill(1)
    this.h = h.data
  }

  compute(x: Float64Array): void {
    const { flat, W, V1, Xt, H, H1, h, work, kernels } = this.#views
    const { activation } = this.#shape
    flat.set(x)
    H.data.fill(0)
    kernels.gemm(activation === 'sigmoid' ? -1 : 1, W, Xt, H, work)
    activate(activation, H.data.length, H.data, kernels.vexp)
    h.data.fill(0)
    kernels.gemm(1, transpose(H1), V1, h, work)
  }
}

/** Views of the hidden units, J x m, and of the same with a row of ones below. */
function hiddenViews(
  data: Float64Array,
  J: number,
  m: number,
): Record<'H' | 'H1', MatrixView> & { ones: Float64Array } {
  const H = matrixView(data.subarray(0, J * m), J, m)
  return { H, H1: matrixView(data, J + 1, m), ones: data.subarray(J * m) }
}

function stageViews(shape: StageShape, m: number) {
  const { d, J, K } = shape
  const size = stageSize(shape)
  const products = [
    [J, m, d + 1],
    [K, m, J + 1],
    [J + 1, K, m],
    [J, m, K],
    [J, d + 1, m],
  ]
  return allocate([matrixKernels, exponentialKernels, scanKernels], (views) => {
    const [flat, slopes] = [views.f64(size), views.f64(size)]
    const [at, out] = [partsOf(shape, flat), partsOf(shape, slopes)]
    return {
      flat,
      slopes,
      W: matrixView(at.W, J, d + 1),
      V: matrixView(at.V, J, K),
      V1: matrixView(at.V, J + 1, K),
      dW: matrixView(out.W, J, d + 1),
      dV1: matrixView(out.V, J + 1, K),
      X: matrixView(views.f64(m * (d + 1)), m, d + 1),
      Xt: matrixView(views.f64((d + 1) * m), d + 1, m),
      minusR: views.f64(K * m),
      ...hiddenViews(views.f64((J + 1) * m), J, m),
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
      W: matrixView(at.W, J, d + 1),
      V1: matrixView(at.V, J + 1, K),
      Xt: matrixView(views.f64((d + 1) * n), d + 1, n),
      ...hiddenViews(views.f64((J + 1) * n), J, n),
      h: matrixView(views.f64(n * K), n, K),
      work: views.f64(Math.max(gemmScratch(J, n, d + 1), gemmScratch(n, K, J + 1))),
    }
  })
}
