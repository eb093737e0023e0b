import { type Floats, refuse, show } from '@opt/core'
import { deviceOf, Layout, leavesOf } from './layout.ts'
import { type Reading, syncAndAsync } from './read.ts'

/** A tree as one flat array, with the inverse. */
export interface Raveled<P> {
  /** A copy of the tree's numbers: its leaves in tree order, each row-major. */
  x: Floats
  /** Returns the tree of any flat array of that length, made of new arrays that belong to the caller. */
  unravel(x: ArrayLike<number>): P
  /** Returns views of a flat array by the paths of the leaves, `{ 'layers.0.w': ... }`, for optimizers' groups. */
  named<A extends Floats>(x: A): Record<string, A>
  /** The shapes of the leaves by path. */
  shapes: Record<string, readonly number[]>
}

function* ravelTree<P>(params: P): Reading<Raveled<P>> {
  const layout = new Layout(params, 'ravel: params')
  const x = layout.toFlat(yield leavesOf(params).map((leaf) => leaf.ref), layout.zeros())
  return {
    x,
    unravel: (flat) => layout.toTree(layout.checked(flat, 'unravel: x')) as P,
    named: (flat) => layout.views(checkedArray(layout, flat)),
    shapes: layout.namedShapes(),
  }
}

/** Refuses anything but a typed array of the layout's length. */
function checkedArray<A extends Floats>({ size }: Layout, x: A): A {
  if (!/Float(32|64)Array/.test(Object.prototype.toString.call(x)))
    refuse('named: x', 'a Float32Array or a Float64Array', show(x), 'type')
  if (x.length !== size) refuse('named: x', `of length ${size}`, `length ${x.length}`)
  return x
}

interface Ravel {
  <P>(params: P): Raveled<P>
  async<P>(params: P): Promise<Raveled<P>>
}

const { ravel: ravelSync, async } = syncAndAsync({ ravel: ravelTree }, deviceOf) as {
  ravel: Ravel
  async: { ravel: Ravel['async'] }
}

/**
 * Copies a tree of float32 or float64 arrays into one flat array, like jax.flatten_util.ravel_pytree. The tree is not
 * used up. On webgpu `await ravel.async(params)`.
 *
 * @throws TypeError or RangeError naming the leaf that is not an array, or not of the first leaf's float type.
 */
export const ravel: Ravel = Object.assign(ravelSync, { async: async.ravel })
