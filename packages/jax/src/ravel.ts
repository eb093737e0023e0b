import { refuse, show } from '@opt/core'
import {
  deviceOf,
  type Floats,
  floats,
  type Layout,
  layoutOf,
  leavesOf,
  shapesOf,
  take,
  toFlat,
  toTree,
  views,
} from './layout.ts'
import { type Reading, twins } from './read.ts'

/** A tree as one flat array, and the way back. */
export interface Raveled<P> {
  /** The tree's numbers: its leaves in tree order, each row-major. A copy. */
  x: Floats
  /** The tree of any flat array of that length; new arrays, which the caller uses up. */
  unravel(x: ArrayLike<number>): P
  /** Views of a flat array by the paths of its leaves, `{ 'layers.0.w': ... }`, such as optimizers take for parameters. */
  named<A extends Floats>(x: A): Record<string, A>
  /** Shapes of the leaves by path. */
  shapes: Record<string, readonly number[]>
}

function* ravelTree<P>(params: P): Reading<Raveled<P>> {
  const layout = layoutOf(params, 'ravel: params')
  const x = toFlat(layout, yield leavesOf(params).map((leaf) => leaf.ref), floats(layout, layout.size))
  return {
    x,
    unravel: (flat) => toTree(layout, take(layout, flat, 'unravel: x')) as P,
    named: (flat) => views(layout, checked(layout, flat)),
    shapes: shapesOf(layout),
  }
}

/** Only of a typed array of that length are there views by leaf. */
function checked<A extends Floats>({ size }: Layout, x: A): A {
  if (!/Float(32|64)Array/.test(Object.prototype.toString.call(x)))
    refuse('named: x', 'a Float32Array or a Float64Array', show(x), 'type')
  if (x.length !== size) refuse('named: x', `of length ${size}`, `length ${x.length}`)
  return x
}

interface Ravel {
  <P>(params: P): Raveled<P>
  async<P>(params: P): Promise<Raveled<P>>
}

const { ravel: atOnce, async: waiting } = twins({ ravel: ravelTree }, deviceOf) as {
  ravel: Ravel
  async: { ravel: Ravel['async'] }
}

/**
 * What jax.flatten_util.ravel_pytree does: a tree of float32 or float64 arrays as one flat array. The tree is not used up.
 * On webgpu `await ravel.async(params)`.
 *
 * @throws TypeError or RangeError naming the leaf that is no array, or not of the first one's float type.
 */
export const ravel: Ravel = Object.assign(atOnce, { async: waiting.ravel })
