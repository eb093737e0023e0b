import { callback, cos, number, pow, refuse, show } from '@opt/core'
import type { Schedule } from './settings.ts'

/** Returns the same value at every step. */
export function constant(value: number): Schedule {
  number(value, 'constant: value', { nonnegative: true })
  return () => value
}

/**
 * Decays linearly from `initial` at step 0 to `final` (default 0) at step `steps`; constant from there
 * on.
 */
export function linearDecay(initial: number, steps: number, final = 0): Schedule {
  checkRamp('linearDecay', initial, steps, final)
  return (step) => (step >= steps ? final : initial + (final - initial) * (step / steps))
}

/**
 * Decays along a half-cosine from `initial` at step 0 to `final` (default 0) at step `steps`; constant
 * from there on.
 */
export function cosineDecay(initial: number, steps: number, final = 0): Schedule {
  checkRamp('cosineDecay', initial, steps, final)
  return (step) => (step >= steps ? final : final + (initial - final) * (0.5 * (1 + cos((Math.PI * step) / steps))))
}

/** Returns initial rate^(step / every); `every` defaults to 1. */
export function exponentialDecay(initial: number, rate: number, every = 1): Schedule {
  checkDecay('exponentialDecay', initial, rate, every)
  return (step) => initial * pow(rate, step / every)
}

/** Starts at `initial` and multiplies by `rate` every `every` steps. */
export function stepDecay(initial: number, rate: number, every: number): Schedule {
  checkDecay('stepDecay', initial, rate, every)
  return (step) => initial * pow(rate, Math.floor(step / every))
}

/**
 * Rises linearly for `steps` steps to the first value of `schedule`, then follows it. Step k has
 * (k + 1) / (steps + 1) of that value, so that no step has a learning rate of 0.
 */
export function warmup(steps: number, schedule: number | Schedule): Schedule {
  number(steps, 'warmup: steps', { integer: true, min: 0 })
  if (typeof schedule === 'number') number(schedule, 'warmup: schedule', { nonnegative: true })
  const next = typeof schedule === 'number' ? constant(schedule) : schedule
  if (typeof next !== 'function') refuse('warmup: schedule', 'a number or a schedule', show(next), 'type')
  return (step) => (step < steps ? (next(0) * (step + 1)) / (steps + 1) : next(step - steps))
}

/**
 * Follows one schedule after the other. Each starts at its own step 0.
 *
 * @param boundaries the steps at which the second, third, ... schedule begins; increasing.
 */
export function sequence(schedules: readonly Schedule[], boundaries: readonly number[]): Schedule {
  if (!Array.isArray(schedules)) refuse('sequence: schedules', 'an array', show(schedules), 'type')
  if (!Array.isArray(boundaries)) refuse('sequence: boundaries', 'an array', show(boundaries), 'type')
  if (schedules.length === 0 || boundaries.length !== schedules.length - 1)
    refuse('sequence: boundaries', `of length ${Math.max(0, schedules.length - 1)}`, `length ${boundaries.length}`)
  Array.from(schedules, (schedule, i) => callback(schedule, `sequence: schedules[${i}]`))
  const starts = [0, ...boundaries]
  for (let i = 1; i < starts.length; i++)
    number(starts[i], `sequence: boundaries[${i - 1}]`, { integer: true, min: starts[i - 1] + 1 })
  return (step) => {
    let i = starts.length - 1
    while (i > 0 && step < starts[i]) i--
    return schedules[i](step - starts[i])
  }
}

function checkRamp(name: string, initial: number, steps: number, final: number): void {
  number(initial, `${name}: initial`, { nonnegative: true })
  number(steps, `${name}: steps`, { integer: true, min: 1 })
  number(final, `${name}: final`, { nonnegative: true })
}

function checkDecay(name: string, initial: number, rate: number, every: number): void {
  number(initial, `${name}: initial`, { nonnegative: true })
  number(rate, `${name}: rate`, { positive: true })
  number(every, `${name}: every`, { positive: true })
}
