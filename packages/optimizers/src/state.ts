import { refuse, show } from '@opt/core'
import { isFloat32 } from './parameters.ts'
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

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** A multiple of 3, so that the pieces' base64 joins. */
const PIECE = 24576

function encode(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  return text
}

function decode(text: unknown, length: number, label: string): Uint8Array {
  let binary: string | undefined
  try {
    binary = typeof text === 'string' ? atob(text) : undefined
  } catch {
    // Not base64: refused below.
  }
  if (binary?.length !== length)
    refuse(label, `base64 of ${length} bytes`, binary === undefined ? show(text) : `${binary.length} bytes`)
  return Uint8Array.from(binary, (c) => c.charCodeAt(0))
}

const dtypeOf = (slot: HeldSlot) => (isFloat32(slot.parameter) ? 'float32' : 'float64')

/** The state of one slot. */
export function saveSlot(slot: HeldSlot): ParameterState {
  const arrays = Object.entries(slot.arrays).map(([name, values]) => [name, encode(bytesOf(values))])
  const numbers = Object.entries(slot.numbers).map(([name, value]) => [name, encode(bytesOf(Float64Array.of(value)))])
  return {
    name: slot.name,
    dtype: dtypeOf(slot),
    shape: slot.shape.slice(),
    steps: slot.steps,
    arrays: Object.fromEntries(arrays),
    numbers: Object.fromEntries(numbers),
  }
}

/** Checks a saved slot against the one it is for, and returns what puts it there. */
export function readSlot(slot: HeldSlot, saved: ParameterState, label: string): () => void {
  if (saved.dtype !== dtypeOf(slot)) refuse(`${label}.dtype`, dtypeOf(slot), show(saved.dtype))
  if (String(saved.shape) !== String(slot.shape)) refuse(`${label}.shape`, `[${slot.shape}]`, `[${saved.shape}]`)
  checkCount(saved.steps, `${label}.steps`)
  const arrays = Object.keys(slot.arrays)
  const numbers = Object.keys(slot.numbers)
  for (const [kind, names] of [['arrays', arrays] as const, ['numbers', numbers] as const]) {
    const given = Object.keys(saved[kind] ?? {}).sort()
    if (String(given) !== String(names.slice().sort()))
      refuse(`${label}.${kind}`, names.length > 0 ? `${names.join(', ')}` : 'empty', given.join(', ') || 'none')
  }
  const bytes = arrays.map((name) => decode(saved.arrays[name], slot.arrays[name].byteLength, `${label}.${name}`))
  const values = numbers.map((name) => new Float64Array(decode(saved.numbers[name], 8, `${label}.${name}`).buffer)[0])
  return () => {
    slot.steps = saved.steps
    arrays.forEach((name, i) => bytesOf(slot.arrays[name]).set(bytes[i]))
    numbers.forEach((name, i) => {
      slot.numbers[name] = values[i]
    })
  }
}

/** A number of steps. */
export function checkCount(value: unknown, label: string): void {
  if (!(Number.isSafeInteger(value) && (value as number) >= 0)) refuse(label, 'a nonnegative integer', show(value))
}
