import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../attack-wasm.ts'

/** The loop of attacks in the infinity norm. */
export interface AttackKernels {
  /**
   * Moves n points x by `length` along the signs of g, and projects them onto the intervals of `radius` around c, then
   * onto those between low and high.
   */
  signStep(
    n: number,
    x: Float64Array,
    g: Float64Array,
    c: Float64Array,
    low: Float64Array,
    high: Float64Array,
    length: number,
    radius: number,
  ): void
}

const { max, min } = Math

const signStep: AttackKernels['signStep'] = (n, x, g, c, low, high, length, radius) => {
  for (let i = 0; i < n; i++) {
    const sign = +(g[i] > 0) - +(g[i] < 0)
    const away = x[i] + length * sign - c[i]
    x[i] = max(low[i], min(high[i], c[i] + max(-radius, min(radius, away))))
  }
}

export const attackKernels: KernelSet<AttackKernels> = /* @__PURE__ */ kernelSet(wasm, { signStep })
