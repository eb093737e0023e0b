import { type Array as JaxArray, tree } from '@jax-js/jax'
import { type Floats, refuse, show } from '@opt/core'
import { deviceOf, Layout, leavesOf, type Tree } from './layout.ts'
import { type Reading, syncAndAsync } from './read.ts'

/** The part of an optimizer that {@link optax} uses; every optimizer of `@opt` has it. */
export interface Stepper {
  /** Typed arrays, or ndarrays on typed arrays, by name. */
  readonly parameters: unknown
  /** Moves the parameters in place. */
  step(gradients: Record<string, Floats>): void
}

/**
 * Makes an optimizer of named flat parameters, such as `(parameters) => new AdamW(parameters)`. `shapes` serves those
 * that depend on shapes.
 */
export type CreateOptimizer<O extends Stepper> = (
  parameters: Record<string, Floats>,
  shapes: Record<string, readonly number[]>,
) => O

/** The state of an optax transformation. Each update uses one up and returns the next. */
export interface OptaxState<O> {
  /** The optimizer: `state.optimizer.state()` saves it, `load` restores it. */
  readonly optimizer: O
}

/** The two functions of a gradient transformation of optax, and the same with promises, the only ones on webgpu. */
export interface GradientTransformation<O> {
  /** Makes the first state; uses the parameters up. */
  init<P>(params: P): OptaxState<O>
  /** Returns the updates to add to the parameters, and the next state; uses all its arguments up. */
  update<P>(grads: P, state: OptaxState<O>, params: P): [P, OptaxState<O>]
  readonly async: {
    init<P>(params: P): Promise<OptaxState<O>>
    update<P>(grads: P, state: OptaxState<O>, params: P): Promise<[P, OptaxState<O>]>
  }
}

/** Not a plain object, so that jax-js treats it as one leaf of a tree. */
class State<O extends Stepper> implements OptaxState<O> {
  readonly optimizer: O
  readonly layout: Layout
  /** Holds gradients, then updates. */
  readonly scratch: Floats
  used = false

  constructor(optimizer: O, layout: Layout, scratch: Floats) {
    this.optimizer = optimizer
    this.layout = layout
    this.scratch = scratch
  }
}

/** Returns the optimizer's own arrays, in the layout's order. */
function parametersOf(optimizer: Stepper, { names, offsets }: Layout): Floats[] {
  const parameters = optimizer?.parameters as Record<string, { data?: unknown } | undefined> | undefined
  return names.map((name, i) => {
    const held = parameters?.[name]
    const flat = ArrayBuffer.isView(held) ? held : held?.data
    const length = offsets[i + 1] - offsets[i]
    if (!ArrayBuffer.isView(flat) || (flat as Floats).length !== length)
      refuse('optax: create', 'a function that makes an optimizer of the parameters it is given', `no ${name}`, 'type')
    return flat as Floats
  })
}

/** Writes to - from, for one leaf, to its place in `out`. */
function writeDifference(from: Floats, to: Floats, { names, offsets, dtype }: Layout, leaf: number, out: Floats): void {
  for (let j = 0; j < to.length; j++) {
    const at = offsets[leaf] + j
    out[at] = to[j] - from[j]
    if (!Number.isFinite(out[at]))
      refuse(`update: ${names[leaf]}[${j}]`, `a step that ${dtype} holds`, `${from[j]} to ${to[j]}`)
  }
}

/** Describes a tree: `({w: *, b: *}) of float32 [2,3] [3]`. */
const formOf = (structure: Layout['structure'], shapes: number[][], dtype = '') =>
  `${structure.toString().slice('JsTreeDef'.length)} of ${dtype && `${dtype} `}[${shapes.join('] [')}]`

