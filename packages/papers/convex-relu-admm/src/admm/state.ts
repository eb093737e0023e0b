import { type MatrixView, matrixView, options, refuse, type Views, vector } from '@opt/core'
import { denseMatrix } from '../program/dense-matrix.ts'
import type { AdmmState } from '../program/options.ts'
import type { Operators, Sizes } from './operators.ts'

/** The variables of ADMM under the paper's letters, with scaled duals, and what the updates share. */
export interface SplitState {
  /** 2 P x d: u in the loss, its copy v in the norms, and lambda, the dual of u = v. */
  u: Float64Array
  v: Float64Array
  lambda: Float64Array
  /** u and v as matrices, with a block in each row. */
  U: MatrixView
  V: MatrixView
  /** 2 P x n: s, the copy of G u in the constraints, and nu, the dual of G u = s. */
  s: Float64Array
  nu: Float64Array
  /** n: r, the copy of the predictions F u in the loss, and mu, the dual of F u = r (method `split`). */
  r: Float64Array
  mu: Float64Array
  /** n: F u. */
  f: Float64Array
  /** 2 P x n: X u_i in row i. Scratch between the updates of s and u. */
  XU: MatrixView
  /** 2 P x n: E (s - nu), so that G'(s - nu) = pull X. */
  pull: MatrixView
  /** v, s and r of the iteration before a measurement. */
  previous: { v: Float64Array; s: Float64Array; r: Float64Array }
  /** Scratch, 2 P x d and n. */
  weights: MatrixView
  g: Float64Array
}

export function splitState(views: Views, { n, d, P }: Sizes): SplitState {
  const weights = () => views.f64(2 * P * d)
  const u = weights()
  const v = weights()
  const sides = () => views.f64(2 * P * n)
  const rows = () => views.f64(n)
  return {
    u,
    v,
    lambda: weights(),
    U: matrixView(u, 2 * P, d),
    V: matrixView(v, 2 * P, d),
    s: sides(),
    nu: sides(),
    r: rows(),
    mu: rows(),
    f: rows(),
    XU: denseMatrix(views, 2 * P, n),
    pull: denseMatrix(views, 2 * P, n),
    previous: { v: weights(), s: sides(), r: rows() },
    weights: denseMatrix(views, 2 * P, d),
    g: rows(),
  }
}

const variables = ({ u, v, lambda, s, nu, r, mu }: SplitState) => ({ u, v, lambda, s, nu, r, mu })

/** Returns a copy of the variables. */
export function saveState(state: SplitState): AdmmState {
  return Object.fromEntries(Object.entries(variables(state)).map(([name, x]) => [name, Float64Array.from(x)]))
}

/** Copies the checked arrays of a saved state into those of the solver; the arrays in `nonnegative` must be so. */
export function loadArrays(
  initial: AdmmState | undefined,
  into: Record<string, Float64Array>,
  nonnegative: string[] = [],
): void {
  if (initial === undefined) return
  options(initial, 'initial')
  for (const [name, array] of Object.entries(into)) {
    if (!Object.hasOwn(initial, name))
      refuse('initial', `a state with ${Object.keys(into).join(', ')}`, `one without ${name}`)
    const sign = nonnegative.includes(name) ? 'nonnegative' : 'any'
    array.set(vector(initial[name], `initial.${name}`, { length: array.length, sign }))
  }
}

/** Loads the variables, and brings `pull` up to date. */
export function loadState(initial: AdmmState | undefined, state: SplitState, { E }: Operators): void {
  loadArrays(initial, variables(state), ['s'])
  const { s, nu, pull } = state
  for (let half = 0, m = 0; half < 2; half++)
    for (let e = 0; e < E.length; e++, m++) pull.data[m] = E[e] * (s[m] - nu[m])
}
