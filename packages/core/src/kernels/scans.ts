import { wasm } from '../scans-wasm.ts'
import type { Floats } from './matrix-view.ts'
import {
  largest as plainLargest,
  nonFinite as plainNonFinite,
  peak as plainPeak,
  squaredNorm as plainSquaredNorm,
} from './plain/scans.ts'
import { type KernelDefinition, type KernelSet, kernel, kernelSet } from './set.ts'
import { isSingle } from './vectors.ts'

/** Kernels that look through vectors of float64 or float32. */
export interface ScanKernels {
  /** Index of the first entry that is NaN or infinite, -1 when all are finite. */
  nonFinite(n: number, x: Floats): number
  /** The largest |x_i|, 0 for none; NaN when an entry is NaN. */
  peak(n: number, x: Floats): number
  /** The largest |x_i|, 0 for none; entries that are NaN do not count. */
  largest(n: number, x: Floats): number
  /** x'x in float64: four sums over i mod 4, (0 + 2) + (1 + 3), then the tail one by one. */
  squaredNorm(n: number, x: Floats): number
}

type Scan = (n: number, x: Floats) => number

const scan = (name: string, plain: Scan): KernelDefinition<Scan> =>
  kernel({ [name]: plain, [`${name}32`]: plain }, (loops) => {
    const double = loops[name]
    const single = loops[`${name}32`]
    return (n, x) => (isSingle(x) ? single(n, x) : double(n, x))
  })

export const nonFinite: KernelDefinition<ScanKernels['nonFinite']> = /* @__PURE__ */ scan('nonFinite', plainNonFinite)
export const peak: KernelDefinition<ScanKernels['peak']> = /* @__PURE__ */ scan('peak', plainPeak)
export const largest: KernelDefinition<ScanKernels['largest']> = /* @__PURE__ */ scan('largest', plainLargest)
export const squaredNorm: KernelDefinition<ScanKernels['squaredNorm']> = /* @__PURE__ */ scan(
  'squaredNorm',
  plainSquaredNorm,
)

/** The set of {@link ScanKernels}. */
export const scanKernels: KernelSet<ScanKernels> = /* @__PURE__ */ kernelSet(wasm, {
  nonFinite,
  peak,
  largest,
  squaredNorm,
})
