import { allocate, type Kernels, solveScratch } from '@opt/core'
import { type Loss, totalLoss } from './losses.ts'

/** The lasso min_a loss(H a, y) + beta ||a||_1 that SCP comes to, with room to work. */
export interface Lasso {
  n: number
  N: number
  y: Float64Array
  loss: Loss
  beta: number
  kernels: Kernels
  /** n x N, and its transpose. */
  H: Float64Array
  Ht: Float64Array
  a: Float64Array
  /** H a. */
  f: Float64Array
  /** Scratch of n and N numbers. */
  g: Float64Array
  t: Float64Array
}

/** Each yields, an iteration at a time, the gradient of the loss at its predictions (or a dual estimate of it); a is the iterate. */
type Steps = Generator<Float64Array, never, void>

const soft = (x: number, t: number): number => (x > t ? x - t : x < -t ? x + t : 0)

/** ||H||^2 by power iterations: an estimate from below. */
function squaredNorm({ n, N, kernels, H, Ht, t, g }: Lasso): number {
  t.fill(1)
  let value = 0
  for (let k = 0; k < 30; k++) {
    kernels.gemv(n, N, H, N, t, g)
    kernels.gemv(N, n, Ht, n, g, t)
    value = Math.sqrt(kernels.dot(N, t, t))
    if (value === 0) return 1
    for (let i = 0; i < N; i++) t[i] /= value
  }
  return value
}

/**
 * FISTA (Beck and Teboulle 2009), momentum restarted when it points uphill (O'Donoghue and Candes 2015). The curvature 1.02 ||H||^2
 * is raised should it prove too small.
 */
export function* fista(lasso: Lasso): Steps {
  const { n, N, y, loss, beta, kernels, H, Ht, a, f, t } = lasso
  const space = new Float64Array(N)
  const z = space
  const point = new Float64Array(N)
  const gradient = new Float64Array(n)
  const slope = new Float64Array(N)
  let curvature = 1.02 * squaredNorm(lasso)
  let momentum = 1
  for (;;) {
    // Gradient at z; t and f are the workspace's.
    t.set(z)
    kernels.gemv(n, N, H, N, t, f)
    for (let k = 0; k < n; k++) gradient[k] = loss.derivative(f[k], y[k])
    const value = totalLoss(loss, f, y)
    lasso.g.set(gradient)
    kernels.gemv(N, n, Ht, n, lasso.g, t)
    slope.set(t)
    // As steep as this no quadratic is above the loss by more than rounding.
    for (let raised = 0; raised < 64; raised++) {
      let model = value
      for (let i = 0; i < N; i++) {
        point[i] = soft(z[i] - slope[i] / curvature, beta / curvature)
        const step = point[i] - z[i]
        model += slope[i] * step + 0.5 * curvature * step * step
      }
      t.set(point)
      kernels.gemv(n, N, H, N, t, f)
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

/** Cyclic coordinate descent, one pass an iteration; the curvature of a coordinate is at most ||h_i||^2. */
export function* coordinateDescent({ n, N, y, loss, beta, kernels, H, Ht, a, f }: Lasso): Steps {
  const gradient = new Float64Array(n)
  const squares = new Float64Array(N)
  for (let i = 0; i < N; i++) for (let k = 0; k < n; k++) squares[i] += Ht[i * n + k] * Ht[i * n + k]
  for (;;) {
    kernels.gemv(n, N, H, N, a, f)
    for (let i = 0; i < N; i++) {
      if (squares[i] === 0) continue
      const at = i * n
      let slope = 0
      for (let k = 0; k < n; k++) slope += Ht[at + k] * loss.derivative(f[k], y[k])
      const next = soft(a[i] - slope / squares[i], beta / squares[i])
      const step = next - a[i]
      if (step === 0) continue
      a[i] = next
      for (let k = 0; k < n; k++) f[k] += step * Ht[at + k]
    }
    for (let k = 0; k < n; k++) gradient[k] = loss.derivative(f[k], y[k])
    yield gradient
  }
}

/** ADMM with a copy r of the predictions and a copy of the weights, for every loss; over-relaxed, penalty `rho`. */
export function* predictionSplit({ n, N, y, loss, beta, kernels, H, Ht, a, f, g, t }: Lasso): Steps {
  const rho = 0.1
  const relaxation = 1.6
  const {
    kernels: own,
    K,
    q,
    work,
  } = allocate((ws) => ({
    ...{ K: ws.f64(n * n), q: ws.f64(n), work: ws.f64(solveScratch(n, n)) },
  }))
  // (I + H'H)^-1 = I - H'(I + H H')^-1 H
  for (let i = 0; i < n; i++) {
    t.set(H.subarray(i * N, (i + 1) * N))
    kernels.gemv(n, N, H, N, t, f)
    K.set(f, i * n)
    K[i * n + i] += 1
  }
  own.potrf(n, K, n, work)
  const [lambda, x] = [new Float64Array(N), new Float64Array(N)]
  const [r, mu, gradient] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (;;) {
    for (let k = 0; k < n; k++) g[k] = r[k] - mu[k]
    kernels.gemv(N, n, Ht, n, g, t)
    for (let i = 0; i < N; i++) t[i] += a[i] - lambda[i]
    kernels.gemv(n, N, H, N, t, f)
    x.set(t)
    q.set(f)
    own.trsv(n, K, n, q)
    own.trsvT(n, K, n, q)
    g.set(q)
    kernels.gemv(N, n, Ht, n, g, t)
    for (let i = 0; i < N; i++) {
      x[i] -= t[i]
      const wide = relaxation * x[i] + (1 - relaxation) * a[i]
      a[i] = soft(wide + lambda[i], beta / rho)
      lambda[i] += wide - a[i]
    }
    // H x is what the solve left of H t: f - H H' q = q.
    for (let k = 0; k < n; k++) {
      const wide = relaxation * q[k] + (1 - relaxation) * r[k]
      r[k] = loss.prox(wide + mu[k], y[k], 1 / rho)
      mu[k] += wide - r[k]
      gradient[k] = rho * mu[k]
    }
    yield gradient
  }
}
