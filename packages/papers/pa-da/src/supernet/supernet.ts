import {
  calling,
  exp,
  type Floats,
  log,
  type MatrixLike,
  matrix,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  randomFrom,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { type Path, SearchSpace, searchSpace } from '../space.ts'
import { labelsOf } from './examples.ts'
import { type Group, type Layout, layoutOf, type Route, routeOf, type Sizes } from './layout.ts'
import { type Dtype, Network } from './network.ts'

/** Options of a {@link Supernet}. */
export interface SupernetOptions {
  /** Features of an example. */
  inputs: number
  classes: number
  /** Width of the hidden states. Default 24. */
  channels?: number | undefined
  /** Width within thin operations that state none. Default 2. */
  bottleneck?: number | undefined
  /** Default {@link searchSpace}(). */
  space?: SearchSpace | undefined
  /** Seed of the initial weights. Default 0. */
  seed?: number | Random | undefined
  /** Default 'float32'. */
  dtype?: Dtype | undefined
}

/** A saved network: plain JSON. */
export interface SupernetState {
  /** By name, row-major: `stem.W`, `cell.edge.op.W` ... */
  parameters: Record<string, number[]>
}

/** Loss and gradient of a path. */
export interface PathGradient {
  loss: number
  /** Norm of the whole gradient. */
  norm: number
  /** By name; only the parameters that take part in the path. */
  gradients: Record<string, Float64Array>
}

/** Examples that pass through the network at a time. */
const CAPACITY = 256
export const SUPERNET_OPTIONS = ['inputs', 'classes', 'channels', 'bottleneck', 'space', 'seed', 'dtype'] as const

/**
 * A network whose cell holds every operation on every edge: h0 = x W + b; a node is the sum of its incoming edges;
 * h = out / sqrt(mean out^2 + 1e-5); logits = relu(h) W + b. A path picks one operation an edge.
 */
export class Supernet {
  readonly space: SearchSpace
  readonly inputs: number
  readonly classes: number
  readonly channels: number
  readonly bottleneck: number
  readonly dtype: Dtype
  /** The path of a network made by {@link extract}, which has no other. */
  readonly fixedPath: readonly number[] | undefined
  /** @internal */
  readonly layout: Layout
  /** @internal */
  readonly network: Network
  readonly #routes = new Map<number, Route>()

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(options: SupernetOptions, fixed?: Path) {
    // Functions that make a network put their own names in the place.
    const given = calling('Supernet', () => checkSupernet(options), true)
    const { space, sizes, dtype, seed } = given
    this.space = space
    this.inputs = sizes.inputs
    this.classes = sizes.classes
    this.channels = sizes.channels
    this.bottleneck = sizes.bottleneck
    this.dtype = dtype
    this.fixedPath = fixed && calling('Supernet', () => space.canonical(space.check(fixed, 'path')))
    this.layout = layoutOf(space, sizes, this.fixedPath)
    this.network = new Network(space, this.layout, sizes, CAPACITY, dtype)
    if (fixed) return
    const rng = randomFrom(seed, 'Supernet: seed')
    for (const { offset, rows, columns, variance } of this.layout.slots)
      if (variance > 0)
        for (let i = 0; i < rows * columns; i++)
          this.network.parameters[offset + i] = rng.normal(0, Math.sqrt(variance))
  }

  /** Returns the logits, row-major [n, classes], of n examples on a path. */
  forward(X: MatrixLike, path?: Path): Float64Array {
    const work = () => {
      const { data, shape } = matrix(X, 'X', { columns: this.inputs })
      const route = this.route(path)
      const out = new Float64Array(shape[0] * this.classes)
      for (const [first, n] of chunks(shape[0])) {
        this.gather(data, first, n)
        this.network.forwardStem(n)
        this.network.forward(n, route)
        for (let i = 0; i < n * this.classes; i++) out[first * this.classes + i] = this.network.logits[i]
      }
      const bad = out.findIndex((value) => !Number.isFinite(value))
      if (bad >= 0)
        refuse('X', `small enough for logits in ${this.dtype}`, `${out[bad]} for X[${Math.floor(bad / this.classes)}]`)
      return out
    }
    // predict puts its own name in the place.
    return calling('Supernet.forward', work, true)
  }

  /** Returns the class of each of n examples on a path: the largest logit, the first of equal ones. */
  predict(X: MatrixLike, path?: Path): Int32Array {
    const logits = calling('Supernet.predict', () => this.forward(X, path))
    return Int32Array.from({ length: logits.length / this.classes }, (_, i) =>
      largest(logits, i * this.classes, this.classes),
    )
  }

  /**
   * Returns loss and gradient of a path: the mean over n examples of weights_i times the cross-entropy.
   *
   * @param weights n nonnegative numbers; default ones.
   */
  lossAndGradient(X: MatrixLike, y: VectorLike, path?: Path, weights?: VectorLike): PathGradient {
    return calling('Supernet.lossAndGradient', () => {
      const { x, labels, n, route } = this.#examples(X, y, path)
      const w = weights === undefined ? undefined : vector(weights, 'weights', { length: n, sign: 'nonnegative' })
      this.clear(route.groups)
      const { weighted: loss } = this.accumulate(x, labels, undefined, n, [route], w)
      const gradients: Record<string, Float64Array> = {}
      for (const { slots } of route.groups)
        for (const { name, offset, rows, columns } of slots)
          gradients[name] = Float64Array.from(this.network.gradient.subarray(offset, offset + rows * columns))
      return { loss, norm: Math.sqrt(squareOf(this.network.gradient, route.groups)), gradients }
    })
  }

  /** Returns the gradient norm of each example's loss in all parameters of a path. */
  perExampleNorms(X: MatrixLike, y: VectorLike, path?: Path): Float64Array {
    return calling('Supernet.perExampleNorms', () => {
      const { x, labels, n, route } = this.#examples(X, y, path)
      return this.squaredNorms(x, labels, n, route).map(Math.sqrt)
    })
  }

  /** Returns |p - y|_2 of each example: its gradient norm in the logits, the indicator of PA&DA. */
  indicators(X: MatrixLike, y: VectorLike, path?: Path): Float64Array {
    return calling('Supernet.indicators', () => {
      const { x, labels, n, route } = this.#examples(X, y, path)
      const out = new Float64Array(n)
      this.accumulate(x, labels, undefined, n, [route], undefined, out, false)
      return out
    })
  }

  /**
   * Returns for each operation: the sum of the norms of its weight and bias gradients over cells and edges, divided by
   * the number of edges with it; after {@link lossAndGradient} on the same path.
   */
  opNorms(path?: Path): Float64Array {
    return calling('Supernet.opNorms', () => opNorms(this, this.route(path), path ?? this.fixedPath!, 1))
  }

  /** Returns a copy of a path's part of the network: a network of its own, with only these parameters. */
  extract(path: Path): Supernet {
    return calling('Supernet.extract', () => {
      const { route: routed, space, inputs, classes, channels, bottleneck, dtype } = this
      const own = new Supernet({ space, inputs, classes, channels, bottleneck, dtype }, routed.call(this, path).path)
      for (const { name, offset, rows, columns } of own.layout.slots) {
        const from = this.layout.slots.find((slot) => slot.name === name)!.offset
        own.network.parameters.set(this.network.parameters.subarray(from, from + rows * columns), offset)
      }
      return own
    })
  }

  /** The number of parameters; of a path: of those that take part. */
  parameterCount(path?: Path): number {
    if (path === undefined) return this.layout.size
    const { groups } = calling('Supernet.parameterCount', () => this.route(path))
    return groups.reduce((sum, { slots }) => slots.reduce((s, { rows, columns }) => s + rows * columns, sum), 0)
  }

  /** Returns all parameters; they load again to the same bits. */
  state(): SupernetState {
    const { parameters } = this.network
    return {
      parameters: Object.fromEntries(
        this.layout.slots.map(({ name, offset, rows, columns }) => [
          name,
          Array.from(parameters.subarray(offset, offset + rows * columns)),
        ]),
      ),
    }
  }

  /**
   * Sets all parameters.
   *
   * @throws TypeError or RangeError, before anything changes, unless all names and sizes are those of this network.
   */
  load(state: { parameters: Record<string, ArrayLike<number>> }): void {
    calling('Supernet.load', () => {
      const given = optionsOf(state, 'state').parameters
      if (typeof given !== 'object' || given === null) refuse('state.parameters', 'an object', show(given), 'type')
      const names = this.layout.slots.map(({ name }) => name)
      for (const name of Object.keys(given))
        if (!names.includes(name)) refuse('state.parameters', 'of this network', show(name))
      const checked = this.layout.slots.map(({ name, rows, columns }) =>
        vector(given[name], `state.parameters['${name}']`, { length: rows * columns }),
      )
      this.layout.slots.forEach(({ offset }, k) => {
        this.network.parameters.set(checked[k], offset)
      })
    })
  }

  /** What a path computes. @internal */
  route(path: Path | undefined, label = 'path'): Route {
    if (path === undefined && this.fixedPath === undefined) refuse(label, 'given', 'undefined', 'type')
    const given = path === undefined ? this.fixedPath! : this.space.check(path, label)
    const number = given.reduce((index, op) => index * this.space.ops.length + op, 0)
    let route = this.#routes.get(number)
    if (!route) {
      const canonical = this.space.canonical(given)
      if (this.fixedPath && this.space.index(canonical) !== this.space.index(this.fixedPath))
        refuse(label, `the path ${this.space.describe(this.fixedPath)} of this network`, this.space.describe(given))
      route = routeOf(this.space, this.layout, canonical)
      if (this.#routes.size > 20000) this.#routes.clear()
      this.#routes.set(number, route)
    }
    return route
  }

  /** Copies rows, or those of some indices, into the network's inputs. @internal */
  gather(x: Floats, first: number, n: number, indices?: Int32Array): void {
    const { inputs, network } = this
    if (!indices) network.x.set(x.subarray(first * inputs, (first + n) * inputs))
    else
      for (let i = 0; i < n; i++) {
        const from = indices[first + i] * inputs
        network.x.set(x.subarray(from, from + inputs), i * inputs)
      }
  }

  /** @internal */
  clear(groups: readonly Group[]): void {
    for (const { slots } of groups)
      for (const { offset, rows, columns } of slots) this.network.gradient.fill(0, offset, offset + rows * columns)
  }

  /**
   * Adds the gradient of the mean weighted loss of n examples, for each of some routes; returns the means over examples
   * and routes of the losses and of the weighted losses. `indicators` gets |p - y| of each example on the last route. @internal
   */
  // biome-ignore format: examples, then what to do
  accumulate(
    x: Floats, y: Int32Array, indices: Int32Array | undefined, n: number, routes: readonly Route[],
    weights?: Float64Array, indicators?: Float64Array, back = true,
  ): { loss: number; weighted: number } {
    const sums = { loss: 0, weighted: 0 }
    for (const [first, size] of chunks(n)) {
      this.gather(x, first, size, indices)
      this.network.forwardStem(size)
      for (const route of routes) {
        this.network.forward(size, route)
        this.#softmax(sums, y, first, size, 1 / n, indices, weights, indicators)
        if (back) this.network.backward(size, route)
      }
    }
    const terms = n * routes.length
    return { loss: sums.loss / terms, weighted: sums.weighted / terms }
  }

  /** Squared gradient norms of the examples' losses. @internal */
  squaredNorms(x: Floats, y: Int32Array, n: number, route: Route): Float64Array {
    const squares = new Float64Array(n)
    for (const [first, size] of chunks(n)) {
      this.gather(x, first, size)
      this.network.forwardStem(size)
      this.network.forward(size, route)
      this.#softmax({ loss: 0, weighted: 0 }, y, first, size, 1)
      this.network.backward(size, route, squares, first)
    }
    return squares
  }

  /** Sets delta = scale weights_i (p - y); adds the losses, and weights_i times the losses, to `sums`. */
  // biome-ignore format: examples, then what to do
  #softmax(
    sums: { loss: number; weighted: number }, y: Int32Array, first: number, n: number, scale: number, indices?: Int32Array, weights?: Float64Array, indicators?: Float64Array,
  ): void {
    const { classes } = this
    const { logits, delta } = this.network
    for (let i = 0; i < n; i++) {
      const at = i * classes
      const label = y[indices ? indices[first + i] : first + i]
      const weight = weights ? weights[first + i] : 1
      let most = logits[at]
      for (let k = at + 1; k < at + classes; k++) if (logits[k] > most) most = logits[k]
      let sum = 0
      for (let k = at; k < at + classes; k++) sum += delta[k] = exp(logits[k] - most)
      let square = 0
      for (let k = 0; k < classes; k++) {
        const d = delta[at + k] / sum - (k === label ? 1 : 0)
        square += d * d
        delta[at + k] = scale * weight * d
      }
      const loss = log(sum) + most - logits[at + label]
      sums.loss += loss
      sums.weighted += weight * loss
      if (indicators) indicators[first + i] = Math.sqrt(square)
    }
  }

  #examples(X: MatrixLike, y: VectorLike, path: Path | undefined) {
    const { data: x, shape } = matrix(X, 'X', { columns: this.inputs })
    const labels = labelsOf(y, shape[0], this.classes, 'y')
    return { x, labels, n: shape[0], route: this.route(path) }
  }
}

