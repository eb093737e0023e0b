import { decodeFloats, encodeFloats, type FloatsConstructor, number, refuse, show } from '@opt/core'
import { type Floats, isRecord, place } from './parameters.ts'
import type { Rules } from './rules.ts'
import type { Hyper } from './settings.ts'
import type { LoadedState, SlotState, StoredSlot } from './slots/stored-slot.ts'

/** A saved optimizer: plain JSON, exact to the bit. Numbers are base64 of their little-endian bytes. */
export interface OptimizerState {
  optimizer: string
  /** The number of steps taken. */
  steps: number
  parameters: ParameterState[]
}

/** The saved state of one parameter. */
export interface ParameterState {
  name: string
  dtype: 'float32' | 'float64'
  shape: number[]
  /** The number of steps in which this parameter had a gradient. */
  steps: number
  arrays: Record<string, string>
  numbers: Record<string, string>
}

const encodeAll = (values: Readonly<Record<string, Floats>>) =>
  Object.fromEntries(Object.entries(values).map(([name, one]) => [name, encodeFloats(one)]))

/** Encodes the state of one slot. */
export function saveSlot({ name, dtype, shape }: StoredSlot, { steps, arrays, numbers }: SlotState): ParameterState {
  const single = Object.entries(numbers).map(([key, value]) => [key, Float64Array.of(value)])
  return {
    name,
    dtype,
    shape: shape.slice(),
    steps,
    arrays: encodeAll(arrays),
    numbers: encodeAll(Object.fromEntries(single)),
  }
}

/** Refuses numbers that no step produces. */
function checkMeaning(values: ArrayLike<number>, label: (i: number) => string, square: boolean): void {
  for (let i = 0; i < values.length; i++)
    if (!(values[i] - values[i] === 0 && (values[i] >= 0 || !square)))
      number(values[i], label(i), { nonnegative: square })
}

/** Returns the largest |average| / sqrt(average of squares), without entries whose squares underflow. */
function largestRatio(averages: ArrayLike<number>, squares: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < averages.length; i++) {
    const size = Math.abs(averages[i])
    if (size > 1e-17) largest = Math.max(largest, size / Math.sqrt(squares[i]))
  }
  return largest
}

/** Checks the saved state of a slot, and decodes it. */
function readSlot<H extends Hyper>(
  { squares = [], counts = [], averages = [] }: Rules<H>,
  slot: StoredSlot,
  saved: ParameterState,
  taken: number,
  label: string,
): LoadedState {
  const { dtype, shape, length, arrayNames } = slot
  if (saved.dtype !== dtype) refuse(`${label}.dtype`, dtype, show(saved.dtype))
  if (!Array.isArray(saved.shape) || saved.shape.map(show).join() !== shape.join())
    refuse(
      `${label}.shape`,
      `[${shape}]`,
      Array.isArray(saved.shape) ? `[${saved.shape.map(show)}]` : show(saved.shape),
    )
  checkCount(saved.steps, `${label}.steps`, taken)
  const numberNames = Object.keys(slot.numbers)
  checkNames(saved.arrays, arrayNames, `${label}.arrays`)
  checkNames(saved.numbers, numberNames, `${label}.numbers`)
  const Kind = dtype === 'float32' ? Float32Array : Float64Array
  const decode = <A extends Floats>(text: string, kind: FloatsConstructor<A>, n: number, name: string): [string, A] => [
    name,
    decodeFloats(text, kind, n, `${label}.${name}`),
  ]
  const arrays = Object.fromEntries(arrayNames.map((name) => decode<Floats>(saved.arrays[name], Kind, length, name)))
  const single = numberNames.map((name) => decode(saved.numbers[name], Float64Array, 1, name))
  const numbers = Object.fromEntries(single.map(([name, [value]]) => [name, value]))
  for (const name of arrayNames)
    checkMeaning(arrays[name], (at) => `${label}.${name}${place(at, shape)}`, squares.includes(name))
  for (const name of numberNames) {
    const value = slot.rounded.includes(name) ? Math.fround(numbers[name]) : numbers[name]
    checkMeaning([value], () => `${label}.${name}`, squares.includes(name))
    if (counts.includes(name)) checkCount(numbers[name], `${label}.${name}`, saved.steps)
  }
  const ratios = averages.map(([average, square]) => {
    if (average in arrays) return largestRatio(arrays[average], arrays[square])
    return numbers[average] === 0 ? 0 : numbers[average] / numbers[square]
  })
  return { steps: saved.steps, arrays, numbers, ratio: Math.max(0, ...ratios) }
}

function checkNames(given: unknown, names: readonly string[], label: string): void {
  if (!isRecord(given)) refuse(label, 'a record', show(given), 'type')
  const found = Object.keys(given).sort()
  if (String(found) !== String([...names].sort()))
    refuse(label, names.length > 0 ? names.join(', ') : 'empty', found.join(', ') || 'none')
}

/**
 * Checks a saved state, and decodes it for each slot.
 *
 * @throws TypeError or RangeError when it does not fit the optimizer and its parameters.
 */
export function readState<H extends Hyper>(
  rules: Rules<H>,
  slots: readonly StoredSlot[],
  state: OptimizerState,
): LoadedState[] {
  const { name } = rules
  const label = `${name}.load: state`
  if (!isRecord(state) || !Array.isArray(state.parameters)) refuse(label, 'what state() returned', show(state), 'type')
  if (state.optimizer !== name) refuse(`${label}.optimizer`, show(name), show(state.optimizer))
  checkCount(state.steps, `${label}.steps`)
  const saved = new Map(Array.from(state.parameters, (parameter) => [parameter?.name, parameter]))
  if (saved.size !== slots.length || state.parameters.length !== slots.length)
    refuse(`${label}.parameters`, `${slots.length} by name`, `${state.parameters.length}, ${saved.size} names`)
  return slots.map((slot) => {
    const parameter = saved.get(slot.name)
    if (!parameter)
      refuse(`${label}.parameters`, `with one named ${show(slot.name)}`, [...saved.keys()].map(show).join(', '))
    return readSlot(rules, slot, parameter, state.steps, `${label}.${slot.name}`)
  })
}

/** Refuses what is not a number of steps, or more than have been taken. */
function checkCount(value: unknown, label: string, taken = Number.MAX_SAFE_INTEGER): void {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) refuse(label, 'a nonnegative integer', show(value))
  if ((value as number) > taken) refuse(label, `at most ${taken}, the steps taken`, show(value))
}
