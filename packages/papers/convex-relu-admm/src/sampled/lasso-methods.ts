import { allocate, matrixKernels, matrixView, solveScratch } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'
import { totalLoss } from '../program/losses.ts'
import type { Lasso } from './lasso.ts'

/**
 * A method that moves the iterate a. After each iteration it yields the gradient of the loss at its
 * predictions, or a dual estimate of it.
 */
type LassoMethod = (lasso: Lasso) => Generator<Float64Array, never, void>

const soft = (x: number, t: number): number => (x > t ? x - t : x < -t ? x + t : 0)

/** Returns an estimate of ||H||^2 from below, by power iterations. */
function squaredNorm({ N, kernels, H, Ht, t, g }: Lasso): number {
  const row = matrixView(t, 1, N)
  t.fill(1)
  let value = 0
  for (let k = 0; k < 30; k++) {
    kernels.gemv(H, t, g)
    kernels.gemv(Ht, g, t)
    kernels.gemv(row, t, g)
    value = Math.sqrt(g[0])
    if (value === 0) return 1
    for (let i = 0; i < N; i++) t[i] /= value
  }
  return value
}

/**
 * FISTA (Beck and Teboulle 2009), with momentum restarted when it points uphill (O'Donoghue and
 * Candes 2015). The curvature starts at 1.02 ||H||^2 and is raised when it proves too small.
 */
const fista: LassoMethod = function* (lasso) {
  const { n, N, y, loss, beta, kernels, H, Ht, a, f, g, t } = lasso
  const z = new Float64Array(N)
  const point = new Float64Array(N)
  const gradient = new Float64Array(n)
  const slope = new Float64Array(N)
  let curvature = 1.02 * squaredNorm(lasso)
  let momentum = 1
  for (;;) {
    // The gradient at z, by way of the workspace's t, f and g.
    t.set(z)
    kernels.gemv(H, t, f)
    for (let k = 0; k < n; k++) gradient[k] = loss.derivative(f[k], y[k])
    const value = totalLoss(loss, f, y)
    g.set(gradient)
    kernels.gemv(Ht, g, t)
    slope.set(t)
    // Raises the curvature until the quadratic is above the loss, up to rounding.
    for (let raised = 0; raised < 64; raised++) {
      let model = value
      for (let i = 0; i < N; i++) {
        point[i] = soft(z[i] - slope[i] / curvature, beta / curvature)
        const step = point[i] - z[i]
        model += slope[i] * step + 0.5 * curvature * step * step
      }
      t.set(point)
      kernels.gemv(H, t, f)
      if (totalLoss(loss, f, y) <= model + 1e-12 * (1 + Math.abs(value))) break
      curvature *= 1.5
    }
    let uphill = 0
    for (let i = 0; i < N; i++) uphill += (z[i] - point[i]) * (point[i] - a[i])
    if (uphill > 0) momentum = 1
    const next = 0.5 * (1 + Math.sqrt(1 + 4 * momentum * momentum))
    const weight = uphill > 0 ? 0 : (momentum - 1) / next
    for (let i = 0; i < N; i++) {
      z[i] = point[i] + weight * (point[i] - a[i])
      a[i] = point[i]
    }
    momentum = next
    for (let k = 0; k < n; k++) gradient[k] = loss.derivative(f[k], y[k])
    yield gradient
  }
}

/** Cyclic coordinate descent, one pass per iteration; the curvature of a coordinate is at most ||h_i||^2. */
const coordinateDescent: LassoMethod = function* ({ n, N, y, loss, beta, kernels, H, Ht, a, f }) {
  const gradient = new Float64Array(n)
  const squares = new Float64Array(N)
  const rows = Ht.data
  for (let i = 0; i < N; i++) for (let k = 0; k < n; k++) squares[i] += rows[i * n + k] * rows[i * n + k]
  for (;;) {
    kernels.gemv(H, a, f)
    for (let i = 0; i < N; i++) {
      if (squares[i] === 0) continue
      const at = i * n
      let slope = 0
      for (let k = 0; k < n; k++) slope += rows[at + k] * loss.derivative(f[k], y[k])
      const next = soft(a[i] - slope / squares[i], beta / squares[i])
      const step = next - a[i]
      if (step === 0) continue
      a[i] = next
      for (let k = 0; k < n; k++) f[k] += step * rows[at + k]
    }
    for (let k = 0; k < n; k++) gradient[k] = loss.derivative(f[k], y[k])
    yield gradient
  }
}

/** ADMM for every loss, over-relaxed, with a copy r of the predictions and the copy a of the weights x. */
const split: LassoMethod = function* ({ n, N, y, loss, beta, kernels, H, Ht, a, f, g, t }) {
  const rho = 0.1
  const relaxation = 1.6
  const system = allocate([matrixKernels], (views) => ({
    K: denseMatrix(views, n, n),
    q: views.f64(n),
    work: views.f64(solveScratch(n, n)),
  }))
  const { K, q, work } = system
  // (I + H'H)^-1 = I - H'(I + H H')^-1 H
  for (let i = 0; i < n; i++) {
    t.set(H.data.subarray(i * N, (i + 1) * N))
    kernels.gemv(H, t, f)
    K.data.set(f, i * n)
    K.data[i * n + i] += 1
  }
  system.kernels.potrf(K, work)
  const lambda = new Float64Array(N)
  const x = new Float64Array(N)
  const r = new Float64Array(n)
  const mu = new Float64Array(n)
  const gradient = new Float64Array(n)
  for (;;) {
    for (let k = 0; k < n; k++) g[k] = r[k] - mu[k]
    kernels.gemv(Ht, g, t)
    for (let i = 0; i < N; i++) t[i] += a[i] - lambda[i]
    kernels.gemv(H, t, f)
    x.set(t)
    q.set(f)
    system.kernels.trsv(K, q)
    system.kernels.trsvT(K, q)
    g.set(q)
    kernels.gemv(Ht, g, t)
    for (let i = 0; i < N; i++) {
      x[i] -= t[i]
      const relaxed = relaxation * x[i] + (1 - relaxation) * a[i]
      a[i] = soft(relaxed + lambda[i], beta / rho)
      lambda[i] += relaxed - a[i]
    }
    // H x = f - H H'q = q.
    for (let k = 0; k < n; k++) {
      const relaxed = relaxation * q[k] + (1 - relaxation) * r[k]
      r[k] = loss.prox(relaxed + mu[k], y[k], 1 / rho)
      mu[k] += relaxed - r[k]
      gradient[k] = rho * mu[k]
    }
    yield gradient
  }
}

/** The methods by their option's name. */
export const lassoMethods: Record<'fista' | 'coordinate-descent' | 'split', LassoMethod> = {
  fista,
  'coordinate-descent': coordinateDescent,
  split,
}
