import type { Points } from './types.ts'

/** The part of a Lagrangian that depends on u (and x): G(u), at point i. */
export interface ValueTerm {
  value(u: number, at: Points, i: number): number
  slope(u: number, at: Points, i: number): number
  curvature(u: number, at: Points, i: number): number
}

/** The part of a Lagrangian that depends on the gradient: F(p) + a/2 |p|^2. */
export interface GradientTerm {
  addValue(at: Points, out: Float64Array): void
  slope(at: Points, dp: readonly Float64Array[]): void
  hessian(at: Points, q: readonly Float64Array[], hp: readonly Float64Array[]): void
}

/** F(p) = the sum of f(p_j). */
export function separable(
  a: number,
  f: { value(p: number): number; slope(p: number): number; curvature(p: number): number },
): GradientTerm {
  return {
    addValue({ n, p }, out) {
      for (const pj of p) for (let i = 0; i < n; i++) out[i] += 0.5 * a * pj[i] * pj[i] + f.value(pj[i])
    },
    slope({ n, p }, dp) {
      for (let j = 0; j < p.length; j++) {
        const [pj, out] = [p[j], dp[j]]
        for (let i = 0; i < n; i++) out[i] = a * pj[i] + f.slope(pj[i])
      }
    },
    hessian({ n, p }, q, hp) {
      for (let j = 0; j < p.length; j++) {
        const [pj, qj, out] = [p[j], q[j], hp[j]]
        for (let i = 0; i < n; i++) out[i] = (a + f.curvature(pj[i])) * qj[i]
      }
    },
  }
}

/** F(p) = f(|p|^2), whose slope is 2 f'(|p|^2) p; f' and f'' are those with respect to s = |p|^2. */
export function isotropic(
  a: number,
  f: { value(s: number): number; slope(s: number): number; curvature(s: number): number },
): GradientTerm {
  const square = (p: readonly Float64Array[], i: number) => {
    let s = 0
    for (let j = 0; j < p.length; j++) s += p[j][i] * p[j][i]
    return s
  }
  return {
    addValue({ n, p }, out) {
      for (let i = 0; i < n; i++) {
        const s = square(p, i)
        out[i] += 0.5 * a * s + f.value(s)
      }
    },
    slope({ n, p }, dp) {
      for (let i = 0; i < n; i++) {
        const factor = a + 2 * f.slope(square(p, i))
        for (let j = 0; j < p.length; j++) dp[j][i] = factor * p[j][i]
      }
    },
    hessian({ n, p }, q, hp) {
      for (let i = 0; i < n; i++) {
        const s = square(p, i)
        let along = 0
        for (let j = 0; j < p.length; j++) along += p[j][i] * q[j][i]
        const factor = a + 2 * f.slope(s)
        along *= 4 * f.curvature(s)
        for (let j = 0; j < p.length; j++) hp[j][i] = factor * q[j][i] + along * p[j][i]
      }
    },
  }
}

const zero = () => 0

/** a/2 |p|^2 alone. */
export const quadraticGradient = (a: number): GradientTerm =>
  isotropic(a, { value: zero, slope: zero, curvature: zero })