/** Refuses a tree of another layout. */
function checkTree(params: unknown, layout: Layout, label: string): void {
  const { structure, shapes, dtype } = new Layout(params, label)
  const given = formOf(structure, shapes, dtype)
  const allowed = formOf(layout.structure, layout.shapes, layout.dtype)
  if (given !== allowed) refuse(label, `a tree like that of init, ${allowed}`, given)
}

function checkState<O extends Stepper>(state: OptaxState<O>): State<O> {
  if (!(state instanceof State)) refuse('update: state', 'what init or update returned', show(state), 'type')
  if (state.used) refuse('update: state', 'the newest one', 'one that an update has used up')
  return state
}

/**
 * Makes an optax transformation of an optimizer of `@opt`, for training loops written for optax. Updates are differences
 * of parameters, so `applyUpdates` gives the optimizer's own numbers up to one rounding.
 *
 * @param create called once by each `init`
 * @throws TypeError or RangeError for anything that does not fit, before anything changes. Only a RangeError for a
 *   difference that overflows comes after the optimizer's step, when the state is used up.
 */
export function optax<O extends Stepper>(create: CreateOptimizer<O>): GradientTransformation<O> {
  if (typeof create !== 'function')
    refuse('optax: create', 'a function that makes an optimizer of the parameters it is given', show(create), 'type')
  function* init(params: Tree): Reading<OptaxState<O>> {
    const layout = new Layout(params, 'init: params')
    const x = layout.toFlat(yield leavesOf(params), layout.zeros())
    const optimizer = create(layout.views(x), layout.namedShapes())
    parametersOf(optimizer, layout)
    return new State(optimizer, layout, layout.zeros())
  }

  function* update(grads: Tree, given: OptaxState<O>, params: Tree): Reading<[Tree, OptaxState<O>]> {
    const state = checkState(given)
    const { optimizer, layout, scratch } = state
    checkTree(grads, layout, 'update: grads')
    checkTree(params, layout, 'update: params')
    state.used = true
    const before: Floats[] = []
    const parameters: Floats[] = []
    try {
      const numbers = yield [...leavesOf(grads), ...leavesOf(params)]
      before.push(...(numbers.splice(layout.names.length) as Floats[]))
      parameters.push(...parametersOf(optimizer, layout))
      parameters.forEach((parameter, i) => parameter.set(before[i]))
      optimizer.step(layout.views(layout.toFlat(numbers, scratch)))
    } catch (error) {
      state.used = false
      throw error
    }
    parameters.forEach((parameter, i) => writeDifference(before[i], parameter, layout, i, scratch))
    return [layout.toTree(scratch), new State(optimizer, layout, scratch)]
  }

  return syncAndAsync({ init, update }, deviceOf) as GradientTransformation<O>
}

/**
 * Returns params + updates; uses both up.
 *
 * @throws TypeError or RangeError for leaves that are not arrays, and for trees that differ in structure or shapes.
 */
export function applyUpdates<P>(params: P, updates: P): P {
  const [from, structure] = tree.flatten<JaxArray>(params as Tree)
  const [by, other] = tree.flatten<JaxArray>(updates as Tree)
  checkLeaves(from, 'applyUpdates: params')
  checkLeaves(by, 'applyUpdates: updates')
  const [allowed, given] = [formOf(structure, shapesOf(from)), formOf(other, shapesOf(by))]
  if (given !== allowed) refuse('applyUpdates: updates', `a tree like params, ${allowed}`, given)
  return tree.unflatten(
    structure,
    from.map((parameter, i) => parameter.add(by[i])),
  ) as P
}

const shapesOf = (leaves: JaxArray[]) => leaves.map(({ shape }) => shape)

/** Refuses leaves that are neither arrays nor, inside jit, tracers. */
function checkLeaves(leaves: JaxArray[], label: string): void {
  for (const leaf of leaves)
    if (typeof leaf?.add !== 'function' || !Array.isArray(leaf.shape))
      refuse(label, 'a tree of jax-js arrays', `one with ${show(leaf)}`, 'type')
}
