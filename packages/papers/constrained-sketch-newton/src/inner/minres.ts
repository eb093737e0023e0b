import { allocate, matrixKernels, vectorKernels } from '@opt/core'
import { heldSystem } from './held-system.ts'
import type { InnerSolver } from './inner-solver.ts'

/** Restarts that must each halve the residual, else no further progress is possible. */
const PROGRESS = 0.5

/**
 * Makes an inner solver by MINRES (Paige and Saunders 1975): the smallest residual over the Krylov space, at most about
 * N products with K where rounding allows it. A step is one product.
 *
 * Where rounding has cost accuracy, the method starts again from the residual recomputed, until the target or no
 * progress.
 */
export function minres(): InnerSolver {
  return (N) => {
    const space = allocate([matrixKernels, vectorKernels], (views) => ({
      K: views.matrix(N, N),
      z: views.f64(N),
      r: views.f64(N),
      previous: views.f64(N),
      v: views.f64(N),
      Kv: views.f64(N),
      d: views.f64(N),
      d1: views.f64(N),
      d2: views.f64(N),
    }))
    const { K, z, r, kernels: loops } = space
    const { load, residual } = heldSystem(K, z, r, loops)

    /** One cycle: K dz = -r by at most `limit` products; adds dz to z and returns the number of products. */
    const cycle = (target: number, limit: number): number => {
      let { previous, v, Kv, d, d1, d2 } = space
      let beta = Math.sqrt(loops.dot(N, r, r))
      for (let i = 0; i < N; i++) v[i] = -r[i] / beta
      for (const zero of [previous, d1, d2]) zero.fill(0)
      // The Givens rotations of the last two columns, and the right-hand side beta e_1 as they turn it.
      let [c1, s1, c2, s2] = [1, 0, 1, 0]
      let phi = beta
      beta = 0
      for (let steps = 1; ; steps++) {
        loops.gemv(K, v, Kv)
        const alpha = loops.dot(N, v, Kv)
        loops.axpy(N, -alpha, v, Kv)
        loops.axpy(N, -beta, previous, Kv)
        const next = Math.sqrt(loops.dot(N, Kv, Kv))
        const epsilon = s2 * beta
        const delta = s1 * alpha + c1 * (c2 * beta)
        const bar = c1 * alpha - s1 * (c2 * beta)
        const gamma = Math.sqrt(bar * bar + next * next)
        if (!(gamma > 0)) return steps
        c2 = c1
        s2 = s1
        c1 = bar / gamma
        s1 = next / gamma
        for (let i = 0; i < N; i++) {
          d[i] = (v[i] - delta * d1[i] - epsilon * d2[i]) / gamma
          z[i] += c1 * phi * d[i]
        }
        phi *= -s1
        // A next of zero ends the Krylov space: the residual is as small as it gets.
        if (!(Math.abs(phi) > target) || steps >= limit || !(next > 0)) return steps
        const last = previous
        previous = v
        v = Kv
        Kv = last
        for (let i = 0; i < N; i++) v[i] /= next
        beta = next
        const oldest = d2
        d2 = d1
        d1 = d
        d = oldest
      }
    }

    return {
      z,
      r,
      load,
      run(target, limit) {
        let steps = 0
        let size = residual()
        while (size > target && steps < limit) {
          const before = size
          steps += cycle(target, Math.min(limit - steps, 5 * N))
          size = residual()
          if (!(size < PROGRESS * before)) break
        }
        return steps
      },
    }
  }
}
