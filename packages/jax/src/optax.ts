import { type Array as JaxArray, tree } from '@jax-js/jax'
import { refuse, show } from '@opt/core'
import {
  deviceOf,
  type Floats,
  floats,
  type Layout,
  layoutOf,
  leavesOf,
  shapesOf,
  type Tree,
  toFlat,
  toTree,
  views,
} from './layout.ts'
import { type Reading, twins } from './read.ts'

/** What optax needs of an optimizer; all of @opt/optimizers' contract have it. */
export interface Stepper {
  /** By name: typed arrays, or ndarrays that hold one. */
  readonly parameters: unknown
  /** Moves the parameters in place. */
  step(gradients: Record<string, Floats>): void
}

/** Makes an optimizer of named flat parameters, such as `(parameters) => new AdamW(parameters)`; the shapes are there for those that look at them. */
export type CreateOptimizer<O extends Stepper> = (
  parameters: Record<string, Floats>,
  shapes: Record<string, readonly number[]>,
) => O

/** State of an optax transformation. Each update uses one up and returns the next. */
export interface OptaxState<O> {
  /** The optimizer: `state.optimizer.state()` saves it, `load` restores it. */
  readonly optimizer: O
}

/** The two functions that optax calls a gradient transformation, and the same with promises: on webgpu the only way. */
export interface GradientTransformation<O> {
  /** Uses the parameters up. */
  init<P>(params: P): OptaxState<O>
  /** From gradients, state and parameters, all used up, to what is to be added to the parameters, and the next state. */
  update<P>(grads: P, state: OptaxState<O>, params: P): [P, OptaxState<O>]
  readonly async: {
    init<P>(params: P): Promise<OptaxState<O>>
    update<P>(grads: P, state: OptaxState<O>, params: P): Promise<[P, OptaxState<O>]>
  }
}

/** No plain object, so that jax-js takes it for one leaf of a tree. */
class State<O extends Stepper> implements OptaxState<O> {
  readonly optimizer: O
  readonly layout: Layout
  /** Room for gradients, then for updates. */
  readonly scratch: Floats
  used = false

  constructor(optimizer: O, layout: Layout, scratch: Floats) {
    this.optimizer = optimizer
    this.layout = layout
    this.scratch = scratch
  }
}

/** The optimizer's own arrays, in the layout's order. */
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

/** Writes what leads from a leaf's numbers to the next ones to its place in `out`. */
function writeDifference(from: Floats, to: Floats, { names, offsets, dtype }: Layout, leaf: number, out: Floats): void {
  for (let j = 0; j < to.length; j++) {
    const at = offsets[leaf] + j
    out[at] = to[j] - from[j]
    if (!Number.isFinite(out[at]))
      refuse(`update: ${names[leaf]}[${j}]`, `a step that ${dtype} holds`, `${from[j]} to ${to[j]}`)
  }
}

/** Refuses a tree of another layout. */
function checkTree(params: unknown, layout: Layout, label: string): void {
  const { structure, shapes, dtype } = layoutOf(params, label)
  const told = (s: Layout['structure'], type: string, all: number[][]) =>
    `${s.toString().slice('JsTreeDef'.length)} of ${type} [${all.join('] [')}]`
  const [given, allowed] = [told(structure, dtype, shapes), told(layout.structure, layout.dtype, layout.shapes)]
  if (given !== allowed) refuse(label, `a tree like that of init, ${allowed}`, given)
}

function checkState<O extends Stepper>(state: OptaxState<O>): State<O> {
  if (!(state instanceof State)) refuse('update: state', 'what init or update returned', show(state), 'type')
  if (state.used) refuse('update: state', 'the newest one', 'one that an update has used up')
  return state
}

/**
 * An optimizer of @opt/optimizers' contract in the shape of optax, for training loops written for it. Parameters go to the optimizer and
 * updates come back as differences, so that `applyUpdates` gives the optimizer's own numbers up to one rounding. A difference that the
 * type does not hold is a RangeError; the optimizer has stepped then, and the state is used up.
 *
 * @param create is called once by each `init`
 */
export function optax<O extends Stepper>(create: CreateOptimizer<O>): GradientTransformation<O> {
  if (typeof create !== 'function')
    refuse('optax: create', 'a function that makes an optimizer of the parameters it is given', show(create), 'type')
  function* init(params: Tree): Reading<OptaxState<O>> {
    const layout = layoutOf(params, 'init: params')
    const x = toFlat(layout, yield leavesOf(params), floats(layout, layout.size))
    const optimizer = create(views(layout, x), shapesOf(layout))
    parametersOf(optimizer, layout)
    return new State(optimizer, layout, floats(layout, layout.size))
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
      optimizer.step(views(layout, toFlat(layout, numbers, scratch)))
    } catch (error) {
      state.used = false
      throw error
    }
    parameters.forEach((parameter, i) => writeDifference(before[i], parameter, layout, i, scratch))
    return [toTree(layout, scratch), new State(optimizer, layout, scratch)]
  }

  return twins({ init, update }, deviceOf) as GradientTransformation<O>
}

/**
 * params + updates; both used up.
 *
 * @throws TypeError or RangeError for trees with something else than arrays, and for two that differ in structure or shapes.
 */
export function applyUpdates<P>(params: P, updates: P): P {
  const [from, structure] = tree.flatten<JaxArray>(params as Tree)
  const [by, other] = tree.flatten<JaxArray>(updates as Tree)
  checkLeaves(from, 'applyUpdates: params')
  checkLeaves(by, 'applyUpdates: updates')
  const told = (leaves: JaxArray[], of: Layout['structure']) =>
    `${of.toString().slice('JsTreeDef'.length)} of [${leaves.map(({ shape }) => shape).join('] [')}]`
  const [allowed, given] = [told(from, structure), told(by, other)]
  if (given !== allowed) refuse('applyUpdates: updates', `a tree like params, ${allowed}`, given)
  return tree.unflatten(
    structure,
    from.map((parameter, i) => parameter.add(by[i])),
  ) as P
}

/** Refuses leaves that are neither arrays nor, inside of jit, tracers. */
function checkLeaves(leaves: JaxArray[], label: string): void {
  for (const leaf of leaves)
    if (typeof leaf?.add !== 'function' || !Array.isArray(leaf.shape))
      refuse(label, 'a tree of jax-js arrays', `one with ${show(leaf)}`, 'type')
}
