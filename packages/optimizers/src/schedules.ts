import { callback, cos, number, pow, refuse, show } from '@opt/core'
import type { Schedule } from './settings.ts'

/** Always the same. */
export function constant(value: number): Schedule {
  number(value, 'constant: value', { nonnegative: true })
  return () => value
}

/** From `initial` at step 0 in a straight line to `final` (default 0) at step `steps`, and there it stays. */
export function linearDecay(initial: number, steps: number, final = 0): Schedule {
  checkRamp('linearDecay', initial, steps, final)
  return (step) => (step >= steps ? final : initial + (final - initial) * (step / steps))
}

/** From `initial` at step 0 along half a cosine to `final` (default 0) at step `steps`, and there it stays. */
export function cosineDecay(initial: number, steps: number, final = 0): Schedule {
  checkRamp('cosineDecay', initial, steps, final)
  return (step) => (step >= steps ? final : final + (initial - final) * (0.5 * (1 + cos((Math.PI * step) / steps))))
}

/** initial rate^(step / every); `every` defaults to 1. */
export function exponentialDecay(initial: number, rate: number, every = 1): Schedule {
  checkDecay('exponentialDecay', initial, rate, every)
  return (step) => initial * pow(rate, step / every)
}

/** Multiplied by `rate` after every `every` steps. */
export function stepDecay(initial: number, rate: number, every: number): Schedule {
  checkDecay('stepDecay', initial, rate, every)
  return (step) => initial * pow(rate, Math.floor(step / every))
}

/**
 * Rises in a straight line over `steps` steps to where `schedule` starts, then follows it: (k + 1) / (steps + 1) of its
 * first value at step k, so that no step has a learning rate of 0.
 */
export function warmup(steps: number, schedule: number | Schedule): Schedule {
  number(steps, 'warmup: steps', { integer: true, min: 0 })
  if (typeof schedule === 'number') number(schedule, 'warmup: schedule', { nonnegative: true })
  const next = typeof schedule === 'number' ? constant(schedule) : schedule
  if (typeof next !== 'function') refuse('warmup: schedule', 'a number or a schedule', show(next), 'type')
  return (step) => (step < steps ? (next(0) * (step + 1)) / (steps + 1) : next(step - steps))
}

/**
 * One schedule after the other: the next one takes over at each boundary and counts its steps from there.
 *
 * @param boundaries steps, increasing, one fewer than schedules.
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
