import { type DType, type Array as JaxArray, jit, numpy as np, tree } from '@jax-js/jax'
import { boolean, callback, type Floats, options, refuse, show } from '@opt/core'
import { compareCompiled, type Traceable } from './check.ts'
import { Layout, leavesOf, type Tree } from './layout.ts'
import { type Numbers, type Reading, syncAndAsync } from './read.ts'
import { type Derived, type Loss, traced } from './traced.ts'

/** Options of {@link oracles}. */
export interface OraclesOptions<P, D, I> {
  /**
   * The loss of one example, for per-example norms; its data lack the first axis of the batch's. Default: `loss` on a
   * batch of one, which is right if the batch's loss is the sum or the mean over its examples.
   */
  exampleLoss?: ((params: P, example: D) => JaxArray) | undefined
  /** The model inside the loss, for {@link OracleFunctions.predict}. */
  model?: ((params: P, inputs: I) => JaxArray) | undefined
  /** Whether the first call for each shape compares the compiled function with the uncompiled one (default true). */
  check?: boolean | undefined
}

/**
 * Functions of a flat array x of parameters, float32 or float64 (other types are converted), and of the loss's data.
 * They use up and change nothing of the caller's but `out`, which is written to and returned.
 *
 * All throw TypeError or RangeError for an x or v of the wrong length or with an entry that is not finite, and on
 * webgpu, where the functions under `async` replace them; Error when the compiled function is wrong, or after
 * `dispose()`.
 */
export interface OracleFunctions<D, I> {
  /** Returns the loss. */
  value(x: ArrayLike<number>, data: D): number
  /** Returns its gradient, of the length of x. */
  gradient<A extends Floats = Floats>(x: ArrayLike<number>, data: D, out?: A): A
  /** Returns both at the cost of the gradient. */
  valueAndGradient<A extends Floats = Floats>(x: ArrayLike<number>, data: D, out?: A): { value: number; gradient: A }
  /** Returns the Hessian at x times v. */
  hvp<A extends Floats = Floats>(x: ArrayLike<number>, v: ArrayLike<number>, data: D, out?: A): A
  /** Returns the gradient norm of each example's own loss; examples lie along the first axis of every data array. */
  perExampleGradientNorms(x: ArrayLike<number>, data: D, out?: Float64Array): Float64Array
  /** Returns the outputs of the option `model`, row-major, such as the logits that @opt/el2n-pruning scores. */
  predict(x: ArrayLike<number>, inputs: I): Floats
}

/** The answer of {@link oracles}. */
export interface Oracles<D = void, I = JaxArray> extends OracleFunctions<D, I> {
  /** The number of parameters. */
  readonly size: number
  readonly dtype: 'float32' | 'float64'
  /** The same functions returning promises, the only ones on webgpu. x and v are copied before a call returns. */
  readonly async: {
    [Name in keyof OracleFunctions<D, I>]: (
      ...args: Parameters<OracleFunctions<D, I>[Name]>
    ) => Promise<ReturnType<OracleFunctions<D, I>[Name]>>
  }
  /** Frees the memory of the compiled functions. */
  dispose(): void
}

/**
 * Makes oracles on flat typed arrays of a loss on a tree. Each is compiled by jit at its first call, and again for data
 * of other shapes.
 *
 * @param loss a scalar function of parameters and data, or of parameters alone; by the rules of jax-js it uses up each
 *   of its arguments.
 * @param params any tree of parameters, of which the structure, shapes, device and float type (float32 or float64, the
 *   same in all leaves) are read. It is not used up.
 * @throws TypeError or RangeError naming the wrong leaf or option.
 */
