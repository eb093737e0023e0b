import { exp, type KernelSet, kernelSet, log } from '@opt/core'
import { wasm } from '../wasm.ts'

/** The loop that a smoothed divergence spends its time in. */
export interface MixtureKernels {
  /**
   * Writes out_k = log(1/count sum_i exp(-|t_k - c_i|^2 / 2)) for m points t_k (rows of `width` numbers) and n centres, n
   * a multiple of 8: coordinate j of centre i is at centres[j n + i]. Distances are summed over the coordinates in order;
   * exponentials over even and odd i, then added, where one of a pair is above e^-40 times the largest. -Infinity where
   * all distances overflow. `squares`: n.
   */
  logDensities(
    m: number,
    width: number,
    n: number,
    count: number,
    points: Float64Array,
    centres: Float64Array,
    squares: Float64Array,
    out: Float64Array,
  ): void
}

const NEGLIGIBLE = -40

const logDensities: MixtureKernels['logDensities'] = (m, width, n, count, points, centres, squares, out) => {
  for (let k = 0; k < m; k++) {
    let least = Infinity
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = 0, c = i; j < width; j++, c += n) {
        const distance = centres[c] - points[k * width + j]
        sum += distance * distance
      }
      squares[i] = sum * 0.5
      if (squares[i] < least) least = squares[i]
    }
    let [even, odd] = [0, 0]
    for (let i = 0; i < n && least < Infinity; i += 2) {
      const [x, y] = [least - squares[i], least - squares[i + 1]]
      if (!(x > NEGLIGIBLE || y > NEGLIGIBLE)) continue
      even += exp(x)
      odd += exp(y)
    }
    out[k] = least < Infinity ? log((even + odd) / count) - least : -Infinity
  }
}

/** {@link MixtureKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const mixtureKernels: KernelSet<MixtureKernels> = /* @__PURE__ */ kernelSet(wasm, { logDensities })
