import { cos, exp, log, sin } from '@opt/core'

/** A number with its first and second derivatives in n variables. */
export interface Jet {
  value: number
  /** n entries */
  gradient: Float64Array
  /** n x n, symmetric, row-major */
  hessian: Float64Array
}

export function constant(value: number, n: number): Jet {
  return { value, gradient: new Float64Array(n), hessian: new Float64Array(n * n) }
}

export function variable(x: Float64Array, i: number): Jet {
  const jet = constant(x[i], x.length)
  jet.gradient[i] = 1
  return jet
}

/** a + factor b */
export function add(a: Jet, b: Jet, factor: number): Jet {
  const n = a.gradient.length
  const out = constant(a.value + factor * b.value, n)
  for (let i = 0; i < n; i++) out.gradient[i] = a.gradient[i] + factor * b.gradient[i]
  for (let k = 0; k < n * n; k++) out.hessian[k] = a.hessian[k] + factor * b.hessian[k]
  return out
}

export function multiply(a: Jet, b: Jet): Jet {
  const n = a.gradient.length
  const out = constant(a.value * b.value, n)
  for (let i = 0; i < n; i++) {
    out.gradient[i] = a.value * b.gradient[i] + b.value * a.gradient[i]
    for (let j = 0; j < n; j++)
      out.hessian[i * n + j] =
        a.value * b.hessian[i * n + j] +
        b.value * a.hessian[i * n + j] +
        (a.gradient[i] * b.gradient[j] + b.gradient[i] * a.gradient[j])
  }
  return out
}

/** A function of a, given its value and first two derivatives there. */
function compose(a: Jet, value: number, first: number, second: number): Jet {
  const n = a.gradient.length
  const out = constant(value, n)
  for (let i = 0; i < n; i++) {
    out.gradient[i] = first * a.gradient[i]
    for (let j = 0; j < n; j++)
      out.hessian[i * n + j] = first * a.hessian[i * n + j] + second * a.gradient[i] * a.gradient[j]
  }
  return out
}

/** a^k for an integer k >= 2. */
export function power(a: Jet, k: number): Jet {
  let lower = 1
  for (let i = 2; i < k; i++) lower *= a.value
  return compose(a, lower * a.value * a.value, k * lower * a.value, k * (k - 1) * lower)
}

export const functions: Record<string, (a: Jet) => Jet> = {
  sin: (a) => compose(a, sin(a.value), cos(a.value), -sin(a.value)),
  cos: (a) => compose(a, cos(a.value), -sin(a.value), -cos(a.value)),
  exp: (a) => compose(a, exp(a.value), exp(a.value), exp(a.value)),
  log: (a) => compose(a, log(a.value), 1 / a.value, -1 / (a.value * a.value)),
}
