import { allocate, gemmScratch, matrixKernels, oneOf, options as optionsOf, vectorKernels } from '@opt/core'
import { kernels } from '../kernels.ts'
import { heldSystem } from './held-system.ts'
import type { InnerSolver } from './inner-solver.ts'
import { RowSampling } from './row-sampling.ts'

/** Options of {@link kaczmarz}. */
export interface KaczmarzOptions {
  /**
   * How rows are chosen: 'uniform' (of the paper), 'weighted' with probability proportional to |row|^2 (Strohmer and
   * Vershynin 2009), or 'cyclic' in order. Rows of zeros are left out. Default 'uniform'.
   */
  sampling?: 'uniform' | 'weighted' | 'cyclic' | undefined
}

/** Steps after which z and the residual are computed anew from K. */
const REFRESH = 1000

/**
 * Makes the inner solver of AdaSketch-Newton-RK: Kaczmarz steps z -= (r_i / |K_i|^2) K_i on a random row i each, where
 * r = K z + R. The residual is kept up to date by columns of K^2, formed once a system, and z is a combination of rows
 * whose coefficients are summed up: O(N) operations a step.
 *
 * The residual is recomputed from K every 1000 steps. A step counts as one.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function kaczmarz(options?: KaczmarzOptions): InnerSolver {
  const { sampling = 'uniform' } = optionsOf(options, 'kaczmarz: options', ['sampling'])
  oneOf(sampling, 'kaczmarz: sampling', ['uniform', 'weighted', 'cyclic'])
  return (N, random) => {
    const stride = Math.ceil(N / 8) * 8
    const space = allocate([kernels, matrixKernels, vectorKernels], (views) => ({
      K: views.matrix(N, N),
      gram: views.f64(N * stride),
      work: views.f64(gemmScratch(N, N, N)),
      inverse: views.f64(N),
      y: views.f64(N),
      z: views.f64(N),
      r: views.f64(stride),
      product: views.f64(N),
      rows: views.i32(REFRESH),
    }))
    const { K, gram, work, inverse, y, z, r, product, rows, kernels: loops } = space
    const system = heldSystem(K, z, r, loops)
    const order = new RowSampling(N, sampling, random)
    return {
      z,
      r: r.subarray(0, N),
      load(matrix, vector) {
        r.fill(0)
        system.load(matrix, vector)
        gram.fill(0)
        const square = { data: gram, rows: N, columns: N, stride }
        loops.syrk(1, K, square, work)
        for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) gram[j * stride + i] = gram[i * stride + j]
        for (let i = 0; i < N; i++) inverse[i] = gram[i * stride + i] > 0 ? 1 / gram[i * stride + i] : 0
        order.weigh((i) => gram[i * stride + i])
      },
      run(target, limit) {
        let steps = 0
        while (steps < limit && !(Math.sqrt(loops.dot(N, r, r)) <= target) && order.count > 0) {
          const count = Math.min(REFRESH, limit - steps)
          for (let t = 0; t < count; t++) rows[t] = order.draw()
          y.fill(0)
          steps += loops.kaczmarz(stride, count, rows, gram, inverse, y, r, target * target)
          loops.gemv(K, y, product)
          loops.axpy(N, 1, product, z)
          system.residual()
        }
        return steps
      },
    }
  }
}
