import { type KernelDefinition, type KernelSet, kernel, kernelSet } from '@opt/core'
import type { Real } from '../real.ts'
import { wasm } from '../relu-wasm.ts'

// A local name: in jest's realms every access to a global costs more than the arithmetic.
const { abs } = Math

/** A loop over n numbers, without branches, since the signs of pre-activations are unpredictable. */
type Loop = (n: number, s: Real, out: Real) => void

/** The rectifier and its slope, in float64 and float32. */
export interface ReluKernels {
  /** Writes a = max(s, 0), and NaN where s is -Infinity. */
  relu: Loop
  /** Writes d *= 1 where s > 0, and d *= 0 elsewhere. */
  timesStep: Loop
}

/** Make a loop each, since one that sees both precisions is slow on either. */
export const relu = (): Loop => (n, s, a) => {
  for (let i = 0; i < n; i++) {
    const half = 0.5 * s[i]
    a[i] = half + abs(half)
  }
}
export const timesStep = (): Loop => (n, s, d) => {
  for (let i = 0; i < n; i++) d[i] *= +(s[i] > 0)
}

const inBoth = (name: string, loop: () => Loop): KernelDefinition<Loop> =>
  kernel(
    { [name]: loop(), [`${name}32`]: loop() },
    ({ [name]: double, [`${name}32`]: single }) =>
      (n, s, out) =>
        s.BYTES_PER_ELEMENT === 4 ? single(n, s, out) : double(n, s, out),
  )

export const reluKernels: KernelSet<ReluKernels> = /* @__PURE__ */ kernelSet(wasm, {
  relu: /* @__PURE__ */ inBoth('relu', relu),
  timesStep: /* @__PURE__ */ inBoth('timesStep', timesStep),
})
