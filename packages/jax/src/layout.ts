import { type Device, type Array as JaxArray, type JsTree, type JsTreeDef, numpy as np, tree } from '@jax-js/jax'
import { type Floats, refuse, show } from '@opt/core'
import { allowFloat64 } from './init.ts'
import type { Numbers } from './read.ts'

/** A jax-js array, or lists and records of trees. */
export type Tree = JsTree<JaxArray>

/** The layout of a tree's leaves in a flat array: in tree order, each row-major. */
export class Layout {
  /** The paths of the leaves, 'layers.0.w'; '0' for a tree that is one array. */
  readonly names: string[]
  readonly shapes: number[][]
  /** The start of each leaf, and the end of the last. */
  readonly offsets: number[] = [0]
  readonly size: number
  readonly dtype: 'float32' | 'float64'
  readonly device: Device
  readonly structure: JsTreeDef

  /** Reads the layout of a tree, without using it up. Refuses leaves that are not arrays of one float type. */
  constructor(params: unknown, label: string) {
    const [leaves, structure] = tree.flatten<JaxArray>(params as Tree)
    if (leaves.length === 0) refuse(label, 'a tree with arrays', 'an empty one')
    const names = pathsOf(params, '')
    const twin = names.find((name, i) => names.indexOf(name) < i)
    if (twin !== undefined) refuse(label, 'a tree with one leaf per path', `two at ${show(twin)}`)
    leaves.forEach((leaf, i) => {
      const at = leaf === params ? label : `${label}.${names[i]}`
      if (!(leaf instanceof np.Array)) refuse(at, 'an array of jax-js as `import` loads it', show(leaf), 'type')
      const { dtype, size } = leaf
      if (dtype !== 'float32' && dtype !== 'float64') refuse(at, 'float32 or float64', dtype, 'type')
      if (dtype !== leaves[0].dtype) refuse(at, `${leaves[0].dtype}, like the first leaf`, dtype, 'type')
      if (size === 0) refuse(at, 'nonempty', `shape [${leaf.shape}]`)
      this.offsets.push(this.offsets[i] + size)
    })
    const { dtype, device } = leaves[0] as JaxArray & { dtype: Layout['dtype'] }
    if (dtype === 'float64') allowFloat64()
    this.names = names
    this.shapes = leaves.map((leaf) => leaf.shape.slice())
    this.size = this.offsets[leaves.length]
    this.dtype = dtype
    this.device = device
    this.structure = structure
  }

  /** Returns a flat array of zeros. */
  zeros(): Floats {
    return this.dtype === 'float32' ? new Float32Array(this.size) : new Float64Array(this.size)
  }

  /** Checks a flat array of finite numbers. Returns it if it has the layout's type, else a converted copy. */
  checked(x: ArrayLike<number>, label: string): Floats {
    const { size, dtype } = this
    if (typeof x !== 'object' || x === null || !('length' in x)) refuse(label, 'an array of numbers', show(x), 'type')
    if (x.length !== size) refuse(label, `of length ${size}`, `length ${x.length}`)
    for (let i = 0; i < size; i++) if (!Number.isFinite(x[i])) refuse(`${label}[${i}]`, 'a finite number', show(x[i]))
    // jax-js asks for the class as well, so an array of another realm is converted.
    if (dtype === 'float32') return x instanceof Float32Array ? x : Float32Array.from(x)
    return x instanceof Float64Array ? x : Float64Array.from(x)
  }

  /** Returns the tree of a flat array, copied to the layout's device. */
  toTree(x: Floats): Tree {
    const { structure, shapes, device } = this
    const leaves = this.#parts(x).map((part, i) => np.array(part, { shape: shapes[i], device }))
    return tree.unflatten(structure, leaves)
  }

  /** Writes the numbers of the leaves to a flat array, and returns it. */
  toFlat<A extends Floats>(leaves: Numbers[], out: A): A {
    leaves.forEach((leaf, i) => out.set(leaf as Floats, this.offsets[i]))
    return out
  }

  /** Returns views of a flat array by the paths of the leaves. */
  views<A extends Floats>(x: A): Record<string, A> {
    return this.#byName(this.#parts(x))
  }

  /** Returns the shapes of the leaves by their paths. */
  namedShapes(): Record<string, number[]> {
    return this.#byName(this.shapes)
  }

  #parts<A extends Floats>(x: A): A[] {
    const { offsets } = this
    return this.names.map((_, i) => x.subarray(offsets[i], offsets[i + 1]) as A)
  }

  #byName<V>(values: readonly V[]): Record<string, V> {
    return Object.fromEntries(this.names.map((name, i) => [name, values[i]]))
  }
}

function pathsOf(node: unknown, path: string): string[] {
  const join = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (Array.isArray(node)) return node.flatMap((child, i) => pathsOf(child, join(i)))
  if (typeof node === 'object' && node !== null && node.constructor === Object)
    return Object.entries(node).flatMap(([key, child]) => pathsOf(child, join(key)))
  return [path || '0']
}

/** Returns the leaves of a tree, or of anything else. */
export const leavesOf = (params: unknown): JaxArray[] => tree.leaves<JaxArray>(params as Tree)

/** Returns the device of a tree's first leaf. */
export const deviceOf = (params: unknown): string | undefined => leavesOf(params)[0]?.device
