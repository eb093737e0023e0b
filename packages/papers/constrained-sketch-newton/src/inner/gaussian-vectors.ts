import { allocate, matrixKernels, vectorKernels } from '@opt/core'
import { kernels } from '../kernels.ts'
import { heldSystem } from './held-system.ts'
import type { InnerSolver } from './inner-solver.ts'

/** Steps whose vectors are drawn at once. */
const BATCH = 16

/** Steps after which the residual is computed anew from K. */
const REFRESH = 1000

/** Sketch-and-project with one Gaussian vector a step. */
export const gaussianVectors: InnerSolver = (N, random) => {
  const stride = Math.ceil(N / 8) * 8
  const space = allocate([kernels, matrixKernels, vectorKernels], (views) => ({
    K: views.f64(stride * stride),
    S: views.f64(BATCH * stride),
    v: views.f64(stride),
    z: views.f64(stride),
    r: views.f64(stride),
  }))
  const { K, S, v, z, r, kernels: loops } = space
  const { load, residual } = heldSystem({ data: K, rows: N, columns: N, stride }, z, r, loops)
  return {
    z: z.subarray(0, N),
    r: r.subarray(0, N),
    load,
    run(target, limit) {
      let [steps, since] = [0, 0]
      while (steps < limit && !(Math.sqrt(loops.dot(N, r, r)) <= target)) {
        const count = Math.min(BATCH, limit - steps)
        for (let t = 0; t < count; t++) for (let i = 0; i < N; i++) S[t * stride + i] = random.normal()
        const taken = loops.projectVectors(stride, count, K, S, v, z, r, target * target)
        steps += taken
        since += taken
        if (since >= REFRESH) {
          residual()
          since = 0
        }
      }
      residual()
      return steps
    },
  }
}
