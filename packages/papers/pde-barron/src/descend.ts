import { number, options, type Report, refuse, show, vector } from '@opt/core'
import type { Conditioning } from './theory/conditioning.ts'

/** Where a descent stands: a point u of its space with the residual g = DE(u), and the norm of g in the dual space. */
export interface Iterate {
  dual: number
}

/** What {@link descend} needs of a space of functions. */
export interface Space<I extends Iterate, F extends object> {
  /** After so many halvings no step helps: rounding or truncation hides the descent. */
  readonly halvings: number
  /** Makes an iterate to write into. */
  spare(): I
  /** Writes u - eta P^-1 g of `from`, its residual and its dual norm into `to`. */
  step(from: I, eta: number, to: I): void
  /** |s|_P^2 and <s, y> of the change s of u and y of g. */
  change(from: I, to: I): { square: number; product: number }
  /** |u|_P. */
  norm(iterate: I): number
  /** What else a report shows. */
  figures(iterate: I): F
}

/** The report after each step. */
export interface DescentReport extends Report {
  /** The error bound relative to |u|: `bound` / |u|_P. */
  error: number
  /** A bound on |u - u*|_P within the space: dual / m. */
  bound: number
  /** The norm of the residual in the dual space. */
  dual: number
  /** The size of the step that led here. */
  step: number
}

/** How large steps are: by the rule that needs no constant M, by 2/(m + M), or fixed. */
export type StepRule = 'adaptive' | 'theory' | number

/** What a descent needs besides its iterate to go on to the same bits. */
export interface DescentState {
  /** The size of the next step. */
  step: number
  /** The dual norms of the last ten iterates, latest last. */
  recent: number[]
}

/** How many iterates a new residual is compared with. */
const MEMORY = 10

/** How a descent runs. */
export interface DescentSettings {
  rule: StepRule
  /** A start whose relative error bound is not above it is the answer. */
  tolerance: number
  saved?: DescentState | undefined
}

/** What a descent ends with. */
export interface Descent<I extends Iterate> {
  last: I
  state: DescentState
  message?: string
  status?: 'converged' | 'diverged'
}

/**
 * Preconditioned descent u <- u - eta P^-1 DE(u) in any space (the paper's iteration).
 *
 * 'theory' takes eta = 2/(m + M). 'adaptive' starts at 1, halves eta until the dual norm is at most 1 - min(1, eta m)/2
 * times the largest of the last ten, and then takes |s|^2/<s, y>, at most 1/m: it needs no M and accepts all eta <= 2/(m +
 * M), so that it converges linearly; it compares no energies, whose rounding would stop it early.
 */
export function* descend<I extends Iterate, F extends object>(
  space: Space<I, F>,
  start: I,
  { rule, tolerance, saved }: DescentSettings,
  { m, step }: Conditioning,
): Generator<DescentReport & F, Descent<I>, boolean> {
  const adaptive = rule === 'adaptive'
  let eta = saved?.step ?? (adaptive ? 1 : rule === 'theory' ? step : rule)
  const recent = saved ? [...saved.recent] : [start.dual]
  let [now, next] = [start, space.spare()]
  const report = (iterate: I, step: number) => {
    const bound = iterate.dual / m
    const error = bound < Infinity ? relative(bound, space.norm(iterate)) : NaN
    return { error, bound, dual: iterate.dual, step, ...space.figures(iterate) }
  }
  const { error } = report(now, eta)
  const here = { last: now, state: { step: eta, recent } }
  if (error <= tolerance) return { ...here, status: 'converged' }
  if (!(start.dual < Infinity))
    return { ...here, status: 'diverged', message: 'the residual at the start is not finite' }
  for (;;) {
    const state = { step: eta, recent: [...recent] }
    space.step(now, eta, next)
    for (let halvings = 0; adaptive && !accepts(next.dual, eta, m, recent); ) {
      if (++halvings > space.halvings) break
      eta /= 2
      space.step(now, eta, next)
    }
    if (adaptive && next.dual < Infinity && !accepts(next.dual, eta, m, recent))
      return {
        last: now,
        state,
        message: 'no step reduces the residual: rounding or truncation hides the rest, or L is too steep here',
      }
    const taken = eta
    if (adaptive) {
      const { square, product } = space.change(now, next)
      const quotient = square / product
      if (quotient > 0 && quotient < Infinity) eta = Math.min(1 / m, quotient)
    }
    ;[now, next] = [next, now]
    recent.push(now.dual)
    if (recent.length > MEMORY) recent.shift()
    if (yield report(now, taken)) return { last: now, state: { step: eta, recent } }
  }
}

const accepts = (dual: number, eta: number, m: number, recent: readonly number[]) =>
  dual <= (1 - Math.min(1, eta * m) / 2) * Math.max(...recent)

/** bound / norm, 0 for 0/0. */
export const relative = (bound: number, norm: number): number => (bound === 0 ? 0 : bound / norm)

/**
 * Checks a step rule.
 *
 * @throws TypeError or RangeError when it is none, or 'theory' without a finite M.
 */
export function checkRule(rule: StepRule, { M }: Conditioning): StepRule {
  if (rule === 'adaptive') return rule
  if (rule === 'theory') {
    if (M === Infinity)
      refuse(
        'step',
        "'adaptive' or a number where the second derivatives of L have no bound (give uMax or pMax)",
        "'theory'",
      )
    return rule
  }
  if (typeof rule === 'number') return number(rule, 'step', { positive: true })
  refuse('step', "'adaptive', 'theory' or a positive number", show(rule), 'type')
}

/** Checks the part of a saved state that all spaces have. */
export function checkState(given: DescentState): DescentState {
  const { step, recent } = options(given, 'initial')
  number(step, 'initial.step', { positive: true })
  if (!Array.isArray(recent)) refuse('initial.recent', 'an array', show(recent), 'type')
  if (recent.length < 1 || recent.length > MEMORY)
    refuse('initial.recent', `of length 1 to ${MEMORY}`, `length ${recent.length}`)
  return { step, recent: [...vector(recent, 'initial.recent', { sign: 'nonnegative' })] }
}
