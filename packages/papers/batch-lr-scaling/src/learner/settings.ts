import { callback, number, oneOf, options as optionsOf, type Random, randomFrom, type VectorLike } from '@opt/core'
import { type Batches, intake } from '../batches.ts'
import { checkMomentum } from '../theory/checks.ts'
import type { RateLearnerOptions } from './learner-types.ts'
import { RULES, type Rule, type RuleName } from './rules.ts'

/** Checked options, with the defaults of the rule. */
export interface Settings {
  batches: Batches
  name: RuleName
  rule: Rule
  batch: number
  momentum: number
  sample: number
  steps: number
  probes: number
  /** undefined: that of the rule in use. */
  safety: number | undefined
  keep: number
  /** Steps of an epoch. */
  epoch: number
  interval: number | 'doubling'
  decay: (step: number) => number
  gradient: ((indices: Int32Array) => VectorLike) | undefined
  rng: Random
}

/** @throws TypeError or RangeError naming the wrong option. */
export function settingsOf(given: RateLearnerOptions): Settings {
  const options = optionsOf(given, 'options', [
    'products',
    'batch',
    'rule',
    'momentum',
    'sample',
    'steps',
    'probes',
    'safety',
    'keep',
    'interval',
    'decay',
    'gradient',
    'seed',
    'count',
    'size',
  ])
  const name = oneOf(options.rule ?? 'stochastic', 'rule', Object.keys(RULES) as RuleName[])
  const rule = RULES[name]
  const batches = intake(options.products, options, rule.matrix, 'RateLearner.measure')
  const { count } = batches
  const batch = number(options.batch, 'batch', { integer: true, min: 1, max: count })
  const positive = { integer: true, min: 1 }
  const epoch = Math.max(1, Math.floor(count / batch))
  const interval = options.interval ?? epoch
  if (interval !== 'doubling') number(interval, 'interval', positive)
  const gradient = options.gradient ?? batches.gradient
  if (name === 'cauchy' || options.gradient !== undefined) callback(gradient as () => VectorLike, 'gradient')
  return {
    batches,
    name,
    rule,
    batch,
    momentum: checkMomentum(options.momentum ?? rule.momentum),
    sample: Math.min(count, number(options.sample ?? rule.sample(batch), 'sample', positive)),
    steps: number(options.steps ?? rule.steps, 'steps', positive),
    probes: number(options.probes ?? rule.probes(batch), 'probes', positive),
    safety: options.safety === undefined ? undefined : number(options.safety, 'safety', { positive: true }),
    keep: number(options.keep ?? 0.97, 'keep', { min: 0, max: 1 }),
    epoch,
    interval,
    decay: options.decay === undefined ? () => 1 : callback(options.decay, 'decay'),
    gradient,
    rng: randomFrom(options.seed ?? 0, 'seed'),
  }
}