function checkSupernet(options: SupernetOptions): {
  space: SearchSpace
  sizes: Sizes
  dtype: Dtype
  seed: number | Random
} {
  const given = optionsOf(options, 'options', SUPERNET_OPTIONS)
  const { space = searchSpace(), channels = 24, bottleneck = 2, dtype = 'float32', seed = 0 } = given
  if (!(space instanceof SearchSpace)) refuse('space', 'what searchSpace() returned', show(space), 'type')
  const positive = { integer: true, min: 1, max: 1e6 }
  const inputs = number(given.inputs, 'inputs', positive)
  const classes = number(given.classes, 'classes', { ...positive, min: 2 })
  number(channels, 'channels', { ...positive, min: space.ops.includes('pool') ? 3 : 1 })
  number(bottleneck, 'bottleneck', positive)
  oneOf(dtype, 'dtype', ['float64', 'float32'])
  return { space, sizes: { inputs, classes, channels, bottleneck }, dtype, seed }
}

/** The square of the gradient's norm over some groups. @internal */
export function squareOf(gradient: Floats, groups: readonly Group[]): number {
  let square = 0
  for (const { slots } of groups)
    for (const { offset, rows, columns } of slots)
      for (let i = offset; i < offset + rows * columns; i++) square += gradient[i] * gradient[i]
  return square
}

