import { addOuter, inner, inners } from '../matrices.ts'

/** Anything that draws uniformly from [0, 1): a `Random` of @opt/core, or numbers of your own. */
export interface Uniforms {
  uniform(): number
}

/** The tables of a linear MDP, row-major. */
export interface Tables {
  readonly horizon: number
  readonly states: number
  readonly actions: number
  readonly dimension: number
  /** phi, H x S x A x d. */
  readonly phi: Float64Array
  /** nu, (H - 1) x d x S. */
  readonly nu: Float64Array
  /** The probabilities of the first state, S. */
  readonly startProbabilities: Float64Array
  /** P(y | x, a) = phi . nu, (H - 1) x S x A x S. */
  readonly transitions: Float64Array
}

/**
 * Writes the expected features E phi_h under a policy, H x d; with `occupancy` also the probabilities of the
 * states, H x S. O(H S A d).
 */
export function usageInto(mdp: Tables, policy: Float64Array, occupancy: Float64Array, usage: Float64Array): void {
  const { horizon: H, states: S, actions: A, dimension: d, phi, nu } = mdp
  occupancy.set(mdp.startProbabilities)
  for (let h = 0; h < H; h++) {
    usage.fill(0, h * d, (h + 1) * d)
    for (let x = 0; x < S; x++) {
      const mu = occupancy[h * S + x]
      if (mu === 0) continue
      for (let a = 0; a < A; a++) {
        const row = (h * S + x) * A + a
        const weight = mu * policy[row]
        for (let i = 0; i < d; i++) usage[h * d + i] += weight * phi[row * d + i]
      }
    }
    if (h === H - 1) return
    for (let y = 0; y < S; y++) {
      let p = 0
      for (let i = 0; i < d; i++) p += usage[h * d + i] * nu[(h * d + i) * S + y]
      // Negative by rounding at most.
      occupancy[(h + 1) * S + y] = Math.max(p, 0)
    }
  }
}

/** Writes Sigma_h = E phi phi', H x d x d. */
export function covarianceInto(mdp: Tables, policy: Float64Array, occupancy: Float64Array, out: Float64Array): void {
  const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
  out.fill(0)
  for (let row = 0; row < H * S * A; row++) {
    const weight = occupancy[Math.floor(row / A)] * policy[row]
    if (weight > 0) addOuter(d, weight, phi, row * d, out, Math.floor(row / (S * A)) * d * d)
  }
}

/**
 * Writes w_h, H x d, with Q_h(x, a) = phi . w_h, from the last layer up: w_h = theta_h + nu_h V_{h+1}, where
 * V(x) is the policy's mean of Q, or the least Q without a policy. Returns the value of the start.
 */
export function weightsInto(
  mdp: Tables,
  policy: Float64Array | undefined,
  theta: Float64Array,
  out: Float64Array,
  values: Float64Array,
): number {
  const { horizon: H, states: S, actions: A, dimension: d, phi, nu } = mdp
  for (let h = H - 1; h >= 0; h--) {
    for (let i = 0; i < d; i++) {
      let w = theta[h * d + i]
      if (h < H - 1) for (let y = 0; y < S; y++) w += nu[(h * d + i) * S + y] * values[(h + 1) * S + y]
      out[h * d + i] = w
    }
    for (let x = 0; x < S; x++) {
      let v = policy ? 0 : Infinity
      for (let a = 0; a < A; a++) {
        const row = (h * S + x) * A + a
        const q = inner(d, phi, row * d, out, h * d)
        v = policy ? v + policy[row] * q : Math.min(v, q)
      }
      values[h * S + x] = v
    }
  }
  return inner(S, mdp.startProbabilities, 0, values, 0)
}

/** Writes the values phi_h(x, a) . w_h, H x S x A. */
export function rowsTimes(mdp: Tables, w: Float64Array, out: Float64Array): void {
  const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
  for (let h = 0; h < H; h++) inners(S * A, d, phi, h * S * A * d, w, h * d, out, h * S * A)
}

/** Plays a trajectory: u0 for the start, then for each layer one number for the action, one for the next state. */
export function playInto(
  mdp: Tables,
  policy: Float64Array,
  random: Uniforms,
  states: Int32Array,
  actions: Int32Array,
): void {
  const { horizon: H, states: S, actions: A, transitions } = mdp
  let x = draw(mdp.startProbabilities, 0, S, random.uniform())
  for (let h = 0; h < H; h++) {
    const a = draw(policy, (h * S + x) * A, A, random.uniform())
    states[h] = x
    actions[h] = a
    if (h < H - 1) x = draw(transitions, ((h * S + x) * A + a) * S, S, random.uniform())
  }
}

/** Returns the first index i with u < p_0 + ... + p_i; the last one of positive probability if rounding leaves none. */
export function draw(p: Float64Array, at: number, n: number, u: number): number {
  let sum = 0
  let last = 0
  for (let i = 0; i < n; i++) {
    if (p[at + i] > 0) last = i
    sum += p[at + i]
    if (u < sum) return i
  }
  return last
}

/** Returns the first least action of each row. */
export function greedy(q: Float64Array, actions: number): Int32Array {
  const out = new Int32Array(q.length / actions)
  for (let row = 0; row < out.length; row++)
    for (let a = 1; a < actions; a++) if (q[row * actions + a] < q[row * actions + out[row]]) out[row] = a
  return out
}
