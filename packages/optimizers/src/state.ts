import { decodeFloats, encodeFloats, number, refuse, show } from '@opt/core'
import { type Floats, isFloat32, isRecord, place } from './parameters.ts'
import type { Rules } from './rules.ts'
import type { Hyper } from './settings.ts'
import type { HeldSlot } from './slot.ts'

/** What {@link Optimizer.state} saves: plain JSON, exact to the bit (arrays are base64 of their little-endian bytes). */
export interface OptimizerState {
  optimizer: string
  /** Steps taken. */
  steps: number
  parameters: ParameterState[]
}

/** What an optimizer remembers of one parameter. */
export interface ParameterState {
  name: string
  dtype: 'float32' | 'float64'
  shape: number[]
  /** Steps this parameter has taken. */
  steps: number
  arrays: Record<string, string>
  numbers: Record<string, string>
}

const dtypeOf = (slot: HeldSlot) => (slot.device || isFloat32(slot.parameter) ? 'float32' : 'float64')

/** The state of one slot. */
export function saveSlot(slot: HeldSlot): ParameterState {
  const arrays = Object.entries(slot.arrays).map(([name, values]) => [name, encodeFloats(values)])
  const numbers = Object.entries(slot.numbers).map(([name, value]) => [name, encodeFloats(Float64Array.of(value))])
  return {
    name: slot.name,
    dtype: dtypeOf(slot),
    shape: slot.shape.slice(),
    steps: slot.steps,
    arrays: Object.fromEntries(arrays),
    numbers: Object.fromEntries(numbers),
  }
}

/** Refuses numbers that no step leaves behind. */
function checkMeaning(values: ArrayLike<number>, label: (i: number) => string, square: boolean): void {
  for (let i = 0; i < values.length; i++)
    if (!(values[i] - values[i] === 0 && (values[i] >= 0 || !square)))
      number(values[i], label(i), { nonnegative: square })
}

/** The largest of an average over the root of that of its squares; squares of the smallest numbers have underflowed. */
function largestRatio(averages: ArrayLike<number>, squares: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < averages.length; i++) {
    const size = Math.abs(averages[i])
    if (size > 1e-17) largest = Math.max(largest, size / Math.sqrt(squares[i]))
  }
  return largest
}

/** Checks a saved slot against the one it is for, and returns what puts it there. */
function readSlot<H extends Hyper>(
  { squares = [], counts: counting = [], averages = [] }: Rules<H>,
  slot: HeldSlot,
  saved: ParameterState,
  taken: number,
  label: string,
): () => void {
  if (saved.dtype !== dtypeOf(slot)) refuse(`${label}.dtype`, dtypeOf(slot), show(saved.dtype))
  if (!Array.isArray(saved.shape) || saved.shape.map(show).join() !== slot.shape.join())
    refuse(
      `${label}.shape`,
      `[${slot.shape}]`,
      Array.isArray(saved.shape) ? `[${saved.shape.map(show)}]` : show(saved.shape),
    )
  checkCount(saved.steps, `${label}.steps`, taken)
  const arrays = Object.keys(slot.arrays)
  const numbers = Object.keys(slot.numbers)
  for (const [kind, names] of [['arrays', arrays] as const, ['numbers', numbers] as const]) {
    if (!isRecord(saved[kind])) refuse(`${label}.${kind}`, 'a record', show(saved[kind]), 'type')
    const given = Object.keys(saved[kind]).sort()
    if (String(given) !== String(names.slice().sort()))
      refuse(`${label}.${kind}`, names.length > 0 ? `${names.join(', ')}` : 'empty', given.join(', ') || 'none')
  }
  const Kind = dtypeOf(slot) === 'float32' ? Float32Array : Float64Array
  const contents = arrays.map((name) => decodeFloats<Floats>(saved.arrays[name], Kind, slot.length, `${label}.${name}`))
  const values = numbers.map((name) => decodeFloats(saved.numbers[name], Float64Array, 1, `${label}.${name}`)[0])
  arrays.forEach((name, i) => {
    checkMeaning(contents[i], (at) => `${label}.${name}${place(at, slot.shape)}`, squares.includes(name))
  })
  numbers.forEach((name, i) => {
    checkMeaning([slot.kept ? Math.fround(values[i]) : values[i]], () => `${label}.${name}`, squares.includes(name))
    if (counting.includes(name)) checkCount(values[i], `${label}.${name}`, saved.steps)
  })
  const ratios = averages.map(([average, square]) => {
    const k = numbers.indexOf(average)
    if (k >= 0) return values[k] === 0 ? 0 : values[k] / values[numbers.indexOf(square)]
    return largestRatio(contents[arrays.indexOf(average)], contents[arrays.indexOf(square)])
  })
  return () => {
    slot.bounds.ratio = Math.max(0, ...ratios)
    slot.bounds.parameter = Infinity
    slot.steps = saved.steps
    arrays.forEach((name, i) => slot.arrays[name].set(contents[i]))
    numbers.forEach((name, i) => {
      slot.numbers[name] = values[i]
    })
  }
}

/** Checks a saved state against the slots it is for, and returns what puts it there. */
export function readState<H extends Hyper>(rules: Rules<H>, slots: HeldSlot[], state: OptimizerState): () => void {
  const { name } = rules
  const label = `${name}.load: state`
  if (!isRecord(state) || !Array.isArray(state.parameters)) refuse(label, 'what state() returned', show(state), 'type')
  if (state.optimizer !== name) refuse(`${label}.optimizer`, show(name), show(state.optimizer))
  checkCount(state.steps, `${label}.steps`)
  const saved = new Map(Array.from(state.parameters, (parameter) => [parameter?.name, parameter]))
  if (saved.size !== slots.length || state.parameters.length !== slots.length)
    refuse(`${label}.parameters`, `${slots.length} by name`, `${state.parameters.length}, ${saved.size} names`)
  const put = slots.map((slot) => {
    const parameter = saved.get(slot.name)
    if (!parameter)
      refuse(`${label}.parameters`, `with one named ${show(slot.name)}`, [...saved.keys()].map(show).join(', '))
    return readSlot(rules, slot, parameter, state.steps, `${label}.${slot.name}`)
  })
  return () => {
    for (const apply of put) apply()
  }
}

/** A number of steps, not more than those that have been taken. */
function checkCount(value: unknown, label: string, taken = Number.MAX_SAFE_INTEGER): void {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) refuse(label, 'a nonnegative integer', show(value))
  if ((value as number) > taken) refuse(label, `at most ${taken}, the steps taken`, show(value))
}
