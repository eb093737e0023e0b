import { number, refuse } from '@opt/core'
import { bestEta, bestHeavyEta, heavyOrderOfMagnitude, orderOfMagnitude } from './steps/best-eta.ts'
import { KINDS, type Rule, type StepKind, sequence } from './steps/rules.ts'
import { boundOf, type CheckedKnowledge, checkKnowledge, type Knowledge } from './theory/bound.ts'
import { checkHeavyKnowledge, type HeavyKnowledge, heavyBoundOf } from './theory/heavy-bound.ts'
import { known } from './theory/known.ts'

/** Options of {@link plan}: what one knows. */
export interface PlanOptions extends Knowledge {
  /** T, if it is known in advance. */
  steps?: number | undefined
  /** For noise without a variance: sigma is then that of the moment of order p, 1.01 <= p < 2. */
  p?: number | undefined
}

/** Steps and their guarantee. */
export interface Plan {
  /** The name of the rule in {@link stepSizes}. */
  kind: StepKind
  /** The scale of the steps; undefined for a rule that needs none. */
  eta?: number
  /** How F(x^{T+1}) - F(x*) falls. */
  rate: string
  /** Returns eta_t, t = 1, 2, .... */
  stepSize(t: number): number
  /** eta_1 .. eta_T, when T is known. */
  stepSizes?: Float64Array
  /**
   * Returns what is guaranteed after t steps.
   *
   * @throws RangeError or TypeError when t is no number of steps, or more than T.
   */
  guarantee(t: number): Guarantee
  /** The plan in words. */
  text: string
}

/** A bound on F(x^{t+1}) - F(x*), in numbers and words. */
export interface Guarantee {
  steps: number
  /** In expectation. */
  expected: number
  /** With probability 1 - delta, when a delta was given. */
  likely?: number
  text: string
}

/** The most steps for which a guarantee is computed. */
const MOST = 1e8

/**
 * Chooses the steps by what one knows: among the rules of the paper that apply, the one with the smallest
 * bound after T steps (with probability 1 - delta, if a delta is given). Without T it is `sqrt`, `strong1`,
 * `strongH1` or `heavy`, with the eta of the theorems.
 *
 * @throws RangeError or TypeError when an argument is wrong or a bound overflows.
 */
export function plan(options: PlanOptions & { steps: number }): Plan & { stepSizes: Float64Array }
export function plan(options: PlanOptions): Plan
export function plan(options: PlanOptions): Plan {
  return planOf(known(options, 'plan: options'), 'plan')
}

/** {@link plan} of options whose names are checked, for the function of this name. */
export const planOf = (given: PlanOptions, name: string): Plan =>
  given.p === undefined ? usualPlan(given, name) : heavyPlan(given, name)

function usualPlan(given: PlanOptions, name: string): Plan {
  const knowledge = checkKnowledge(given, name)
  const { L, muF, muH } = knowledge
  const steps = checkSteps(given.steps, name)
  const make = (kind: StepKind, eta: number) => KINDS[kind].rule({ steps, eta, L, muF, muH, p: 2 })
  const candidates = kindsFor(knowledge, steps).map((kind) => {
    const eta = KINDS[kind].needs !== 'eta' ? undefined : usualEta(kind, steps, knowledge, name)
    const rule = make(kind, eta ?? 1)
    // Steps for convex problems may be too long for the mu of a strongly convex one.
    const used = eta === undefined ? knowledge : { ...knowledge, muF: 0, muH: 0 }
    return { kind, eta, rule, value: (etas: Float64Array, delta?: number) => boundOf(etas, { ...used, delta }, name) }
  })
  return assemble(best(candidates, steps, knowledge.delta, name), steps, knowledge.delta)
}

const usualEta = (kind: StepKind, steps: number | undefined, knowledge: CheckedKnowledge, name: string) =>
  steps === undefined ? orderOfMagnitude(knowledge, name) : bestEta(kind, steps, knowledge, name)

function kindsFor({ muF, muH, M, sigma, L }: CheckedKnowledge, steps: number | undefined): StepKind[] {
  const strong: StepKind[] = muF > 0 ? ['strong1', 'strong2', 'strongT'] : muH > 0 ? ['strongH1', 'strongH2'] : []
  if (steps === undefined) return strong.length > 0 ? strong.slice(0, 1) : ['sqrt']
  return M + sigma + L > 0 ? [...strong, 'sqrt', 'constant', 'linear'] : strong
}

