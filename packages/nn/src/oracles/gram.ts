import {
  allocate,
  gemmScratch,
  type MatrixKernels,
  matrixKernels,
  matrixView,
  refuse,
  transpose,
  type Views,
} from '@opt/core'
import type { Buffers } from '../passes/buffers.ts'
import type { Pass } from '../passes/pass.ts'

/**
 * Inner products of gradients without the gradients: those of rows (i, k) and (j, m) are the sum over layers of
 * (x_i . x_j + 1) (D_ik . D_jm), where x is the layer's input and D the derivative of the differentiated quantity in
 * x W + b. Computed in float64, in memory of its own, which is freed with it.
 */
export class GradientGram {
  readonly #net: Buffers
  readonly #n: number
  readonly #k: number
  readonly #space: ReturnType<typeof layout> & { kernels: MatrixKernels }

  /** For n examples of k rows each. */
  constructor(net: Buffers, n: number, k: number) {
    this.#net = net
    this.#n = n
    this.#k = k
    this.#space = allocate([matrixKernels], (views) => layout(views, net, n, k))
  }

  /** Copies what the Gram matrix needs of a forward pass, as the examples from `start` on. */
  add({ net, n, layers, last }: Pass, start: number): void {
    layers.forEach((layer, l) => {
      const { parameters, input, s, a, norm } = layer
      const { inputs, outputs } = parameters
      const { x, slope, normalized } = this.#space.layers[l]
      x.set(input.subarray(0, n * inputs), start * inputs)
      slope.fill(1, start * outputs, (start + n) * outputs)
      const own = slope.subarray(start * outputs)
      if (layer !== last) net.activation.timesSlope(n * outputs, s, a, own)
      layers[l + 1]?.noise?.backward(n, own)
      if (norm) normalized.set(norm.normalized.subarray(0, n * outputs), start * outputs)
    })
  }

  /** The rows of derivatives in the outputs, (n k) x outputs, to be written before {@link products}. */
  get outputRows(): Float64Array {
    return this.#space.layers[this.#space.layers.length - 1].d
  }

  /**
   * Returns the Gram matrix, (n k) x (n k), row-major.
   *
   * @throws RangeError when it overflows.
   */
  products(): Float64Array {
    const { layers } = this.#net
    const [n, k] = [this.#n, this.#k]
    const rows = n * k
    const { scratch, inputProducts, work, kernels, layers: own } = this.#space
    const gram = new Float64Array(rows * rows)
    for (let l = layers.length - 1; l >= 0; l--) {
      const { parameters, norm } = layers[l]
      const { inputs, outputs, weight, bias, scale } = parameters
      const { x, d, w, slope, normalized } = own[l]
      this.#scaleRows(d, slope, outputs)
      if (norm) {
        this.#addProducts(gram, d, outputs, () => 1)
        scratch.set(d)
        this.#scaleRows(scratch, normalized, outputs)
        this.#addProducts(gram, scratch, outputs, () => 1)
        for (let at = 0; at < rows * outputs; at++) d[at] *= scale![at % outputs] * norm.rate[at % outputs]
      }
      inputProducts.fill(0)
      kernels.syrk(1, matrixView(x, n, inputs), matrixView(inputProducts, n, n), work)
      const one = bias ? 1 : 0
      this.#addProducts(gram, d, outputs, (i, j) => inputProducts[i * n + j] + one)
      if (l === 0) break
      w.set(weight)
      const below = own[l - 1].d
      below.fill(0)
      const W = matrixView(w, inputs, outputs)
      kernels.gemm(1, matrixView(d, rows, outputs), transpose(W), matrixView(below, rows, inputs), work)
    }
    for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) gram[j * rows + i] = gram[i * rows + j]
    const bad = gram.findIndex((v) => !Number.isFinite(v))
    if (bad >= 0)
      refuse(`inputs[${(bad / rows / k) | 0}]`, 'an example whose gradient has finite products', String(gram[bad]))
    return gram
  }

  /** Multiplies each of the k rows of example i, entry by entry, by row i of `factors`. */
  #scaleRows(d: Float64Array, factors: Float64Array, columns: number): void {
    const k = this.#k
    for (let r = 0; r < this.#n * k; r++) {
      const from = r * columns
      const at = ((r / k) | 0) * columns
      for (let j = 0; j < columns; j++) d[from + j] *= factors[at + j]
    }
  }

  /** Adds the inner products of rows of d, times factor(i, j) for those of examples i and j, to the lower triangle. */
  #addProducts(gram: Float64Array, d: Float64Array, columns: number, factor: (i: number, j: number) => number): void {
    const k = this.#k
    const rows = this.#n * k
    const { rowProducts, work, kernels } = this.#space
    rowProducts.fill(0)
    kernels.syrk(1, matrixView(d, rows, columns), matrixView(rowProducts, rows, rows), work)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j <= i; j++) gram[i * rows + j] += rowProducts[i * rows + j] * factor((i / k) | 0, (j / k) | 0)
  }
}

function layout(views: Views, net: Buffers, n: number, k: number) {
  const rows = n * k
  let [work, widest] = [0, 0]
  const layers = net.layers.map(({ parameters, norm }) => {
    const { inputs, outputs } = parameters
    widest = Math.max(widest, outputs)
    const sizes = [gemmScratch(n, n, inputs), gemmScratch(rows, rows, outputs), gemmScratch(rows, inputs, outputs)]
    work = Math.max(work, ...sizes)
    return {
      x: views.f64(n * inputs),
      slope: views.f64(n * outputs),
      normalized: views.f64(norm ? n * outputs : 0),
      d: views.f64(rows * outputs),
      w: views.f64(inputs * outputs),
    }
  })
  return {
    layers,
    scratch: views.f64(rows * widest),
    rowProducts: views.f64(rows * rows),
    inputProducts: views.f64(n * n),
    work: views.f64(work),
  }
}
