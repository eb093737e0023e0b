import { type DType, type Array as JaxArray, jit, numpy as np, tree } from '@jax-js/jax'
import { boolean, callback, options, refuse, show } from '@opt/core'
import { checked, type Traceable } from './check.ts'
import { type Floats, floats, layoutOf, leavesOf, type Tree, take, toFlat, toTree } from './layout.ts'
import { type Numbers, type Reading, twins } from './read.ts'
import { type Derived, type Loss, traced } from './traced.ts'

/** Options of {@link oracles}. */
export interface OraclesOptions<P, D, I> {
  /**
   * The loss of one example, for per-example norms: its data are those of the batch without their first axis. Default: `loss` on a
   * batch of one, which is right where the batch's loss is the sum or the mean over its examples.
   */
  exampleLoss?: ((params: P, example: D) => JaxArray) | undefined
  /** The model inside the loss, for {@link Answers.predict}. */
  model?: ((params: P, inputs: I) => JaxArray) | undefined
  /** false: compiled functions are not compared with the uncompiled ones when they are first called for shapes. Default true. */
  check?: boolean | undefined
}

/**
 * Functions of a flat array x of parameters, float32 or float64 (another type is converted), and of the data that the loss is given. Nothing
 * of the caller's is used up or changed but `out`, which is written and returned.
 *
 * All throw TypeError or RangeError for an x or v of the wrong length or with a number that is not finite, and on webgpu, where the
 * same functions under `async` must be awaited; Error when the compiled function turns out wrong, or after `dispose()`.
 */
export interface Answers<D, I> {
  /** The loss. */
  value(x: ArrayLike<number>, data: D): number
  /** Its gradient, as long as x. */
  gradient<A extends Floats = Floats>(x: ArrayLike<number>, data: D, out?: A): A
  /** Both at the price of the gradient. */
  valueAndGradient<A extends Floats = Floats>(x: ArrayLike<number>, data: D, out?: A): { value: number; gradient: A }
  /** The Hessian at x times v. */
  hvp<A extends Floats = Floats>(x: ArrayLike<number>, v: ArrayLike<number>, data: D, out?: A): A
  /** The norm of the gradient of each example's own loss; the examples lie along the first axis of every array of the data. */
  perExampleGradientNorms(x: ArrayLike<number>, data: D, out?: Float64Array): Float64Array
  /** The outputs of the option `model`, row-major: logits for the scores of @opt/el2n-pruning. */
  predict(x: ArrayLike<number>, inputs: I): Floats
}

/** What {@link oracles} returns. */
export interface Oracles<D = void, I = JaxArray> extends Answers<D, I> {
  /** How many parameters there are. */
  readonly size: number
  readonly dtype: 'float32' | 'float64'
  /** The same, each returning a promise; x and v are copied before the call returns. The only way on webgpu. */
  readonly async: {
    [Name in keyof Answers<D, I>]: (
      ...args: Parameters<Answers<D, I>[Name]>
    ) => Promise<ReturnType<Answers<D, I>[Name]>>
  }
  /** Frees what the compiled functions hold. */
  dispose(): void
}

/**
 * Oracles on flat typed arrays from a loss on a tree, each compiled by jit when it is first called, and again for data of other shapes.
 *
 * @param loss of parameters and data, a scalar; by the rules of jax-js it uses up each of its arguments. Without data: of parameters.
 * @param params any tree of parameters: its structure, shapes, float type (float32 or float64, one for all) and device count. It is not
 *   used up.
 * @throws TypeError or RangeError naming the leaf or option that is wrong.
 */