/** The norm of an operation's gradients: the sum over its weight matrices and biases. @internal */
export function groupNorm(gradient: Floats, group: Group): number {
  let sum = 0
  for (const slot of group.slots) {
    let square = 0
    for (let i = slot.offset; i < slot.offset + slot.rows * slot.columns; i++) square += gradient[i] * gradient[i]
    sum += Math.sqrt(square)
  }
  return sum
}

/** {@link Supernet.opNorms} of the present gradient of a path, times a factor. @internal */
export function opNorms({ space, network }: Supernet, { groups }: Route, path: Path, factor: number): Float64Array {
  const norms = new Float64Array(space.ops.length)
  const times = new Float64Array(space.ops.length)
  for (const group of groups) if (group.op >= 0) norms[group.op] += groupNorm(network.gradient, group)
  for (let e = 0; e < path.length; e++) times[path[e]]++
  for (let op = 0; op < norms.length; op++) if (times[op] > 0) norms[op] *= factor / times[op]
  return norms
}

/** The place of the largest of `count` numbers from `at` on; -1 where one is NaN or infinite. */
export function largest(values: Floats, at: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (values[at + k] > values[at + best]) best = k
  for (let k = at; k < at + count; k++) if (!Number.isFinite(values[k])) return -1
  return best
}

/** Cuts n examples into [first, size]. */
export function chunks(n: number): [first: number, size: number][] {
  return Array.from({ length: Math.ceil(n / CAPACITY) }, (_, k) => [k * CAPACITY, Math.min(CAPACITY, n - k * CAPACITY)])
}
