import * as jax from '@jax-js/jax'
import { refuse, show } from '@opt/core'
import type { Traceable } from './check.ts'
import type { Tree } from './layout.ts'

type JaxArray = jax.Array

/** A user's function of parameters and perhaps data; it uses its arguments up. */
export type Loss = (params: Tree, ...data: Tree[]) => JaxArray

// Traced functions take any tree, while the types of jax-js ask for a specific one.
const valueAndGrad = jax.valueAndGrad as unknown as (f: Traceable) => (...args: Tree[]) => [JaxArray, Tree]
const grad = jax.grad as unknown as (f: Traceable) => (...args: Tree[]) => Tree
const jvp = jax.jvp as unknown as (f: Traceable, at: Tree[], along: Tree[]) => [JaxArray, JaxArray]
const vmap = jax.vmap as unknown as (f: Traceable, axes: (number | null)[]) => (...args: Tree[]) => Tree

/**
 * Returns the functions behind the oracles; each uses its arguments up. `one` is 1, but an argument and not a constant:
 * jax-js 0.1.25 compiles derivatives that begin with a constant wrongly, and with the factor `one` none does.
 */
export function traced(loss: Loss, exampleLoss?: Loss, model?: Loss): Record<Derived, Traceable | undefined> {
  const scalar = (f: Loss, name: string) => {
    return (...args: [Tree, ...Tree[]]): JaxArray => {
      const value = f(...args)
      // A tracer is not an Array but has a shape.
      const shape = value?.shape
      if (shape?.length !== 0)
        refuse(
          `oracles: ${name}`,
          'a function that returns a scalar of jax-js',
          shape ? `shape [${shape}]` : show(value),
          'type',
        )
      return value
    }
  }
  const ofAll = scalar(loss, 'loss')
  const ofOne = exampleLoss
    ? scalar(exampleLoss, 'exampleLoss')
    : (p: Tree, ...e: Tree[]) => ofAll(p, ...e.map(batchOfOne))
  return {
    value: (p, one, ...data) => ofAll(p, ...data).mul(one as JaxArray),
    gradient: (p, one, ...data) => valueAndGrad((q) => ofAll(q, ...data).mul(one as JaxArray))(p),
    // Reverse over forward: the gradient of the derivative along v. Other orders are several times slower in jax-js.
    hvp: (p, one, v, ...data) =>
      grad((q) => {
        const [value, slope] = jvp((r) => ofAll(r, ...data), [q], [v])
        value.dispose()
        return slope.mul(one as JaxArray)
      })(p),
    perExampleGradientNorms: (p, one, ...data) => {
      const each = vmap(
        grad((q, u, ...example) => ofOne(q, ...example).mul(u as JaxArray)),
        [null, null, ...data.map(() => 0)],
      )
      const squares = jax.tree
        .leaves<JaxArray>(each(p, one, ...data))
        .map((g) => jax.numpy.square(g.reshape([g.shape[0], -1])).sum(1))
      return jax.numpy.sqrt(squares.reduce((sum, square) => sum.add(square)))
    },
    predict:
      model &&
      ((p, one, inputs) => {
        ;(one as JaxArray).dispose()
        return model(p, inputs)
      }),
  }
}

/** The functions derived from the loss. */
export type Derived = 'value' | 'gradient' | 'hvp' | 'perExampleGradientNorms' | 'predict'

const batchOfOne = (example: Tree): Tree => jax.tree.map((a: JaxArray) => a.reshape([1, ...a.shape]), example) as Tree
