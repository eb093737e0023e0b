import { pow } from '@opt/core'

/** The names of the step rules. */
export type StepKind =
  | 'sqrt'
  | 'constant'
  | 'linear'
  | 'strong1'
  | 'strong2'
  | 'strongT'
  | 'strongH1'
  | 'strongH2'
  | 'heavy'
  | 'heavyT'
  | 'heavyLinear'

/** What a rule may depend on. */
export interface RuleOptions {
  /** T; undefined when the end is not known. */
  steps: number | undefined
  eta: number
  L: number
  muF: number
  muH: number
  p: number
}

/** Returns eta_t, t = 1, 2, .... */
export type Rule = (t: number) => number

/** A kind of steps: what it needs, its rule, and the rate of F(x^{T+1}) - F(x*). */
export interface Kind {
  needs: 'eta' | 'muF' | 'muH' | 'heavy'
  /** Whether T has to be known. */
  knownT: boolean
  rate: string
  rule(options: RuleOptions): Rule
}

/** 1 / (2 L), where steps of convex problems are cut off. */
export const capOf = (L: number): number => (L > 0 ? 1 / (2 * L) : Infinity)

const capped = (shape: (t: number, T: number) => number) => {
  return ({ eta, L, steps }: RuleOptions): Rule =>
    (t) =>
      Math.min(capOf(L), eta * shape(t, steps!))
}

/** numerator / (mu (t + shift + factor kappa)), kappa = L / mu. */
const harmonic = (key: 'muF' | 'muH', numerator: number, shift: number, factor: number) => {
  return ({ L, [key]: mu }: RuleOptions): Rule =>
    (t) =>
      numerator / (mu * (t + shift + factor * (L / mu)))
}

/** eta / t^(1/p) and its kin; no cap is needed. */
const heavy = (shape: (t: number, p: number, T: number) => number) => {
  return ({ eta, p, steps }: RuleOptions): Rule =>
    (t) =>
      eta * shape(t, p, steps!)
}

/**
 * Steps for strongly convex f when T is known: 1 / (mu (1 + 2 kappa)), then 1 / (mu (1.5 + 2 kappa)) for
 * half of the time, then falling.
 */
function strongT({ steps, L, muF: mu }: RuleOptions): Rule {
  const kappa = L / mu
  const half = Math.ceil(steps! / 2)
  return (t) => {
    if (t === 1) return 1 / (mu * (1 + 2 * kappa))
    return t <= half ? 1 / (mu * (1.5 + 2 * kappa)) : 2 / (mu * (t - half + 2 + 4 * kappa))
  }
}

/** The step rules of the paper. */
export const KINDS: Record<StepKind, Kind> = {
  sqrt: {
    needs: 'eta',
    knownT: false,
    rate: 'log T / sqrt T',
    rule: capped((t) => 1 / Math.sqrt(t)),
  },
  constant: {
    needs: 'eta',
    knownT: true,
    rate: 'sqrt(log T / T)',
    rule: capped((_, T) => 1 / Math.sqrt(T)),
  },
  linear: {
    needs: 'eta',
    knownT: true,
    rate: '1 / sqrt T',
    rule: capped((t, T) => (T - t + 1) / (T * Math.sqrt(T))),
  },
  strong1: { needs: 'muF', knownT: false, rate: 'log T / T', rule: harmonic('muF', 1, 0, 2) },
  strong2: { needs: 'muF', knownT: false, rate: 'log T / T', rule: harmonic('muF', 2, 1, 4) },
  strongT: { needs: 'muF', knownT: true, rate: 'log T / T', rule: strongT },
  strongH1: { needs: 'muH', knownT: false, rate: 'log T / T', rule: harmonic('muH', 1, 0, 2) },
  strongH2: { needs: 'muH', knownT: false, rate: 'log T / T', rule: harmonic('muH', 2, 0, 4) },
  heavy: {
    needs: 'heavy',
    knownT: false,
    rate: 'log T / T^(1 - 1/p)',
    rule: heavy((t, p) => 1 / pow(t, 1 / p)),
  },
  heavyT: {
    needs: 'heavy',
    knownT: true,
    rate: 'log T / T^(1 - 1/p), to a power of the logarithm below 1',
    rule: heavy((_, p, T) => 1 / pow(T, 1 / p)),
  },
  heavyLinear: {
    needs: 'heavy',
    knownT: true,
    rate: '1 / T^(1 - 1/p)',
    rule: heavy((t, p, T) => (T - t + 1) / pow(T, 1 + 1 / p)),
  },
}

/** eta_1 .. eta_T of a rule. */
export const sequence = (rule: Rule, steps: number): Float64Array =>
  Float64Array.from({ length: steps }, (_, i) => rule(i + 1))
