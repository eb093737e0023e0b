import { allocate, matrixKernels, number, options as optionsOf, vectorKernels } from '@opt/core'
import { heldSystem } from './held-system.ts'
import type { InnerSolver } from './inner-solver.ts'

/** Options of {@link gmres}. */
export interface GmresOptions {
  /** Products with K after which the method starts again. Default 2, as in the authors' baseline. */
  restart?: number | undefined
}

/** Restarts in a row that may each lower |r| by less than this share before the solver gives up. */
const PATIENCE = 50
const PROGRESS = 1e-12

/**
 * Makes an inner solver by restarted GMRES (Saad and Schultz 1986), which the l1-SQP baseline of the paper uses. For
 * symmetric K, {@link minres} needs no restarts and is the better one. A step is one product with K.
 *
 * @throws TypeError or RangeError when an option is wrong.
 */
export function gmres(options?: GmresOptions): InnerSolver {
  const { restart = 2 } = optionsOf(options, 'gmres: options', ['restart'])
  number(restart, 'gmres: restart', { integer: true, min: 1, max: 1000 })
  return (N) => {
    const space = allocate([matrixKernels, vectorKernels], (views) => ({
      K: views.matrix(N, N),
      basis: views.matrix(restart + 1, N),
      z: views.f64(N),
      r: views.f64(N),
      w: views.f64(N),
    }))
    const { K, basis, z, r, w, kernels: loops } = space
    const { load, residual } = heldSystem(K, z, r, loops)
    const Q = Array.from({ length: restart + 1 }, (_, k) => basis.data.subarray(k * basis.stride, k * basis.stride + N))
    const H = Array.from({ length: restart }, () => new Float64Array(restart + 1))
    const [cosines, sines, y] = [0, 1, 2].map(() => new Float64Array(restart))
    const g = new Float64Array(restart + 1)

    /** Minimises |K (z + Q y) + R| over the Krylov space of at most `size` vectors; returns the products used. */
    const cycle = (size: number, norm: number): number => {
      for (let i = 0; i < N; i++) Q[0][i] = -r[i] / norm
      g.fill(0)
      g[0] = norm
      let used = 0
      while (used < size) {
        const column = H[used]
        loops.gemv(K, Q[used], w)
        for (let k = 0; k <= used; k++) {
          column[k] = loops.dot(N, Q[k], w)
          loops.axpy(N, -column[k], Q[k], w)
        }
        const next = Math.sqrt(loops.dot(N, w, w))
        for (let k = 0; k < used; k++) {
          const above = column[k]
          column[k] = cosines[k] * above + sines[k] * column[k + 1]
          column[k + 1] = cosines[k] * column[k + 1] - sines[k] * above
        }
        const length = Math.sqrt(column[used] * column[used] + next * next)
        if (!(length > 0)) break
        cosines[used] = column[used] / length
        sines[used] = next / length
        column[used] = length
        g[used + 1] = -sines[used] * g[used]
        g[used] *= cosines[used]
        used++
        if (!(next > 0)) break
        for (let i = 0; i < N; i++) Q[used][i] = w[i] / next
      }
      for (let k = used - 1; k >= 0; k--) {
        let sum = g[k]
        for (let l = k + 1; l < used; l++) sum -= H[l][k] * y[l]
        y[k] = sum / H[k][k]
      }
      for (let k = 0; k < used; k++) loops.axpy(N, y[k], Q[k], z)
      return Math.max(used, 1)
    }

    return {
      z,
      r,
      load,
      run(target, limit) {
        let [steps, idle] = [0, 0]
        let norm = residual()
        while (norm > target && steps < limit && idle < PATIENCE) {
          const before = norm
          steps += cycle(Math.min(restart, limit - steps), norm)
          norm = residual()
          idle = norm < (1 - PROGRESS) * before ? 0 : idle + 1
        }
        return steps
      },
    }
  }
}
