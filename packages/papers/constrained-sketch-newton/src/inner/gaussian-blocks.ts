import { allocate, gemmScratch, matrixKernels, type Random, solveScratch, vectorKernels } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'
import { heldSystem } from './held-system.ts'
import type { SystemSolver } from './inner-solver.ts'

/** Steps after which the residual is computed anew from K. */
const REFRESH = 1000

/** Eigenvalues of S'K^2 S below this share of the largest one count as zero. */
const RANK = 1e-12

/** Sketch-and-project with an N x s Gaussian matrix a step. */
export function gaussianBlocks(N: number, random: Random, s: number): SystemSolver {
  const space = allocate([matrixKernels, vectorKernels], (views) => ({
    K: views.matrix(N, N),
    S: views.matrix(N, s),
    V: views.matrix(N, s),
    M: views.matrix(s, s),
    work: views.f64(Math.max(gemmScratch(N, s, N), gemmScratch(s, s, N), solveScratch(s, s))),
    c: views.f64(s),
    v: views.f64(N),
    Kv: views.f64(N),
    z: views.f64(N),
    r: views.f64(N),
  }))
  const { K, S, V, M, work, c, v, Kv, z, r, kernels: loops } = space
  const { load, residual } = heldSystem(K, z, r, loops)
  const whole = new Float64Array(M.data.length)
  const transposed = { ...V, rows: s, columns: N, transposed: true }

  /** Draws S and writes v = K S (S'K^2 S)^+ S'r. */
  const draw = () => {
    for (let i = 0; i < N; i++) for (let j = 0; j < s; j++) S.data[i * S.stride + j] = random.normal()
    V.data.fill(0)
    loops.gemm(1, K, S, V, work)
    M.data.fill(0)
    loops.syrk(1, transposed, M, work)
    whole.set(M.data)
    c.fill(0)
    loops.gemvT(S, r, c)
    if (loops.potrf(M, work) === 0) {
      loops.trsv(M, c)
      loops.trsvT(M, c)
    } else c.set(leastSquares(whole, M.stride, s, c))
    loops.gemv(V, c, v)
  }

  return {
    z,
    r,
    load,
    run(target, limit) {
      let steps = 0
      while (steps < limit && !(Math.sqrt(loops.dot(N, r, r)) <= target)) {
        draw()
        loops.axpy(N, -1, v, z)
        loops.gemv(K, v, Kv)
        loops.axpy(N, -1, Kv, r)
        if (++steps % REFRESH === 0) residual()
      }
      residual()
      return steps
    },
  }
}

/** The least-norm solution of M x = b for a positive semidefinite M, given by its lower triangle. */
function leastSquares(lower: Float64Array, stride: number, s: number, b: Float64Array): Float64Array {
  const M = new Float64Array(s * s)
  for (let i = 0; i < s; i++) for (let j = 0; j <= i; j++) M[i * s + j] = M[j * s + i] = lower[i * stride + j]
  const x = new Float64Array(s)
  if (!M.every(Number.isFinite)) return x.fill(NaN)
  const { values, vectors } = symmetricEigen(ndarray(M, [s, s]))
  for (let k = 0; k < s; k++) {
    if (!(values[k] > RANK * values[s - 1])) continue
    let product = 0
    for (let i = 0; i < s; i++) product += vectors!.data[i * s + k] * b[i]
    for (let i = 0; i < s; i++) x[i] += (product / values[k]) * vectors!.data[i * s + k]
  }
  return x
}