function heavyPlan(given: PlanOptions, name: string): Plan {
  const { muF = 0, muH = 0 } = given
  const knowledge = checkHeavyKnowledge(given as HeavyKnowledge, name)
  for (const [key, mu] of Object.entries({ muF, muH }))
    if (mu !== 0) refuse(`${name}: ${key}`, '0 or left out with heavy tails', `${mu}`)
  const { L, p } = knowledge
  const steps = checkSteps(given.steps, name)
  const kinds: StepKind[] = steps === undefined ? ['heavy'] : ['heavy', 'heavyT', 'heavyLinear']
  const candidates = kinds.map((kind) => {
    const eta =
      steps === undefined ? heavyOrderOfMagnitude(knowledge, name) : bestHeavyEta(kind, steps, knowledge, name)
    const rule = KINDS[kind].rule({ steps, eta, L, muF: 0, muH: 0, p })
    return {
      kind,
      eta,
      rule,
      value: (etas: Float64Array, delta?: number) => heavyBoundOf(etas, { ...knowledge, delta }),
    }
  })
  return assemble(best(candidates, steps, knowledge.delta, name), steps, knowledge.delta)
}

interface Candidate {
  kind: StepKind
  eta: number | undefined
  rule: Rule
  value(eta: Float64Array, delta?: number): number
}

/** The candidate with the smallest bound after T steps; the first when T is not known. */
function best(candidates: Candidate[], steps: number | undefined, delta: number | undefined, name: string): Candidate {
  if (candidates.length === 0) refuse(`${name}: M`, 'positive, or L or sigma', '0')
  if (steps === undefined) return candidates[0]
  let least = Infinity
  let chosen: Candidate | undefined
  for (const candidate of candidates) {
    const reached = candidate.value(sequence(candidate.rule, steps), delta)
    if (reached < least) {
      least = reached
      chosen = candidate
    }
  }
  return chosen ?? refuse(`${name}: options`, 'such that a bound is finite', 'numbers whose bounds overflow')
}

function assemble({ kind, eta, rule, value }: Candidate, steps: number | undefined, delta: number | undefined): Plan {
  const { rate } = KINDS[kind]
  const guarantee = (t: number): Guarantee => {
    number(t, 'plan.guarantee: t', { integer: true, min: 1, max: steps ?? MOST })
    const etas = sequence(rule, t)
    const expected = value(etas)
    const likely = delta === undefined ? {} : { likely: value(etas, delta) }
    if (!(expected < Infinity && (likely.likely ?? 0) < Infinity))
      refuse('plan: options', 'such that the bound is finite', `${expected}`)
    return { steps: t, expected, ...likely, text: sentence(t, expected, likely.likely, delta) }
  }
  const scale = eta === undefined ? '' : ` with eta = ${short(eta)}`
  const text =
    steps === undefined
      ? `Steps '${kind}'${scale}: the excess of the last point falls like ${rate}. ${guarantee(100).text}`
      : `Steps '${kind}'${scale}. ${guarantee(steps).text}`
  return {
    kind,
    ...(eta !== undefined && { eta }),
    rate,
    stepSize: (t) =>
      rule(number(t, 'plan.stepSize: t', { integer: true, min: 1, max: steps ?? Number.MAX_SAFE_INTEGER })),
    ...(steps !== undefined && { stepSizes: sequence(rule, steps) }),
    guarantee,
    text,
  }
}

const short = (value: number) => String(Number(value.toPrecision(3)))

const sentence = (t: number, expected: number, likely: number | undefined, delta: number | undefined) => {
  const also = likely === undefined ? '' : `, and by at most ${short(likely)} with probability ${short(1 - delta!)}`
  return `After ${t} step${t === 1 ? '' : 's'} the last point exceeds the minimum by at most ${short(expected)} in expectation${also}.`
}

function checkSteps(steps: number | undefined, name: string): number | undefined {
  return steps === undefined ? undefined : number(steps, `${name}: steps`, { integer: true, min: 1, max: MOST })
}
