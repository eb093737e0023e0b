import { type Device, type Array as JaxArray, type JsTree, type JsTreeDef, numpy as np, tree } from '@jax-js/jax'
import { refuse, show } from '@opt/core'
import { allowFloat64 } from './init.ts'
import type { Numbers } from './read.ts'

/** A jax-js array, or lists and records of trees. */
export type Tree = JsTree<JaxArray>

export type Floats = Float32Array | Float64Array

/** How a tree's leaves lie in a flat array: in tree order, each row-major. */
export interface Layout {
  /** Paths of the leaves, 'layers.0.w'; '0' for a tree that is one array. */
  names: string[]
  shapes: number[][]
  /** Where each leaf begins; one more at the end. */
  offsets: number[]
  size: number
  dtype: 'float32' | 'float64'
  device: Device
  structure: JsTreeDef
}

function pathsOf(node: unknown, path: string): string[] {
  const join = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (Array.isArray(node)) return node.flatMap((child, i) => pathsOf(child, join(i)))
  if (typeof node === 'object' && node !== null && node.constructor === Object)
    return Object.entries(node).flatMap(([key, child]) => pathsOf(child, join(key)))
  return [path || '0']
}

/** Looks at a tree without using it up. */
export function layoutOf(params: unknown, label: string): Layout {
  const [leaves, structure] = tree.flatten<JaxArray>(params as Tree)
  if (leaves.length === 0) refuse(label, 'a tree with arrays', 'an empty one')
  const names = pathsOf(params, '')
  const twin = names.find((name, i) => names.indexOf(name) < i)
  if (twin !== undefined) refuse(label, 'a tree with one leaf a path', `two at ${show(twin)}`)
  const offsets = [0]
  leaves.forEach((leaf, i) => {
    const at = leaf === params ? label : `${label}.${names[i]}`
    if (!(leaf instanceof np.Array)) refuse(at, 'an array of jax-js as `import` loads it', show(leaf), 'type')
    const { dtype, size } = leaf
    if (dtype !== 'float32' && dtype !== 'float64') refuse(at, 'float32 or float64', dtype, 'type')
    if (dtype !== leaves[0].dtype) refuse(at, `${leaves[0].dtype}, as the first leaf is`, dtype, 'type')
    if (size === 0) refuse(at, 'nonempty', `shape [${leaf.shape}]`)
    offsets.push(offsets[i] + size)
  })
  const { dtype, device } = leaves[0] as JaxArray & { dtype: Layout['dtype'] }
  if (dtype === 'float64') allowFloat64()
  const shapes = leaves.map((leaf) => leaf.shape.slice())
  return { names, shapes, offsets, size: offsets[leaves.length], dtype, device, structure }
}

export const floats = ({ dtype }: Layout, length: number): Floats =>
  dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)

/** Takes a flat array of finite numbers; of the layout's own type it is the caller's, else a copy. */
export function take(layout: Layout, x: ArrayLike<number>, label: string): Floats {
  const { size, dtype } = layout
  if (typeof x !== 'object' || x === null || !('length' in x)) refuse(label, 'an array of numbers', show(x), 'type')
  if (x.length !== size) refuse(label, `of length ${size}`, `length ${x.length}`)
  for (let i = 0; i < size; i++) if (!Number.isFinite(x[i])) refuse(`${label}[${i}]`, 'a finite number', show(x[i]))
  // An array of another realm's class would not be taken for one.
  if (dtype === 'float32') return x instanceof Float32Array ? x : Float32Array.from(x)
  return x instanceof Float64Array ? x : Float64Array.from(x)
}

/** The tree of a flat array, copied to the layout's device. */
export function toTree({ structure, shapes, offsets, device }: Layout, x: Floats): Tree {
  const leaves = shapes.map((shape, i) => np.array(x.subarray(offsets[i], offsets[i + 1]), { shape, device }))
  return tree.unflatten(structure, leaves)
}

/** Leaves' numbers into a flat array. */
export function toFlat<A extends Floats>({ offsets }: Layout, leaves: Numbers[], out: A): A {
  leaves.forEach((leaf, i) => out.set(leaf as Floats, offsets[i]))
  return out
}

/** Views of a flat array by leaf. */
export const views = <A extends Floats>({ names, offsets }: Layout, x: A): Record<string, A> =>
  Object.fromEntries(names.map((name, i) => [name, x.subarray(offsets[i], offsets[i + 1]) as A]))

export const shapesOf = ({ names, shapes }: Layout): Record<string, number[]> =>
  Object.fromEntries(names.map((name, i) => [name, shapes[i]]))

/** The arrays of a tree, as far as it is one. */
export const leavesOf = (params: unknown): JaxArray[] => tree.leaves<JaxArray>(params as Tree)

/** Where a tree's first leaf is. */
export const deviceOf = (params: unknown): string | undefined => leavesOf(params)[0]?.device
