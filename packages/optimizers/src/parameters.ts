import { type DeviceArray, refuse, show, withinData } from '@opt/core'
import type { NdArray } from 'ndarray'

/** An array of numbers. */
export type Floats = Float32Array | Float64Array

/** One parameter: flat, or an ndarray of any shape and strides. */
export type Parameter = Floats | NdArray<Float32Array> | NdArray<Float64Array>

/** An array on a device with its shape, row-major. */
export interface DeviceTensor {
  readonly data: DeviceArray
  readonly shape: readonly number[]
}

/** One parameter on a device: flat, or of any shape. */
export type DeviceParameter = DeviceArray | DeviceTensor

/** One, a list, or a record by name. */
type SetOf<One> = One | readonly One[] | { readonly [name: string]: One }

/** The parameters of an optimizer: one, a list, or a record by name; all in memory or all on one device. */
export type ParameterSet = SetOf<Parameter> | SetOf<DeviceParameter>

type Like<P, One> = P extends readonly unknown[] ? readonly (One | null)[] : { readonly [Name in keyof P]: One | null }

/**
 * Gradients in the structure of the parameters, in memory or on the same device; null for a parameter
 * without one. In memory float32 and float64 may be mixed.
 */
export type GradientsOf<P extends ParameterSet> = P extends Parameter
  ? Parameter | null
  : P extends DeviceParameter
    ? DeviceParameter | null
    : P extends SetOf<Parameter>
      ? Like<P, Parameter>
      : Like<P, DeviceParameter>

/** A member of a set. */
export interface Member<T = unknown> {
  name: string
  /** Its place in the set, as messages write it: '[0]', '.weight', or nothing for a set of one. */
  path: string
  value: T
}

/** A parameter with its name. */
export type Named = Member<Parameter>

export const isNdArray = (x: unknown): x is NdArray<Floats> =>
  typeof x === 'object' && x !== null && 'shape' in x && 'stride' in x && 'offset' in x && 'data' in x

/** Returns 'Float32Array', 'Float64Array', another view's name, or undefined; the same in every realm. */
const viewName = (x: unknown): string | undefined =>
  ArrayBuffer.isView(x) ? (x as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] : undefined

export const isFloats = (x: unknown): x is Floats => {
  const name = viewName(x)
  return name === 'Float32Array' || name === 'Float64Array'
}

export const isFloat32 = (x: unknown): x is Float32Array => viewName(x) === 'Float32Array'

export const isParameter = (x: unknown): x is Parameter =>
  isFloats(x) || (isNdArray(x) && isFloats(x.data) && withinData(x))

/** Only arrays on a device can be freed. */
const isDeviceArray = (x: unknown): x is DeviceArray =>
  typeof x === 'object' && x !== null && typeof (x as Partial<DeviceArray>).free === 'function'

export const isTensor = (x: unknown): x is DeviceTensor =>
  typeof x === 'object' && x !== null && Array.isArray((x as Partial<DeviceTensor>).shape) && !isNdArray(x)

export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' &&
  x !== null &&
  !(Array.isArray(x) || ArrayBuffer.isView(x) || isNdArray(x) || isDeviceArray(x) || isTensor(x))

/** Returns the number of entries. */
export function sizeOf(x: Parameter): number {
  if (!isNdArray(x)) return isTensor(x) ? (x as DeviceTensor).data.length : x.length
  let size = 1
  for (let d = 0; d < x.shape.length; d++) size *= x.shape[d]
  return size
}

export const shapeOf = (x: Parameter): number[] => (isNdArray(x) || isTensor(x) ? x.shape.slice() : [x.length])

const PARAMETER = 'a Float32Array, a Float64Array or an ndarray of one'

/** Lists the members of a set; their values are not checked. */
export function members(set: unknown): Member[] {
  if (Array.isArray(set)) return set.map((value, i) => ({ name: String(i), path: `[${i}]`, value }))
  if (isRecord(set)) return Object.keys(set).map((name) => ({ name, path: `.${name}`, value: set[name] }))
  return [{ name: '0', path: '', value: set }]
}

function checkInMemory(value: unknown, label: string): void {
  if (!isParameter(value)) refuse(label, PARAMETER, show(value), 'type')
}

/**
 * Checks a set of parameters and lists its members.
 *
 * @throws TypeError for a member that is not a parameter; RangeError for an empty set, an empty
 *   parameter, or an array that is given twice.
 */
export function checkParameters(
  set: ParameterSet,
  label: string,
  check: (value: unknown, label: string) => void = checkInMemory,
): Named[] {
  const all = members(set)
  if (all.length === 0) refuse(label, 'nonempty', Array.isArray(set) ? 'an empty list' : 'an empty record')
  const known = new Map<unknown, string>()
  for (const { path, value } of all) {
    const at = label + path
    check(value, at)
    if (sizeOf(value as Parameter) === 0) refuse(at, 'nonempty', `shape [${shapeOf(value as Parameter)}]`)
    const array = isTensor(value) ? value.data : value
    const twin = known.get(array)
    if (twin) refuse(at, 'a parameter of its own', `the same array as ${twin}`)
    known.set(array, at)
  }
  return all as Named[]
}

/** Tells whether x is an array of that shape. A flat array of the right length fits every shape. */
export function fits(x: unknown, shape: readonly number[], size: number): x is Parameter {
  if (isFloats(x)) return x.length === size
  if (!isNdArray(x) || !isFloats(x.data) || x.shape.length !== shape.length) return false
  for (let d = 0; d < shape.length; d++) if (x.shape[d] !== shape[d]) return false
  return true
}

/** Throws the error for an array that does not fit. */
export function refuseShape(x: unknown, shape: readonly number[], size: number, label: string): never {
  if (!isParameter(x)) refuse(label, `${PARAMETER}, or null for none`, show(x), 'type')
  if (isNdArray(x)) refuse(label, `of shape [${shape}]`, `shape [${x.shape}]`)
  refuse(label, `of length ${size}`, `length ${x.length}`)
}

/** Writes entry i of an array of that shape as `[2][5]`. */
export function place(i: number, shape: readonly number[]): string {
  let text = ''
  for (let d = shape.length - 1; d >= 0; d--) {
    text = `[${i % shape[d]}]${text}`
    i = Math.floor(i / shape[d])
  }
  return text
}
