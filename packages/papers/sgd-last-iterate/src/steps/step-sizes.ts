import { number } from '@opt/core'
import { heavyExponent } from '../geometry/maps.ts'
import { checkKnowledge, type Knowledge } from '../theory/bound.ts'
import { checkHeavyKnowledge, type HeavyKnowledge } from '../theory/heavy-bound.ts'
import { known } from '../theory/known.ts'
import { bestEta, bestHeavyEta } from './best-eta.ts'
import { KINDS, type StepKind, sequence } from './rules.ts'

/** Options of the steps for convex problems: with `eta` only `L` counts of what is known (default 0). */
export interface ConvexStepOptions extends Partial<Knowledge> {
  /** T. */
  steps: number
  /** The scale of the steps. Default: that of the smallest bound, for which L, M, sigma and distance are needed. */
  eta?: number | undefined
}

/** Options of the steps for strongly convex problems. */
export interface StrongStepOptions {
  /** T. */
  steps: number
  /** The strong convexity, relative to the map: of f for strong1, strong2 and strongT, of h for strongH1 and strongH2. */
  mu: number
  /** Smoothness. Default 0. */
  L?: number | undefined
}

/** Options of the steps for heavy tails. */
export interface HeavyStepOptions extends Partial<HeavyKnowledge> {
  /** T. */
  steps: number
  /** The order of the moment that the noise has, 1.01 <= p < 2. */
  p: number
  /** The scale of the steps. Default: that of the smallest bound, for which M, sigma and distance are needed. */
  eta?: number | undefined
}

/** The largest number of steps of an array. */
const MOST = 1e9

const checkSteps = (steps: number, label: string) =>
  number(steps, `${label}: steps`, { integer: true, min: 1, max: MOST })

const convex = (kind: StepKind) => (options: ConvexStepOptions) => {
  const label = `stepSizes.${kind}`
  const given = known(options, `${label}: options`)
  const { eta, L = 0 } = given
  const steps = checkSteps(given.steps, label)
  number(L, `${label}: L`, { nonnegative: true })
  const scale =
    eta === undefined
      ? bestEta(kind, steps, checkKnowledge({ ...given, L } as Knowledge, label), label)
      : number(eta, `${label}: eta`, { positive: true })
  return sequence(KINDS[kind].rule({ steps, eta: scale, L, muF: 0, muH: 0, p: 2 }), steps)
}

const strong = (kind: StepKind) => (options: StrongStepOptions) => {
  const label = `stepSizes.${kind}`
  const { steps, mu, L = 0 } = known(options, `${label}: options`)
  checkSteps(steps, label)
  number(mu, `${label}: mu`, { positive: true })
  number(L, `${label}: L`, { nonnegative: true })
  return sequence(KINDS[kind].rule({ steps, eta: 1, L, muF: mu, muH: mu, p: 2 }), steps)
}

const heavy = (kind: StepKind) => (options: HeavyStepOptions) => {
  const label = `stepSizes.${kind}`
  const given = known(options, `${label}: options`)
  const { eta, p } = given
  const steps = checkSteps(given.steps, label)
  heavyExponent(p, `${label}: p`)
  const scale =
    eta === undefined
      ? bestHeavyEta(kind, steps, checkHeavyKnowledge(given as HeavyKnowledge, label), label)
      : number(eta, `${label}: eta`, { positive: true })
  return sequence(KINDS[kind].rule({ steps, eta: scale, L: 0, muF: 0, muH: 0, p }), steps)
}

/**
 * The step sizes eta_1 .. eta_T of the paper, as new arrays. cap = 1 / (2 L), kappa = L / mu:
 *
 * - `sqrt` min(cap, eta / sqrt t), `constant` min(cap, eta / sqrt T), `linear` min(cap, eta (T - t + 1) /
 *   T^1.5), for convex problems;
 * - `strong1` 1 / (mu (t + 2 kappa)), `strong2` 2 / (mu (t + 1 + 4 kappa)), `strongT` nearly constant and then
 *   falling, for strongly convex f;
 * - `strongH1` 1 / (mu (t + 2 kappa)), `strongH2` 2 / (mu (t + 4 kappa)), for strongly convex h;
 * - `heavy` eta / t^(1/p), `heavyT` eta / T^(1/p), `heavyLinear` eta (T - t + 1) / T^(1 + 1/p), for noise
 *   without a variance.
 *
 * @throws RangeError or TypeError when an argument is wrong, or eta is left out and L, M, sigma and distance do
 * not determine the best one.
 */
export const stepSizes: {
  sqrt(options: ConvexStepOptions): Float64Array
  constant(options: ConvexStepOptions): Float64Array
  linear(options: ConvexStepOptions): Float64Array
  strong1(options: StrongStepOptions): Float64Array
  strong2(options: StrongStepOptions): Float64Array
  strongT(options: StrongStepOptions): Float64Array
  strongH1(options: StrongStepOptions): Float64Array
  strongH2(options: StrongStepOptions): Float64Array
  heavy(options: HeavyStepOptions): Float64Array
  heavyT(options: HeavyStepOptions): Float64Array
  heavyLinear(options: HeavyStepOptions): Float64Array
} = {
  sqrt: /* @__PURE__ */ convex('sqrt'),
  constant: /* @__PURE__ */ convex('constant'),
  linear: /* @__PURE__ */ convex('linear'),
  strong1: /* @__PURE__ */ strong('strong1'),
  strong2: /* @__PURE__ */ strong('strong2'),
  strongT: /* @__PURE__ */ strong('strongT'),
  strongH1: /* @__PURE__ */ strong('strongH1'),
  strongH2: /* @__PURE__ */ strong('strongH2'),
  heavy: /* @__PURE__ */ heavy('heavy'),
  heavyT: /* @__PURE__ */ heavy('heavyT'),
  heavyLinear: /* @__PURE__ */ heavy('heavyLinear'),
}
