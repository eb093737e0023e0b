import { allFinite, calling, number, options as optionsOf, type Random, refuse, show } from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import { type TableLike, table } from '../intake.ts'
import { inner, quadratics } from '../matrices.ts'
import { draw, type Uniforms } from '../worlds/dynamics.ts'
import { checkMdp, type LinearMdp } from '../worlds/linear-mdp.ts'

/** Options of {@link dilatedBonus}. */
export interface DilatedBonusOptions {
  /** beta, at least 0. */
  beta: number
  /**
   * For a simulator without a model: each expectation over the next state is replaced by one draw of it and of its
   * action. Unbiased.
   */
  random?: Random
}

/** What {@link dilatedBonus} returns, H x S x A each. */
export interface Bonuses {
  /** b. */
  bonus: NdArray<Float64Array>
  /** B. */
  dilated: NdArray<Float64Array>
}

/**
 * Returns the bonuses of a policy: b(x, a) = beta (n(x, a) + sum_a' pi(a' | x) n(x, a')) with n = phi' G phi, and
 * B = b + (1 + 1/H) E B(y, a') over the next state y and its action a', B = b in the last layer. They are subtracted
 * from losses.
 *
 * @param policy H x S x A.
 * @param inverse G_h, H x d x d.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function dilatedBonus(
  mdp: LinearMdp,
  policy: TableLike,
  inverse: TableLike,
  options: DilatedBonusOptions,
): Bonuses {
  return calling('dilatedBonus', () => {
    checkMdp(mdp)
    const { horizon: H, states: S, actions: A, dimension: d } = mdp
    const { beta, random } = optionsOf(options, 'options', ['beta', 'random'])
    number(beta, 'beta', { nonnegative: true })
    if (random !== undefined && typeof random?.uniform !== 'function')
      refuse('random', 'a generator', show(random), 'type')
    const checked = mdp.policy(policy, 'policy')
    const G = table(inverse, 'inverse', [H, d, d])
    const [bonus, dilated] = [new Float64Array(H * S * A), new Float64Array(H * S * A)]
    bonusInto(mdp, checked, G, beta, bonus)
    dilated.set(bonus)
    if (random) dilateByDraws(mdp, checked, random, dilated)
    else dilateInto(mdp, checked, dilated, new Float64Array(S), new Float64Array(d))
    if (!allFinite(dilated)) refuse('beta', 'so small that the bonuses are finite', show(beta))
    return { bonus: ndarray(bonus, [H, S, A]), dilated: ndarray(dilated, [H, S, A]) }
  })
}

/** Writes b, H x S x A. */
export function bonusInto(
  mdp: LinearMdp,
  policy: Float64Array,
  G: Float64Array,
  beta: number,
  out: Float64Array,
): void {
  const { horizon: H, states: S, actions: A, dimension: d, phi } = mdp
  for (let h = 0; h < H; h++) quadratics(S * A, d, G, h * d * d, phi, h * S * A * d, out, h * S * A)
  for (let first = 0; first < H * S * A; first += A) {
    const average = inner(A, policy, first, out, first)
    for (let row = first; row < first + A; row++) out[row] = beta * (out[row] + average)
  }
}

/** Turns b into B, using that P = phi . nu; `values` and `w` are S and d numbers of memory. */
export function dilateInto(
  mdp: LinearMdp,
  policy: Float64Array,
  bonus: Float64Array,
  values: Float64Array,
  w: Float64Array,
): void {
  const { horizon: H, states: S, actions: A, dimension: d, phi, nu } = mdp
  const factor = 1 + 1 / H
  for (let h = H - 2; h >= 0; h--) {
    for (let y = 0; y < S; y++) {
      const row = ((h + 1) * S + y) * A
      values[y] = inner(A, policy, row, bonus, row)
    }
    for (let i = 0; i < d; i++) w[i] = factor * inner(S, nu, (h * d + i) * S, values, 0)
    for (let row = h * S * A; row < (h + 1) * S * A; row++) bonus[row] += inner(d, phi, row * d, w, 0)
  }
}

/** Turns b into an unbiased estimate of B, from one draw of the next state and its action for each pair. */
export function dilateByDraws(mdp: LinearMdp, policy: Float64Array, random: Uniforms, bonus: Float64Array): void {
  const { horizon: H, states: S, actions: A, transitions } = mdp
  const factor = 1 + 1 / H
  for (let h = H - 2; h >= 0; h--)
    for (let row = h * S * A; row < (h + 1) * S * A; row++) {
      const next = ((h + 1) * S + draw(transitions, row * S, S, random.uniform())) * A
      bonus[row] += factor * bonus[next + draw(policy, next, A, random.uniform())]
    }
}