export function oracles<P, D = void, I = JaxArray>(
  loss: (params: P, data: D) => JaxArray,
  params: P,
  given: OraclesOptions<P, D, I> = {},
): Oracles<D, I> {
  const { exampleLoss, model, check = true } = options(given, 'oracles: options', ['exampleLoss', 'model', 'check'])
  if (typeof loss !== 'function') refuse('oracles: loss', 'a function of parameters and data', show(loss), 'type')
  for (const [name, f] of Object.entries({ exampleLoss, model })) if (f !== undefined) callback(f, `oracles: ${name}`)
  boolean(check, 'oracles: check')
  const layout = new Layout(params, 'oracles: params')
  const { size, dtype, device } = layout
  const one = np.array(1, { dtype: dtype as DType, device })
  const plain = traced(loss as unknown as Loss, exampleLoss as Loss | undefined, model as Loss | undefined)
  const compiled = new Map<Derived, Traceable & { dispose(): void }>()
  /** The oracles and shapes of data for which the compiled function is known to be right. */
  const trusted = new Set<string>()
  let disposed = false

  /** Reads the answer of a function derived from the loss, at x and further vectors. */
  function* ask(name: Derived, x: ArrayLike<number>, data: unknown, ...vectors: Floats[]): Reading<Numbers[]> {
    if (disposed) throw new Error(`${name}: these oracles have been disposed of`)
    const slow = plain[name]
    if (!slow) throw new TypeError('predict: oracles was given no model')
    const flat = layout.checked(x, `${name}: x`)
    const given = data === undefined ? [] : [data as Tree]
    let key: string = name
    for (const leaf of leavesOf(given)) {
      if (!(leaf instanceof np.Array))
        refuse(`${name}: data`, 'a tree of jax-js arrays', `one with ${show(leaf)}`, 'type')
      key += ` ${leaf.dtype}[${leaf.shape}]`
    }
    const trees = (at: Floats) => [
      layout.toTree(at),
      one.ref,
      ...vectors.map((v) => layout.toTree(v)),
      ...tree.ref(given),
    ]
    const fast = compiled.get(name) ?? (jit(slow as never) as unknown as Traceable & { dispose(): void })
    compiled.set(name, fast)
    if (!check || trusted.has(key)) return yield leavesOf(fast(...trees(flat)))
    const { answer, finite } = yield* compareCompiled(name, fast, slow, trees, flat)
    if (finite) trusted.add(key)
    return answer
  }

  function* valueAndGradient(
    x: ArrayLike<number>,
    data: D,
    out?: Floats,
  ): Reading<{ value: number; gradient: Floats }> {
    const gradient = checkedOut('gradient', size, out) ?? layout.zeros()
    const [[value], ...leaves] = yield* ask('gradient', x, data)
    return { value, gradient: layout.toFlat(leaves, gradient) }
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
      const product = checkedOut('hvp', size, out) ?? layout.zeros()
      return layout.toFlat(yield* ask('hvp', x, data, layout.checked(v, 'hvp: v')), product)
    },
    *perExampleGradientNorms(x: ArrayLike<number>, data: D, out?: Float64Array): Reading<Float64Array> {
      if (data === undefined || leavesOf(data).length === 0)
        refuse('perExampleGradientNorms: data', 'arrays, with the examples along their first axis', 'none')
      const [norms] = yield* ask('perExampleGradientNorms', x, data)
      const all = checkedOut('perExampleGradientNorms', norms.length, out) ?? new Float64Array(norms.length)
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
    ...syncAndAsync(work, () => device),
    dispose() {
      if (disposed) return
      disposed = true
      one.dispose()
      for (const fast of compiled.values()) fast.dispose()
    },
  } as unknown as Oracles<D, I>
}

/** Checks the array that an answer is written to, if one is given. */
function checkedOut<A extends Floats>(name: string, length: number, out: A | undefined): A | undefined {
  if (out === undefined) return out
  const wanted = `a typed array of length ${length}`
  if (!/Float(32|64)Array/.test(Object.prototype.toString.call(out))) refuse(`${name}: out`, wanted, show(out), 'type')
  if (out.length !== length) refuse(`${name}: out`, wanted, `length ${out.length}`)
  return out
}
