import { allocate, gemmScratch, refuse, type Views } from '@opt/core'
import type { Buffers } from './buffers.ts'
import type { Real } from './real.ts'

/**
 * Inner products of gradients without the gradients: rows (i, k) and (j, m) have sum over layers of
 * (x_i . x_j + 1) (D_ik . D_jm), x the layer's input and D the derivative of what is differentiated in x W + b.
 * All of it in float64, in a memory of its own, which is freed with it.
 */
export class GradientGram {
  readonly #n: number
  readonly #k: number
  readonly #net: Buffers
  readonly #space: ReturnType<typeof plan> & { kernels: Buffers['kernels'] }

  /** For n examples of k rows each. */
  constructor(net: Buffers, n: number, k: number) {
    this.#n = n
    this.#k = k
    this.#net = net
    this.#space = allocate((views) => plan(views, net, n, k))
  }

  /** Keeps what a forward pass over `count` examples left in the buffers, as examples from `start` on. */
  keep(start: number, count: number): void {
    this.#net.layers.forEach(({ parameters, input, s, a, norm }, l) => {
      const { inputs, outputs } = parameters
      const kept = this.#space.layers[l]
      kept.x.set(input.subarray(0, count * inputs), start * inputs)
      kept.slope.fill(1, start * outputs, (start + count) * outputs)
      if (l < this.#net.layers.length - 1)
        this.#net.activation.timesSlope(count * outputs, s, a, kept.slope.subarray(start * outputs))
      if (norm) kept.normalized.set(norm.normalized.subarray(0, count * outputs), start * outputs)
    })
  }

  /** The rows of derivatives in the outputs, (n k) x outputs, to be written before {@link products}. */
  get outputRows(): Float64Array {
    return this.#space.layers[this.#space.layers.length - 1].d
  }

  /**
   * The Gram matrix, (n k) x (n k), row-major.
   *
   * @throws RangeError when it overflows.
   */
  products(): Float64Array {
    const { layers } = this.#net
    const [n, k] = [this.#n, this.#k]
    const rows = n * k
    const { inner, outer, work, kernels, layers: kept } = this.#space
    const gram = new Float64Array(rows * rows)

    const inputProducts = (x: Float64Array, m: number) => {
      outer.fill(0)
      kernels.syrk(n, m, 1, x, m, 1, outer, n, work)
    }
    const add = (d: Float64Array, m: number, factor: (i: number, j: number) => number) => {
      inner.fill(0)
      kernels.syrk(rows, m, 1, d, m, 1, inner, rows, work)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j <= i; j++) gram[i * rows + j] += inner[i * rows + j] * factor((i / k) | 0, (j / k) | 0)
    }

    for (let l = layers.length - 1; l >= 0; l--) {
      const { parameters, norm } = layers[l]
      const { inputs, outputs, weight, bias, scale } = parameters
      const { x, d, w, slope, normalized } = kept[l]
      for (let r = 0; r < rows; r++) multiply(d, r * outputs, slope, ((r / k) | 0) * outputs, outputs)
      if (norm) {
        add(d, outputs, () => 1)
        const inScale = this.#space.scratch
        inScale.set(d)
        for (let r = 0; r < rows; r++) multiply(inScale, r * outputs, normalized, ((r / k) | 0) * outputs, outputs)
        add(inScale, outputs, () => 1)
        for (let at = 0; at < rows * outputs; at++) d[at] *= (scale as Real)[at % outputs] * norm.rate[at % outputs]
      }
      inputProducts(x, inputs)
      const one = bias ? 1 : 0
      add(d, outputs, (i, j) => outer[i * n + j] + one)
      if (l === 0) break
      w.set(weight)
      kept[l - 1].d.fill(0)
      kernels.gemm(rows, inputs, outputs, 1, d, outputs, 1, w, 1, outputs, kept[l - 1].d, inputs, work)
    }
    for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) gram[j * rows + i] = gram[i * rows + j]
    const bad = gram.findIndex((v) => !Number.isFinite(v))
    if (bad >= 0)
      refuse(`inputs[${(bad / rows / k) | 0}]`, 'an example whose gradient has finite products', String(gram[bad]))
    return gram
  }
}

/** x[from + j] *= y[at + j]. */
function multiply(x: Float64Array, from: number, y: Float64Array, at: number, m: number): void {
  for (let j = 0; j < m; j++) x[from + j] *= y[at + j]
}

function plan(views: Views, net: Buffers, n: number, k: number) {
  const rows = n * k
  let [work, widest] = [0, 0]
  const layers = net.layers.map(({ parameters, norm }) => {
    const { inputs, outputs } = parameters
    widest = Math.max(widest, outputs)
    work = Math.max(
      work,
      gemmScratch(n, n, inputs),
      gemmScratch(rows, rows, outputs),
      gemmScratch(rows, inputs, outputs),
    )
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
    inner: views.f64(rows * rows),
    outer: views.f64(n * n),
    work: views.f64(work),
  }
}