export function oracles<P, D = void, I = JaxArray>(
  loss: (params: P, data: D) => JaxArray,
  params: P,
  given: OraclesOptions<P, D, I> = {},
): Oracles<D, I> {
  const { exampleLoss, model, check = true } = options(given, 'oracles: options')
  if (typeof loss !== 'function') refuse('oracles: loss', 'a function of parameters and data', show(loss), 'type')
  for (const [name, f] of Object.entries({ exampleLoss, model })) if (f !== undefined) callback(f, `oracles: ${name}`)
  boolean(check, 'oracles: check')
  const layout = layoutOf(params, 'oracles: params')
  const { size, dtype, device } = layout
  const one = np.array(1, { dtype: dtype as DType, device })
  const plain = traced(loss as unknown as Loss, exampleLoss as Loss | undefined, model as Loss | undefined)
  const compiled = new Map<Derived, Traceable & { dispose(): void }>()
  /** Oracles and shapes of data for which the compiled function is known to be right. */
  const trusted = new Set<string>()
  let disposed = false

  /** Arrays that a function derived from the loss gives at x, with further vectors and data. */
  function* ask(name: Derived, x: ArrayLike<number>, data: unknown, ...vectors: Floats[]): Reading<Numbers[]> {
    if (disposed) throw new Error(`${name}: these oracles are disposed of`)
    const slow = plain[name]
    if (!slow) throw new TypeError('predict: oracles was given no model')
    const flat = take(layout, x, `${name}: x`)
    const given = data === undefined ? [] : [data as Tree]
    let key: string = name
    for (const leaf of leavesOf(given)) {
      if (!(leaf instanceof np.Array))
        refuse(`${name}: data`, 'a tree of jax-js arrays', `one with ${show(leaf)}`, 'type')
      key += ` ${leaf.dtype}[${leaf.shape}]`
    }
    const trees = (at: Floats) => [
      toTree(layout, at),
      one.ref,
      ...vectors.map((v) => toTree(layout, v)),
      ...tree.ref(given),
    ]
    const fast = compiled.get(name) ?? (jit(slow as never) as unknown as Traceable & { dispose(): void })
    compiled.set(name, fast)
    if (!check || trusted.has(key)) return yield leavesOf(fast(...trees(flat)))
    const { answer, finite } = yield* checked(name, fast, slow, trees, flat)
    if (finite) trusted.add(key)
    return answer
  }

  function* valueAndGradient(
    x: ArrayLike<number>,
    data: D,
    out?: Floats,
  ): Reading<{ value: number; gradient: Floats }> {
    const gradient = outOf('gradient', size, out) ?? floats(layout, size)
    const [[value], ...leaves] = yield* ask('gradient', x, data)
    return { value, gradient: toFlat(layout, leaves, gradient) }
  }

  const work = {
    valueAndGradient,
    *value(x: ArrayLike<number>, data: D): Reading<number> {
      const [[value]] = yield* ask('value', x, data)
      return value
    },
    *gradient(x: ArrayLike<number>, data: D, out?: Floats): Reading<Floats> {
      return (yield* valueAndGradient(x, data, out)).gradient
    },
    *hvp(x: ArrayLike<number>, v: ArrayLike<number>, data: D, out?: Floats): Reading<Floats> {
      const product = outOf('hvp', size, out) ?? floats(layout, size)
      return toFlat(layout, yield* ask('hvp', x, data, take(layout, v, 'hvp: v')), product)
    },
    *perExampleGradientNorms(x: ArrayLike<number>, data: D, out?: Float64Array): Reading<Float64Array> {
      if (data === undefined || leavesOf(data).length === 0)
        refuse('perExampleGradientNorms: data', 'arrays, with the examples along their first axis', 'none')
      const [norms] = yield* ask('perExampleGradientNorms', x, data)
      const all = outOf('perExampleGradientNorms', norms.length, out) ?? new Float64Array(norms.length)
      all.set(norms)
      return all
    },
    *predict(x: ArrayLike<number>, inputs: I): Reading<Numbers> {
      return (yield* ask('predict', x, inputs))[0]
    },
  }
  return {
    size,
    dtype,
    ...twins(work, () => device),
    dispose() {
      if (disposed) return
      disposed = true
      one.dispose()
      for (const fast of compiled.values()) fast.dispose()
    },
  } as unknown as Oracles<D, I>
}

/** Checks where an answer is to be written, if it is said. */
function outOf<A extends Floats>(name: string, length: number, out: A | undefined): A | undefined {
  if (out === undefined) return out
  const wanted = `a typed array of length ${length}`
  if (!/Float(32|64)Array/.test(Object.prototype.toString.call(out))) refuse(`${name}: out`, wanted, show(out), 'type')
  if (out.length !== length) refuse(`${name}: out`, wanted, `length ${out.length}`)
  return out
}
