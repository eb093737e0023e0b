/**
 * Fused optimizer updates, in place: one read and one write of every array. Coefficients such as 1 - beta1 are worked out in float64;
 * the forms with 32 round each coefficient to float32 once, then every operation.
 */
export interface OptimizerKernels {
  /**
   * Lion: c = beta1 m + (1 - beta1) g; p = (1 - learningRate weightDecay) p - learningRate sign(c); m = beta2 m + (1 - beta2) g.
   * Where c is NaN, p becomes NaN.
   */
  lion(
    n: number,
    p: Float64Array,
    m: Float64Array,
    g: Float64Array,
    learningRate: number,
    weightDecay: number,
    beta1: number,
    beta2: number,
  ): void
  /** {@link lion} in float32. */
  lion32(
    n: number,
    p: Float32Array,
    m: Float32Array,
    g: Float32Array,
    learningRate: number,
    weightDecay: number,
    beta1: number,
    beta2: number,
  ): void
  /**
   * AdamW: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p = keep p - stepSize m / (sqrt(correction2 v) + epsilon).
   * At step t the caller gives stepSize = learningRate / (1 - beta1^t), correction2 = 1 / (1 - beta2^t), keep = 1 - learningRate weightDecay.
   */
  adamw(
    n: number,
    p: Float64Array,
    m: Float64Array,
    v: Float64Array,
    g: Float64Array,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
  /** {@link adamw} in float32. */
  adamw32(
    n: number,
    p: Float32Array,
    m: Float32Array,
    v: Float32Array,
    g: Float32Array,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
}

const { fround } = Math

/** The twins in plain JavaScript. */
export const plainOptimizers: OptimizerKernels = {
  lion(n, p, m, g, learningRate, weightDecay, beta1, beta2) {
    const keep = 1 - learningRate * weightDecay
    for (let i = 0; i < n; i++) {
      const c = beta1 * m[i] + (1 - beta1) * g[i]
      p[i] = keep * p[i] - (c > 0 ? learningRate : c < 0 ? -learningRate : c === 0 ? 0 : c)
      m[i] = beta2 * m[i] + (1 - beta2) * g[i]
    }
  },

  lion32(n, p, m, g, learningRate, weightDecay, beta1, beta2) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const keep = fround(1 - learningRate * weightDecay)
    const rate = fround(learningRate)
    for (let i = 0; i < n; i++) {
      const c = fround(fround(b1 * m[i]) + fround(c1 * g[i]))
      p[i] = fround(keep * p[i]) - (c > 0 ? rate : c < 0 ? -rate : c === 0 ? 0 : c)
      m[i] = fround(b2 * m[i]) + fround(c2 * g[i])
    }
  },

  adamw(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon) {
    for (let i = 0; i < n; i++) {
      const first = (m[i] = beta1 * m[i] + (1 - beta1) * g[i])
      const second = (v[i] = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]))
      p[i] = keep * p[i] - (stepSize * first) / (Math.sqrt(second * correction2) + epsilon)
    }
  },

  adamw32(n, p, m, v, g, stepSize, correction2, keep, beta1, beta2, epsilon) {
    const b1 = fround(beta1)
    const c1 = fround(1 - beta1)
    const b2 = fround(beta2)
    const c2 = fround(1 - beta2)
    const rate = fround(stepSize)
    const correct = fround(correction2)
    const decay = fround(keep)
    const eps = fround(epsilon)
    for (let i = 0; i < n; i++) {
      const first = fround(fround(b1 * m[i]) + fround(c1 * g[i]))
      const second = fround(fround(b2 * v[i]) + fround(c2 * fround(g[i] * g[i])))
      m[i] = first
      v[i] = second
      const root = fround(fround(Math.sqrt(fround(second * correct))) + eps)
      p[i] = fround(decay * p[i]) - fround(fround(rate * first) / root)
    }
  },
}

type Exports = Record<string, (...numbers: number[]) => number>

/** The kernels of a WebAssembly instance: views in, pointers through. */
export const wasmOptimizers = (wasm: Exports): OptimizerKernels => ({
  lion: (n, p, m, g, ...c) => void wasm.lion(n, p.byteOffset, m.byteOffset, g.byteOffset, ...c),
  lion32: (n, p, m, g, ...c) => void wasm.lion32(n, p.byteOffset, m.byteOffset, g.byteOffset, ...c),
  adamw: (n, p, m, v, g, ...c) => void wasm.adamw(n, p.byteOffset, m.byteOffset, v.byteOffset, g.byteOffset, ...c),
  adamw32: (n, p, m, v, g, ...c) => void wasm.adamw32(n, p.byteOffset, m.byteOffset, v.byteOffset, g.byteOffset, ...c),
})
