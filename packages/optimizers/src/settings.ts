import { type Backend, number, options, refuse, show } from '@opt/core'
import { members, type ParameterSet } from './parameters.ts'

/** Returns the learning rate of a step; the first step is step 0. */
export type Schedule = (step: number) => number

/** The hyper-parameters of every optimizer, which its own interface extends. Others may have any type. */
export interface Hyper {
  /** Step size. */
  learningRate: number
}

/** One hyper-parameter: its default and what is allowed. */
export interface Setting<T> {
  readonly default: T
  /** Throws unless `value` is allowed. */
  check(value: unknown, label: string): void
}

/** One {@link Setting} for each hyper-parameter. */
export type Settings<H> = { readonly [Name in keyof H]: Setting<H[Name]> }

/** Hyper-parameters as options: all are optional, and the learning rate may be a schedule. */
export type Choices<H> = {
  [Name in keyof H]?: (Name extends 'learningRate' ? number | Schedule : H[Name]) | undefined
}

/** Some of the parameters with hyper-parameters of their own; others come from the common options. */
export type Group<H> = Choices<H> & {
  /** Names in a record, indices in a list. */
  parameters: readonly (string | number)[]
}

/** The options of an optimizer: its hyper-parameters, and these. */
export type OptimizerOptions<H> = Choices<H> & {
  groups?: readonly Group<H>[] | undefined
  /**
   * Whether gradients are searched for NaN and Infinity. Default true. On a device such a number
   * blocks its step and later ones, and the next `await optimizer.settled()` or `stateAsync()` throws.
   */
  check?: boolean | undefined
  /**
   * A device, such as `await webgpu()` of @opt/webgpu: parameters and gradients are its arrays, or
   * `{ data, shape }` with one, and the state stays there, in float32. Default: in memory.
   */
  backend?: Backend | undefined
  /**
   * true: the parameters are copied once into the optimizer's memory, as `optimizer.parameters`; the
   * given arrays stay as they are, and no step copies parameters. Default false: the given arrays are
   * updated.
   */
  resident?: boolean | undefined
}

/** A number >= 0. */
export const nonnegative = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { nonnegative: true }),
})

/** A number > 0. */
export const positive = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { positive: true }),
})

/** A number in [0, 1), such as the decay rate of an average. */
export const fraction = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => {
    number(given, label, { nonnegative: true })
    if ((given as number) >= 1) refuse(label, 'less than 1', show(given))
  },
})

/** An integer >= 0. */
export const count = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { integer: true, min: 0 }),
})

/** A number in [0, 1]. */
export const share = (value: number): Setting<number> => ({
  default: value,
  check: (given, label) => void number(given, label, { min: 0, max: 1 }),
})

/** true or false. */
export const flag = (value: boolean): Setting<boolean> => ({
  default: value,
  check: (given, label) => {
    if (typeof given !== 'boolean') refuse(label, 'true or false', show(given), 'type')
  },
})

/** The hyper-parameters of a group; `hyper.learningRate` is set from `rate` before each step. */
export interface ResolvedGroup<H> {
  /** Its options as messages write them: 'groups[0].', or nothing for the common options. */
  path: string
  rate: number | Schedule
  hyper: H
}

/** Checks the options and returns the group of each parameter, in order. */
export function resolveGroups<H extends Hyper>(
  name: string,
  settings: Settings<H>,
  set: ParameterSet,
  options: OptimizerOptions<H>,
): ResolvedGroup<H>[] {
  const common = resolve(name, settings, options, ['groups', 'check', 'resident', 'backend'], `${name}: `)
  for (const key of ['check', 'resident'] as const)
    if (options[key] !== undefined) flag(true).check(options[key], `${name}: ${key}`)
  const names = members(set).map((member) => member.name)
  const chosen = new Map<string, ResolvedGroup<H>>()
  const { groups = [] } = options
  if (!Array.isArray(groups)) refuse(`${name}: groups`, 'an array', show(groups), 'type')
  groups.forEach((group: Group<H>, i) => {
    const label = `${name}: groups[${i}]`
    if (typeof group !== 'object' || group === null) refuse(label, 'an object', show(group), 'type')
    const resolved = resolve(name, settings, group, ['parameters'], `${label}.`, common)
    if (!Array.isArray(group.parameters) || group.parameters.length === 0)
      refuse(`${label}.parameters`, 'a nonempty array of names', show(group.parameters), 'type')
    group.parameters.forEach((parameter, j) => {
      const key = typeof parameter === 'object' ? '' : String(parameter)
      if (!names.includes(key)) refuse(`${label}.parameters[${j}]`, `one of ${names.join(', ')}`, show(parameter))
      if (chosen.has(key)) refuse(`${label}.parameters[${j}]`, 'in one group only', show(parameter))
      chosen.set(key, resolved)
    })
  })
  return names.map((key) => chosen.get(key) ?? common)
}

function resolve<H extends Hyper>(
  name: string,
  settings: Settings<H>,
  choices: Choices<H>,
  others: string[],
  prefix: string,
  common?: ResolvedGroup<H>,
): ResolvedGroup<H> {
  const known = Object.keys(settings) as (keyof H & string)[]
  const label = prefix.endsWith('.') ? prefix.slice(0, -1) : `${prefix}options`
  options<object>(choices, label, [...known, ...others] as never[])
  const hyper = {} as H
  for (const key of known) {
    const value = choices[key] ?? common?.hyper[key] ?? settings[key].default
    if (key !== 'learningRate' || typeof value !== 'function') settings[key].check(value, prefix + key)
    hyper[key] = value as H[typeof key]
  }
  const rate = choices.learningRate ?? common?.rate ?? settings.learningRate.default
  return { path: prefix.slice(name.length + 2), rate, hyper }
}
