import { type AdaptiveKernels, wasmAdaptive } from './adaptive.ts'
import type { Exports } from './kernel-set.ts'

/**
 * Fused optimizer updates, in place: one read and one write of every array. Coefficients such as 1 - beta1 are worked out in float64;
 * the forms with 32 round each coefficient to float32 once, then every operation. `keep` is 1 - learningRate weightDecay.
 */
export interface UpdateKernels<A> extends AdaptiveKernels<A> {
  /**
   * Lion: c = beta1 m + (1 - beta1) g; p = (1 - learningRate weightDecay) p - learningRate sign(c); m = beta2 m + (1 - beta2) g.
   * Where c is NaN, p becomes NaN.
   */
  lion(n: number, p: A, m: A, g: A, learningRate: number, weightDecay: number, beta1: number, beta2: number): void
  /**
   * AdamW: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p = keep p - stepSize m / (sqrt(correction2 v) + epsilon).
   * At step t the caller gives stepSize = learningRate / (1 - beta1^t), correction2 = 1 / (1 - beta2^t).
   */
  adamw(
    n: number,
    p: A,
    m: A,
    v: A,
    g: A,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
  /** {@link adamw} with l2 p + g in place of g. */
  adam(
    n: number,
    p: A,
    m: A,
    v: A,
    g: A,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    l2: number,
  ): void
  /** {@link adam} with w = max(w, v) in place of v under the root. */
  amsgrad(
    n: number,
    p: A,
    m: A,
    v: A,
    w: A,
    g: A,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    l2: number,
  ): void
  /** Gradient descent: p = keep p - learningRate (l2 p + g). */
  descend(n: number, p: A, g: A, learningRate: number, keep: number, l2: number): void
  /**
   * Momentum: d = l2 p + g; b = momentum b + gain d; p = keep p - learningRate b, or with nesterov = 1
   * p = keep p - learningRate (momentum b + d).
   */
  sgd(
    n: number,
    p: A,
    b: A,
    g: A,
    learningRate: number,
    keep: number,
    l2: number,
    momentum: number,
    gain: number,
    nesterov: number,
  ): void
  /**
   * RMSProp: d = l2 p + g; s = alpha s + (1 - alpha) d^2, q = s; with centered = 1 also a = alpha a + (1 - alpha) d, q = max(s - a^2, 0);
   * e = d / (sqrt(q) + epsilon); with momentum > 0 also b = momentum b + e, e = b; p = keep p - learningRate e.
   * `a` and `b` are not touched when not needed: give any view.
   */
  rmsprop(
    n: number,
    p: A,
    s: A,
    a: A,
    b: A,
    g: A,
    learningRate: number,
    keep: number,
    l2: number,
    alpha: number,
    epsilon: number,
    momentum: number,
    centered: number,
  ): void
  /** Adagrad: d = l2 p + g; s = d d + s; p = keep p - learningRate d / (sqrt(s) + epsilon). */
  adagrad(n: number, p: A, s: A, g: A, learningRate: number, keep: number, l2: number, epsilon: number): void
  /** Index of the first entry that is NaN or infinite, -1 when all are finite. */
  nonFinite(n: number, x: A): number
}

/** The kernels of {@link allocateUpdates}: the updates on float64 under their own names, on float32 with 32 behind them. */
export type OptimizerKernels = UpdateKernels<Float64Array> & {
  [Name in keyof UpdateKernels<Float32Array> as `${Name}32`]: UpdateKernels<Float32Array>[Name]
}

/** The updates of one type of numbers: views in, pointers through. */
function updates<A extends ArrayBufferView>(wasm: Exports, kind: '' | '32'): UpdateKernels<A> {
  const of = (name: string) => wasm[name + kind]
  const at = (view: A) => view.byteOffset
  const [lion, adamw, adam, amsgrad] = [of('lion'), of('adamw'), of('adam'), of('amsgrad')]
  const [descend, sgd, rmsprop, adagrad, nonFinite] = ['descend', 'sgd', 'rmsprop', 'adagrad', 'nonFinite'].map(of)
  return {
    ...wasmAdaptive<A>(of),
    lion: (n, p, m, g, rate, decay, beta1, beta2) => void lion(n, at(p), at(m), at(g), rate, decay, beta1, beta2),
    adamw: (n, p, m, v, g, rate, correct, keep, beta1, beta2, epsilon) =>
      void adamw(n, at(p), at(m), at(v), at(g), rate, correct, keep, beta1, beta2, epsilon),
    adam: (n, p, m, v, g, rate, correct, keep, beta1, beta2, epsilon, l2) =>
      void adam(n, at(p), at(m), at(v), at(g), rate, correct, keep, beta1, beta2, epsilon, l2),
    amsgrad: (n, p, m, v, w, g, rate, correct, keep, beta1, beta2, epsilon, l2) =>
      void amsgrad(n, at(p), at(m), at(v), at(w), at(g), rate, correct, keep, beta1, beta2, epsilon, l2),
    descend: (n, p, g, rate, keep, l2) => void descend(n, at(p), at(g), rate, keep, l2),
    sgd: (n, p, b, g, rate, keep, l2, momentum, gain, nesterov) =>
      void sgd(n, at(p), at(b), at(g), rate, keep, l2, momentum, gain, nesterov),
    rmsprop: (n, p, s, a, b, g, rate, keep, l2, alpha, epsilon, momentum, centered) =>
      void rmsprop(n, at(p), at(s), at(a), at(b), at(g), rate, keep, l2, alpha, epsilon, momentum, centered),
    adagrad: (n, p, s, g, rate, keep, l2, epsilon) => void adagrad(n, at(p), at(s), at(g), rate, keep, l2, epsilon),
    nonFinite: (n, x) => nonFinite(n, at(x)),
  }
}

/** The kernels of a WebAssembly instance. */
export function wasmOptimizers(wasm: Exports): OptimizerKernels {
  return { ...updates<Float64Array>(wasm, ''), ...with32(updates<Float32Array>(wasm, '32')) }
}

/** Puts 32 behind the names. */
function with32(kernels: UpdateKernels<Float32Array>): Omit<OptimizerKernels, keyof UpdateKernels<Float64Array>> {
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [`${name}32`, kernel]),
  ) as unknown as OptimizerKernels
}
