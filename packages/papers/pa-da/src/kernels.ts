import { type Floats, type Kernel, type KernelDefinition, type KernelSet, kernel, kernelSet } from '@opt/core'
import * as loops from './supernet/loops.ts'
import { wasm } from './wasm.ts'

/** The passes of the network between its products, in float64 or float32; sums and products of float32 are rounded once. */
export interface NetworkKernels {
  /** out = max(x, 0) over n entries. */
  relu(n: number, x: Floats, out: Floats): void
  /** d += e where x > 0, over n entries. */
  addWherePositive(n: number, x: Floats, e: Floats, d: Floats): void
  /** y += x over n entries. */
  add(n: number, x: Floats, y: Floats): void
  /** y_j += (x_j + x_{j-1} + x_{j+1}) / 3 along each of n rows, circular. */
  pool(n: number, width: number, x: Floats, y: Floats): void
  /** h = s x with s = 1 / sqrt(mean x^2 + 1e-5) for each row; scales_i = s. */
  normalize(n: number, width: number, x: Floats, h: Floats, scales: Float64Array): void
  /** dx = s (d - h mean(d h)): the transpose of normalize's derivative. */
  normalizeBack(n: number, width: number, h: Floats, scales: Float64Array, d: Floats, dx: Floats): void
  /** out_j += the sum of column j, row after row in float64. */
  addColumns(n: number, width: number, x: Floats, out: Floats): void
  /** v = momentum v + (factor g + decay w), w -= learningRate v, over n entries. */
  descend(
    n: number,
    learningRate: number,
    momentum: number,
    factor: number,
    decay: number,
    g: Floats,
    v: Floats,
    w: Floats,
  ): void
}

/** The loop for float64 numbers or, named with 32, for float32. */
function both<F extends Kernel>(name: string, loop: F, place: number): KernelDefinition<F> {
  return kernel({ [name]: loop, [`${name}32`]: loop }, (all) => {
    const [double, single] = [all[name], all[`${name}32`]] as [Kernel, Kernel]
    const pick = (x: Floats) => (x.BYTES_PER_ELEMENT === 4 ? single : double)
    // Written out, because rest parameters cost more than a small kernel.
    // biome-ignore lint/suspicious/noExplicitAny: the arguments of the loop
    type A = any
    const calls = {
      1: (a: A, b: A, c: A, d: A) => pick(b)(a, b, c, d),
      2: (a: A, b: A, c: A, d: A, e: A, f: A) => pick(c)(a, b, c, d, e, f),
      5: (a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A) => pick(f)(a, b, c, d, e, f, g, h),
    }
    return calls[place as 1] as unknown as F
  })
}

/** {@link NetworkKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const networkKernels: KernelSet<NetworkKernels> = /* @__PURE__ */ kernelSet(wasm, {
  relu: both('relu', loops.relu, 1),
  addWherePositive: both('addWherePositive', loops.addWherePositive, 1),
  add: both('add', loops.add, 1),
  pool: both('pool', loops.pool, 2),
  normalize: both('normalize', loops.normalize, 2),
  normalizeBack: both('normalizeBack', loops.normalizeBack, 2),
  addColumns: both('addColumns', loops.addColumns, 2),
  descend: both('descend', loops.descend, 5),
})
