import type { NdArray } from 'ndarray'
import { type Floats, isNdArray, type Parameter } from './parameters.ts'

/** Returns the array whose entries are exactly a parameter's, row-major; null if there is none. */
export function flatOf(x: Parameter): Floats | null {
  if (!isNdArray(x)) return x
  return isWhole(x) ? x.data : null
}

/** Copies a parameter's entries, row-major, into a flat array. */
export function gather(from: Parameter, to: Floats): void {
  const flat = flatOf(from)
  if (flat) to.set(flat)
  else if (isNdArray(from)) gatherFrom(from.data, from.offset, from.shape, from.stride, 0, to, 0)
}

/** Copies a flat array back into a parameter's entries. */
export function scatter(from: Floats, to: Parameter): void {
  const flat = flatOf(to)
  if (flat) flat.set(from)
  else if (isNdArray(to)) scatterTo(from, 0, to.data, to.offset, to.shape, to.stride, 0)
}

/** Tells whether its entries, row-major, are exactly its data. */
function isWhole({ data, shape, stride, offset }: NdArray<Floats>): boolean {
  let size = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    if (stride[d] !== size && shape[d] > 1) return false
    size *= shape[d]
  }
  return offset === 0 && data.length === size
}

function gatherFrom(
  data: Floats,
  offset: number,
  shape: number[],
  stride: number[],
  d: number,
  to: Floats,
  at: number,
): number {
  if (d === shape.length) to[at++] = data[offset]
  else if (d === shape.length - 1) for (let i = 0; i < shape[d]; i++) to[at++] = data[offset + i * stride[d]]
  else for (let i = 0; i < shape[d]; i++) at = gatherFrom(data, offset + i * stride[d], shape, stride, d + 1, to, at)
  return at
}

function scatterTo(
  from: Floats,
  at: number,
  data: Floats,
  offset: number,
  shape: number[],
  stride: number[],
  d: number,
): number {
  if (d === shape.length) data[offset] = from[at++]
  else if (d === shape.length - 1) for (let i = 0; i < shape[d]; i++) data[offset + i * stride[d]] = from[at++]
  else for (let i = 0; i < shape[d]; i++) at = scatterTo(from, at, data, offset + i * stride[d], shape, stride, d + 1)
  return at
}
