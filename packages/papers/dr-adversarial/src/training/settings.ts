import { boolean, callback, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { type BarrierSettings, checkBarrier } from '../attacks/barrier.ts'
import { type Box, checkBox } from '../attacks/box.ts'
import type { Problem } from '../model/data.ts'
import { type CompositionalOptions, checkCompositional } from '../weights/compositional-weights.ts'
import { GAIRAT_KINDS } from '../weights/gairat.ts'
import { checkMail } from '../weights/mail.ts'
import { METHODS, type Method, type Preset, type RobustOptions } from './options.ts'

/** The share of the steps with uniform weights at first. */
const BURN_IN: Record<string, number> = { kl: 0.2, gairat: 0.5 }

/** Checked options of training, with their defaults. */
export interface Settings {
  readonly weights: NonNullable<RobustOptions['weights']>
  readonly attack: 'barrier' | 'pgd'
  readonly implicit: boolean
  readonly norm: 'linf' | 'l2'
  /** Whether the implicit term is computed by the R-operator. */
  readonly exact: boolean
  readonly mart: boolean
  readonly beta: number
  readonly box: Box
  readonly lower: BarrierSettings
  readonly gairat: RobustOptions['gairat']
  readonly mail: { readonly slope: number; readonly bias: number }
  readonly compositional: CompositionalOptions
  readonly batchSize: number
  /** Steps per epoch, of the whole run, and of its burn-in. */
  readonly perEpoch: number
  readonly total: number
  readonly warm: number
  readonly learningRate: number
  /** Steps between reports. */
  readonly every: number
}

/** Checks the options of training and fills in the defaults. */
export function settingsOf(options: RobustOptions, { rows, columns }: Problem): Settings {
  const { method = 'done', norm = 'linf', cross = 'exact', beta = 5, epochs = 30 } = options
  const preset: Preset = METHODS[oneOf(method, 'method', Object.keys(METHODS) as Method[])]
  const weights: Preset['weights'] = options.weights ?? preset.weights
  const attack: Preset['attack'] = options.attack ?? preset.attack
  if (typeof weights !== 'function' && !['kl', 'uniform', 'gairat', 'mail'].includes(weights))
    refuse('weights', "'kl', 'uniform', 'gairat', 'mail' or a function", show(weights))
  oneOf(attack, 'attack', ['barrier', 'pgd'])
  oneOf(norm, 'norm', ['linf', 'l2'])
  oneOf(cross, 'cross', ['exact', 'differences'])
  const barrier = attack === 'barrier'
  const { implicit = barrier } = options
  if (boolean(implicit, 'implicit') && !barrier) refuse('implicit', "false with attack 'pgd'", 'true')
  if (barrier && norm === 'l2') refuse('norm', "'linf' with attack 'barrier'", "'l2'")
  const mart = method === 'mart'
  if (mart && (barrier || weights !== 'uniform'))
    refuse('method', "not 'mart' with other weights or another attack", "'mart'")
  const box = checkBox(options, columns)
  const { inner } = options
  const lower = checkBarrier({ ...pick(options), method: inner }, box.epsilon)
  if (weights === 'gairat') {
    const { lambda = -1, kind = 'tanh' } = optionsOf(options.gairat, 'gairat', ['lambda', 'kind'])
    oneOf(kind, 'gairat.kind', GAIRAT_KINDS)
    number(lambda, 'gairat.lambda', { min: -1e6, max: 1e6 })
    if (lower.steps < 2) refuse('steps', "at least 2 with weights 'gairat'", `${lower.steps}`)
  }
  number(beta, 'beta', { nonnegative: true })
  const batchSize =
    options.batchSize === undefined
      ? Math.min(100, rows)
      : number(options.batchSize, 'batchSize', { integer: true, min: 1, max: rows })
  const perEpoch = Math.floor(rows / batchSize)
  const total = Math.round(number(epochs, 'epochs', { nonnegative: true, max: 1e9 }) * perEpoch)
  const usual = typeof weights === 'function' ? 0 : (BURN_IN[weights as string] ?? 0)
  const burnIn = number(options.burnIn ?? usual, 'burnIn', { min: 0, max: 1 })
  const { optimizer, learningRate } = options
  if (optimizer !== undefined) {
    if (typeof optimizer?.step !== 'function')
      refuse('optimizer', 'an object with step(gradients)', show(optimizer), 'type')
    if (learningRate !== undefined) refuse('learningRate', 'left out with an optimizer', show(learningRate))
  }
  for (const name of ['batches', 'starts', 'onStep', 'evaluate'] as const)
    if (options[name] !== undefined) callback(options[name] as () => unknown, name)
  return {
    weights,
    attack,
    implicit,
    norm,
    exact: cross === 'exact',
    mart,
    beta,
    box,
    lower,
    gairat: options.gairat,
    mail: checkMail(options.mail, 'mail'),
    compositional: checkCompositional({ r: options.r, track: options.track, maxWeight: options.maxWeight }),
    batchSize,
    perEpoch,
    total,
    warm: Math.round(burnIn * total),
    learningRate: number(learningRate ?? 0.05, 'learningRate', { nonnegative: true }),
    every: number(options.reportEvery ?? perEpoch, 'reportEvery', { integer: true, min: 1 }),
  }
}

const pick = ({ c, lambda, steps, stepSize, tau }: RobustOptions) => ({ c, lambda, steps, stepSize, tau })
