import { options, refuse, type Views, vector } from '@opt/core'
import type { Operators } from './operators.ts'
import type { AdmmState } from './options.ts'

/** The variables of ADMM: u in the loss, v in the norms, s in the constraints, r for the predictions, and their scaled duals. */
export interface SplitState {
  /** 2 P x d: u, v, lambda, and scratch. */
  U: Float64Array
  V: Float64Array
  L: Float64Array
  A: Float64Array
  /** 2 P x n: U X' (scratch after the u-step), s, nu, and E (s - nu). */
  M: Float64Array
  S: Float64Array
  N: Float64Array
  R: Float64Array
  /** n: F U, its copy r and dual mu (method `split`), the gradient of the loss. */
  f: Float64Array
  r: Float64Array
  mu: Float64Array
  g: Float64Array
  /** v, s and r of the iteration before, where it is measured. */
  oldV: Float64Array
  oldS: Float64Array
  oldR: Float64Array
}

export function splitState(views: Views, n: number, d: number, P: number): SplitState {
  const weights = () => views.f64(2 * P * d)
  const rows = () => views.f64(2 * P * n)
  return {
    ...{ U: weights(), V: weights(), L: weights(), A: weights(), oldV: weights() },
    ...{ M: rows(), S: rows(), N: rows(), R: rows(), oldS: rows() },
    ...{ f: views.f64(n), r: views.f64(n), mu: views.f64(n), g: views.f64(n), oldR: views.f64(n) },
  }
}

const NAMES = { u: 'U', v: 'V', lambda: 'L', s: 'S', nu: 'N', r: 'r', mu: 'mu' } as const

export function saveState(state: SplitState): AdmmState {
  return Object.fromEntries(Object.entries(NAMES).map(([name, own]) => [name, Float64Array.from(state[own])]))
}

/** Copies saved arrays, checked, into where the solver keeps them. Those named in `nonnegative` stand for constraints. */
export function loadArrays(
  initial: AdmmState | undefined,
  into: Record<string, Float64Array>,
  nonnegative: string[] = [],
): void {
  if (initial === undefined) return
  options(initial, 'initial')
  for (const [name, own] of Object.entries(into)) {
    if (!Object.hasOwn(initial, name))
      refuse('initial', `a state with ${Object.keys(into).join(', ')}`, `one without ${name}`)
    const sign = nonnegative.includes(name) ? { sign: 'nonnegative' as const } : {}
    own.set(vector(initial[name], `initial.${name}`, { length: own.length, ...sign }))
  }
}

export function loadState(initial: AdmmState | undefined, state: SplitState): void {
  loadArrays(initial, Object.fromEntries(Object.entries(NAMES).map(([name, own]) => [name, state[own]])), ['s'])
}

/** R = E (s - nu): G'(s - nu) = R X. */
export function pullSides(ops: Operators, { S, N, R }: SplitState): void {
  for (let row = 0; row < 2 * ops.P; row++)
    for (let k = 0, e = ops.signOffset(row), m = row * ops.n; k < ops.n; k++, e++, m++) R[m] = ops.E[e] * (S[m] - N[m])
}
