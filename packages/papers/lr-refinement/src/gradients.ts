import { refuse, show, vector, withinData } from '@opt/core'
import type { NdArray } from 'ndarray'

/** One gradient: a flat array or an ndarray of any shape and strides. */
export type GradientArray = ArrayLike<number> | NdArray

/** The gradients of a step: one, a list, or a record by name; null for a parameter without one. */
export type Gradients =
  | GradientArray
  | null
  | readonly (GradientArray | null)[]
  | { readonly [name: string]: GradientArray | null }

/** A gradient as a flat array, with its place in the set as messages write it. */
export interface Leaf {
  path: string
  data: ArrayLike<number>
}

/**
 * Lists the gradients of a set, those that are null left out. Float arrays and contiguous ndarrays of them are views, and
 * unchecked; everything else is checked and copied.
 *
 * @throws TypeError or RangeError that names what is no gradient, or when there is none.
 */
export function leavesOf(set: Gradients, label: string): Leaf[] {
  const leaves = members(set, label)
    .filter(({ value }) => value !== null)
    .map(({ path, value }) => ({ path, data: flat(value, label + path) }))
  if (leaves.length === 0) refuse(label, 'an array, a list or a record with at least one gradient', show(set), 'type')
  return leaves
}

function members(set: unknown, label: string): { path: string; value: unknown }[] {
  if (set === null) return []
  if (Array.isArray(set) && typeof set[0] !== 'number')
    return Array.from(set, (value, i) => ({ path: `[${i}]`, value }))
  if (typeof set !== 'object') refuse(label, 'an array, a list or a record of gradients', show(set), 'type')
  if (Array.isArray(set) || ArrayBuffer.isView(set) || isNdArray(set)) return [{ path: '', value: set }]
  return Object.entries(set).map(([name, value]) => ({ path: `.${name}`, value }))
}

const isNdArray = (x: unknown): x is NdArray =>
  typeof x === 'object' && x !== null && 'shape' in x && 'stride' in x && 'offset' in x && 'data' in x

/** Names instead of classes, which differ between realms. */
const isFloats = (x: unknown): x is Float32Array | Float64Array =>
  /^\[object Float(32|64)Array\]$/.test(Object.prototype.toString.call(x))

function flat(x: unknown, label: string): ArrayLike<number> {
  if (isNdArray(x)) {
    if (!withinData(x)) refuse(label, 'an ndarray within its data', `shape [${x.shape}], stride [${x.stride}]`)
    const size = x.shape.reduce((a, b) => a * b, 1)
    return nonempty(contiguous(x) && isFloats(x.data) ? x.data.subarray(x.offset, x.offset + size) : entries(x), label)
  }
  if (isFloats(x)) return nonempty(x, label)
  if (!Array.isArray(x) && !ArrayBuffer.isView(x)) refuse(label, 'an array, an ndarray or null', show(x), 'type')
  return vector(x as ArrayLike<number>, label)
}

function nonempty<A extends ArrayLike<number>>(x: A, label: string): A {
  if (x.length === 0) refuse(label, 'nonempty', 'length 0')
  return x
}

function contiguous({ shape, stride }: NdArray): boolean {
  let next = 1
  for (let d = shape.length - 1; d >= 0; next *= shape[d--]) if (shape[d] !== 1 && stride[d] !== next) return false
  return true
}

/** Copies the entries of an ndarray, row-major. */
function entries({ shape, stride, offset, data }: NdArray): Float64Array {
  const out: number[] = []
  const visit = (d: number, at: number) => {
    if (d === shape.length) out.push((data as ArrayLike<number>)[at])
    else for (let i = 0; i < shape[d]; i++) visit(d + 1, at + i * stride[d])
  }
  visit(0, offset)
  return Float64Array.from(out)
}
