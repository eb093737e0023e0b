import { callback, decodeFloats, encodeFloats, number, options as optionsOf, refuse, show } from '@opt/core'
import type { OptimizerState } from '@opt/optimizers'
import type { InnerSolver } from '../inner/inner.ts'
import { checkModel, type Model } from '../models/model.ts'
import { allFinite } from '../rows.ts'
import type { StepRule } from '../rules/rule.ts'
import { type EtaSchedule, etaSchedule } from '../schedule.ts'
import type { Run } from './outer-step.ts'
import { Surrogate } from './surrogate.ts'

/** The outer options with their rule and inner solver. */
export interface RunOptions {
  steps?: number | undefined
  rule: StepRule
  inner: InnerSolver
  schedule?: EtaSchedule | undefined
  total?: number | undefined
}

/** The names of the options of outer steps. */
export const OUTER_OPTIONS = ['steps', 'rule', 'inner', 'schedule', 'total'] as const

/** A saved run: plain JSON, exact to the bit. Numbers are base64 of their little-endian bytes. */
export interface SurrogateState {
  /** The number of expensive gradients so far. */
  gradients: number
  parameters: string
  /** What the step rule remembers. */
  rule: Record<string, string>
  /** What the inner solver remembers; null where that is nothing. */
  inner: OptimizerState | null
}

/** Checks everything and starts a run. */
export function makeRun<I>(
  model: Model<I>,
  parameters: Float64Array,
  { steps = 10, rule, inner, schedule, total }: RunOptions,
  { examples, smoothness }: { examples: number | undefined; smoothness: number | undefined },
): Run<I> {
  const { outputs } = checkModel(model, 'model')
  if (!(parameters instanceof Float64Array)) refuse('parameters', 'a Float64Array', show(parameters), 'type')
  if (parameters.length === 0) refuse('parameters', 'nonempty', 'length 0')
  for (let j = 0; j < parameters.length; j++) number(parameters[j], `parameters[${j}]`)
  number(steps, 'steps', { integer: true, min: 1 })
  callback(rule?.start, 'rule.start')
  callback(inner?.start, 'inner.start')
  const run = {
    surrogate: new Surrogate(model, parameters),
    rule: rule.start({ outputs, examples, smoothness }),
    inner: inner.start(parameters),
    steps,
    examples,
    schedule: etaSchedule(schedule, total),
    gradients: 0,
  }
  callback(run.rule?.weigh, 'rule.start(problem).weigh')
  optionsOf(run.rule.state, 'rule.start(problem).state')
  callback(run.inner?.minimize, 'inner.start(parameters).minimize')
  return run
}

export function save<I>({ gradients, surrogate, rule, inner }: Run<I>): SurrogateState {
  return {
    gradients,
    parameters: encodeFloats(surrogate.parameters),
    rule: Object.fromEntries(Object.entries(rule.state).map(([name, values]) => [name, encodeFloats(values)])),
    inner: inner.state?.() ?? null,
  }
}

/** Restores a saved run; refuses, before anything changes, what does not fit. */
export function load<I>(run: Run<I>, state: SurrogateState, label: string): void {
  if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
  const gradients = number(state.gradients, `${label}.gradients`, { integer: true, min: 0 })
  const decode = (text: unknown, length: number, path: string) => {
    const values = decodeFloats(text, Float64Array, length, path)
    if (!allFinite(values)) refuse(path, 'finite numbers', 'others')
    return values
  }
  const { parameters } = run.surrogate
  const theta = decode(state.parameters, parameters.length, `${label}.parameters`)
  const { rule } = state
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    refuse(`${label}.rule`, 'a record', show(rule), 'type')
  const names = Object.keys(run.rule.state)
  if (String(Object.keys(rule).sort()) !== String([...names].sort()))
    refuse(`${label}.rule`, `of ${names.join(', ') || 'nothing'}`, Object.keys(rule).join(', ') || 'nothing')
  const values = names.map((name) => decode(rule[name], run.rule.state[name].length, `${label}.rule.${name}`))
  // Sums of squares, counts and step sizes; only means may be negative.
  names.forEach((name, i) => {
    if (name !== 'means' && values[i].some((value) => value < 0))
      refuse(`${label}.rule.${name}`, 'nonnegative', 'a negative number')
  })
  if ((state.inner === null) !== (run.inner.load === undefined))
    refuse(`${label}.inner`, run.inner.load ? 'the state of an optimizer' : 'null', show(state.inner), 'type')
  if (state.inner !== null) run.inner.load?.(state.inner)
  parameters.set(theta)
  names.forEach((name, i) => run.rule.state[name].set(values[i]))
  run.gradients = gradients
}
