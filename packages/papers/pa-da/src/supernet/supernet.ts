import { calling, type MatrixLike, matrix, randomFrom, refuse, type VectorLike, vector } from '@opt/core'
import type { Path, SearchSpace } from '../space.ts'
import { labelsOf } from './examples.ts'
import { clearGradient, opNorms, squareOf } from './gradient.ts'
import { type Layout, layoutOf, type Route, routeOf } from './layout.ts'
import { type Dtype, type Memory, memoryOf } from './memory.ts'
import { Network } from './network.ts'
import { type Batch, CAPACITY, largest, Passes } from './passes.ts'
import { type SupernetOptions, supernetSettings } from './settings.ts'
import { loadParameters, type SupernetState, savedParameters } from './state.ts'

/** Loss and gradient of a path. */
export interface PathGradient {
  loss: number
  /** Norm of the whole gradient. */
  norm: number
  /** By name; only the parameters that take part in the path. */
  gradients: Record<string, Float64Array>
}

/**
 * A network whose cell holds every operation on every edge: h0 = x W + b; a node is the sum of its incoming edges;
 * h = out / sqrt(mean out^2 + 1e-5); logits = relu(h) W + b. A path picks one operation an edge. Methods throw a TypeError
 * or RangeError that names the wrong argument, also where examples are so large that an answer would not be finite.
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
  readonly memory: Memory
  /** @internal */
  readonly passes: Passes
  readonly #routes = new Map<number, Route>()

  /** @throws TypeError or RangeError that names the wrong option. */
  constructor(options: SupernetOptions, fixed?: Path) {
    // Functions that make a network put their own names in the place.
    const given = calling('Supernet', () => supernetSettings(options), true)
    const { space, sizes, dtype, seed } = given
    this.space = space
    this.inputs = sizes.inputs
    this.classes = sizes.classes
    this.channels = sizes.channels
    this.bottleneck = sizes.bottleneck
    this.dtype = dtype
    this.fixedPath = fixed && calling('Supernet', () => space.canonical(space.check(fixed, 'path')))
    this.layout = layoutOf(space, sizes, this.fixedPath)
    this.memory = memoryOf(space, this.layout, sizes, CAPACITY, dtype)
    this.passes = new Passes(new Network(space, this.layout, sizes.channels, this.memory), sizes.inputs, sizes.classes)
    if (fixed) return
    const rng = randomFrom(seed, 'Supernet: seed')
    for (const { offset, rows, columns, variance } of this.layout.slots)
      if (variance > 0)
        for (let i = 0; i < rows * columns; i++) this.memory.parameters[offset + i] = rng.normal(0, Math.sqrt(variance))
  }

  /** Returns the logits, row-major [n, classes], of n examples on a path. */
  forward(X: MatrixLike, path?: Path): Float64Array {
    const work = () => {
      const { data, shape } = matrix(X, 'X', { columns: this.inputs })
      return this.#finite('logits', this.passes.logits(data, shape[0], this.route(path)), this.classes)
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
      const { batch, route } = this.#examples(X, y, path)
      const rule = { length: batch.n, sign: 'nonnegative' } as const
      const checked = weights === undefined ? undefined : vector(weights, 'weights', rule)
      const { gradient } = this.memory
      clearGradient(gradient, route.groups)
      const { weighted: loss } = this.passes.accumulate(batch, [route], { weights: checked })
      const gradients: Record<string, Float64Array> = {}
      for (const { slots } of route.groups)
        for (const { name, offset, rows, columns } of slots)
          gradients[name] = Float64Array.from(gradient.subarray(offset, offset + rows * columns))
      const norm = Math.sqrt(squareOf(gradient, route.groups))
      if (!Number.isFinite(loss + norm))
        refuse('X', `small enough for a loss and gradient in ${this.dtype}`, `a loss of ${loss}, a norm of ${norm}`)
      return { loss, norm, gradients }
    })
  }

  /** Returns the gradient norm of each example's loss in all parameters of a path. */
  perExampleNorms(X: MatrixLike, y: VectorLike, path?: Path): Float64Array {
    return calling('Supernet.perExampleNorms', () => {
      const { batch, route } = this.#examples(X, y, path)
      return this.#finite('norms', this.passes.squaredNorms(batch, route).map(Math.sqrt), 1)
    })
  }

  /** Returns |p - y|_2 of each example: its gradient norm in the logits, the indicator of PA&DA. */
  indicators(X: MatrixLike, y: VectorLike, path?: Path): Float64Array {
    return calling('Supernet.indicators', () => {
      const { batch, route } = this.#examples(X, y, path)
      const indicators = new Float64Array(batch.n)
      this.passes.accumulate(batch, [route], { indicators, back: false })
      return this.#finite('indicators', indicators, 1)
    })
  }

  /**
   * Returns for each operation: the sum of the norms of its weight and bias gradients over cells and edges, divided by
   * the number of edges with it; after {@link lossAndGradient} on the same path.
   */
  opNorms(path?: Path): Float64Array {
    return calling('Supernet.opNorms', () => {
      const { groups } = this.route(path)
      return opNorms(this.memory.gradient, groups, path ?? this.fixedPath!, this.space.ops.length)
    })
  }

  /** Returns a copy of a path's part of the network: a network of its own, with only these parameters. */
  extract(path: Path): Supernet {
    return calling('Supernet.extract', () => {
      const { route: routed, space, inputs, classes, channels, bottleneck, dtype } = this
      const own = new Supernet({ space, inputs, classes, channels, bottleneck, dtype }, routed.call(this, path).path)
      for (const { name, offset, rows, columns } of own.layout.slots) {
        const from = this.layout.slots.find((slot) => slot.name === name)!.offset
        own.memory.parameters.set(this.memory.parameters.subarray(from, from + rows * columns), offset)
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
    return savedParameters(this.layout, this.memory)
  }

  /**
   * Sets all parameters.
   *
   * @throws TypeError or RangeError, before anything changes, unless all names and sizes are those of this network.
   */
  load(state: { parameters: Record<string, ArrayLike<number>> }): void {
    calling('Supernet.load', () => loadParameters(this.layout, this.memory, state))
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

  /** Refuses examples of which a value is not finite; each has `width` of them. */
  #finite(what: string, values: Float64Array, width: number): Float64Array {
    const bad = values.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0)
      refuse('X', `small enough for ${what} in ${this.dtype}`, `${values[bad]} for X[${Math.floor(bad / width)}]`)
    return values
  }

  #examples(X: MatrixLike, y: VectorLike, path: Path | undefined): { batch: Batch; route: Route } {
    const { data: x, shape } = matrix(X, 'X', { columns: this.inputs })
    const labels = labelsOf(y, shape[0], this.classes, 'y')
    return { batch: { x, y: labels, n: shape[0] }, route: this.route(path) }
  }
}
