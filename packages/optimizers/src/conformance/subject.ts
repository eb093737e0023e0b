import { random } from '@opt/core'
import type { GradientsOf, Parameter, ParameterSet } from '../parameters.ts'
import type { Hyper, OptimizerOptions, Schedule } from '../settings.ts'
import type { OptimizerState } from '../state.ts'

/** The part of an optimizer that the suite uses. */
export interface Subject {
  readonly parameters: ParameterSet
  readonly gradients: ParameterSet
  readonly steps: number
  step(gradients: GradientsOf<ParameterSet>): void
  state(): OptimizerState
  load(state: OptimizerState): void
}

/** Makes the optimizer under test: `(p, options) => new Lion(p, { weightDecay: 0.1, ...options })`. */
export type Create = (parameters: ParameterSet, options?: OptimizerOptions<Hyper>) => Subject

/** A run that must converge: f falls to `tolerance` times its first value. */
export interface Run {
  learningRate: number | Schedule
  steps: number
  tolerance: number
}

/** What the suite must know about the optimizer. */
export interface ConformanceSettings {
  /** Ten variables, condition 10. Default: learning rate 0.1 linearly to 0 in 2000 steps, 1e-6. */
  quadratic?: Run
  /** Rosenbrock's function in two variables. Default: learning rate 0.02 linearly to 0 in 10000 steps, 1e-4. */
  rosenbrock?: Run
  /** The decoupled weight decay that `create` sets. Default 0. */
  weightDecay?: number
  /**
   * false if the step of an entry depends on others of its parameter, so that splitting a parameter
   * changes it. Default true.
   */
  elementwise?: boolean
  /**
   * false if the step of a parameter depends on the gradients of the others, so that it moves
   * differently alone. Default true.
   */
  separate?: boolean
  /**
   * false if a step depends on the optimizer's count of steps, so that a parameter that joins late
   * moves differently. Default true, or `separate`.
   */
  ownSteps?: boolean
  /** false if a step may allocate; say why where you set it. Default true. */
  allocationFree?: boolean
}

/** One check of the suite. */
export interface ConformanceCheck {
  name: string
  /** Throws an Error that says what is wrong. */
  check: () => void
}

export function assert(condition: boolean, message: () => string): void {
  if (!condition) throw new Error(message())
}

export { random }

export type Vectors = Record<string, Float64Array>

/** Returns reproducible numbers of ordinary size. */
export function vectors(seed: number, sizes: Record<string, number>, spread = 1): Vectors {
  const rng = random(seed)
  return Object.fromEntries(
    Object.entries(sizes).map(([name, n]) => [name, Float64Array.from({ length: n }, () => rng.normal(0, spread))]),
  )
}

export const copyOf = (set: Vectors): Vectors =>
  Object.fromEntries(Object.entries(set).map(([name, values]) => [name, values.slice()]))

/** Throws if a single bit differs. */
export function sameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert(actual.length === expected.length, () => `${what}: length ${actual.length} against ${expected.length}`)
  for (let i = 0; i < expected.length; i++)
    assert(Object.is(actual[i], expected[i]), () => `${what}[${i}]: ${actual[i]} against ${expected[i]}`)
}

export function sameSets(actual: Vectors, expected: Vectors, what: string): void {
  for (const name of Object.keys(expected)) sameBits(actual[name], expected[name], `${what}, ${name}`)
}

/** Takes steps with gradients that depend on the seed and the names only. */
export function drive(subject: Subject, sizes: Record<string, number>, steps: number, seed = 5): void {
  for (let t = 0; t < steps; t++) subject.step(vectors(seed + t, sizes) as Record<string, Parameter>)
}
