import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

type Floats = Float64Array

/**
 * Loops of the barrier b(d) = -l(x + d) + (lambda/2)|d|^2 - c sum_j [log(hi_j - d_j) + log(d_j - lo_j)], over n numbers.
 * `g` is the gradient of l in the inputs.
 */
export interface BarrierKernels {
  /** d -= step grad b, or step times its sign, then within the interval, tau of its width away from both ends. */
  barrierStep(
    n: number,
    d: Floats,
    low: Floats,
    high: Floats,
    g: Floats,
    c: number,
    lambda: number,
    step: number,
    tau: number,
    signs: number,
  ): void
  /** The same by Adam with moments m and v; `first` and `second`, 1 - .9^t and 1 - .999^t, correct their bias. */
  barrierAdam(
    n: number,
    d: Floats,
    low: Floats,
    high: Floats,
    g: Floats,
    m: Floats,
    v: Floats,
    c: number,
    lambda: number,
    step: number,
    tau: number,
    first: number,
    second: number,
  ): void
  /** q = g / (lambda + c / (hi - d)^2 + c / (d - lo)^2), within [lo - d, hi - d] where `clamp` is not 0. */
  barrierDirection(
    n: number,
    d: Floats,
    low: Floats,
    high: Floats,
    g: Floats,
    q: Floats,
    c: number,
    lambda: number,
    clamp: number,
  ): void
}

const { max, min, sqrt } = Math

/** grad b. */
const slope = (d: number, low: number, high: number, g: number, c: number, lambda: number) =>
  lambda * d - g + c * (1 / (high - d) - 1 / (d - low))

function inside(d: number, low: number, high: number, tau: number): number {
  const margin = tau * (high - low)
  return max(low + margin, min(high - margin, d))
}

const barrierStep: BarrierKernels['barrierStep'] = (n, d, low, high, g, c, lambda, step, tau, signs) => {
  for (let i = 0; i < n; i++) {
    const b = slope(d[i], low[i], high[i], g[i], c, lambda)
    d[i] = inside(d[i] - step * (signs ? +(b > 0) - +(b < 0) : b), low[i], high[i], tau)
  }
}

// biome-ignore format: arrays, then numbers
const barrierAdam: BarrierKernels['barrierAdam'] = (
  n, d, low, high, g, m, v, c, lambda, step, tau, first, second,
) => {
  for (let i = 0; i < n; i++) {
    const b = slope(d[i], low[i], high[i], g[i], c, lambda)
    m[i] = 0.9 * m[i] + 0.1 * b
    v[i] = 0.999 * v[i] + 0.001 * (b * b)
    d[i] = inside(d[i] - step * (m[i] / first / (sqrt(v[i] / second) + 1e-8)), low[i], high[i], tau)
  }
}

const barrierDirection: BarrierKernels['barrierDirection'] = (n, d, low, high, g, q, c, lambda, clamp) => {
  for (let i = 0; i < n; i++) {
    const [below, above] = [d[i] - low[i], high[i] - d[i]]
    const move = g[i] / (lambda + c * (1 / (above * above) + 1 / (below * below)))
    q[i] = clamp ? max(-below, min(above, move)) : move
  }
}

/** {@link BarrierKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const barrierKernels: KernelSet<BarrierKernels> = /* @__PURE__ */ kernelSet(wasm, {
  barrierStep,
  barrierAdam,
  barrierDirection,
})
