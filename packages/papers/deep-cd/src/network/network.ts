import {
  allFinite,
  calling,
  decodeFloats,
  encodeFloats,
  oneOf,
  options,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { cellsOf, checkShape, gridOf, type Shape } from './grid.ts'
import type { Floats } from './kernels.ts'
import { type Precision, Program } from './program.ts'
import { type Filter, type Node, Tape } from './tape.ts'

/** A saved network: plain JSON, for {@link networkFrom}. */
export interface NetworkState {
  kind: 'multiLevel' | 'paper'
  /** The options that it was made with, all of them. */
  options: Record<string, unknown>
  /** base64 of the parameters. */
  parameters: string
}

/** What distinguishes one network from another. */
export interface Wiring {
  readonly kind: NetworkState['kind']
  readonly options: Record<string, unknown>
  readonly dimension: 2 | 3
  readonly precision: Precision
  /** The parameters by name, in order: lengths of the axes. */
  readonly parts: readonly (readonly [name: string, shape: readonly number[]])[]
  /** Refuses shapes that the network cannot work on. */
  accept(shape: Shape, label: string): void
  /** Records the network; returns its output. */
  record(tape: Tape, input: Node, filter: (name: string) => Filter, place: (name: string) => number): Node
}

/**
 * A convolutional network f that maps a residual on a grid to a search direction on it. One set of parameters works on
 * grids of any size.
 */
export class Network {
  /** All parameters in one array, which may be written. */
  readonly parameters: Float32Array | Float64Array
  /** Views of the parameters by name; convolutions are output channels x input channels x 3 x 3 (x 3), as in torch. */
  readonly weights: Readonly<Record<string, Float32Array | Float64Array>>
  /** 2 or 3: of the grids. */
  readonly dimension: 2 | 3
  readonly #wiring: Wiring
  readonly #programs = new Map<string, Program>()

  /** @internal Use {@link multiLevelNetwork}, {@link paperNetwork}, {@link networkFrom} or {@link pretrained}. */
  constructor(wiring: Wiring) {
    this.#wiring = wiring
    this.dimension = wiring.dimension
    const sizes = wiring.parts.map(([, shape]) => cellsOf(shape))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    this.parameters = wiring.precision === 'float32' ? new Float32Array(total) : new Float64Array(total)
    let at = 0
    this.weights = Object.fromEntries(
      wiring.parts.map(([name], i) => [name, this.parameters.subarray(at, (at += sizes[i]))]),
    )
  }

  /**
   * Computes f(r).
   *
   * @param r one number for each cell, row-major. In float32, numbers beyond 3e38 give NaN.
   * @param shape [rows, columns] or [planes, rows, columns].
   * @throws TypeError or RangeError when r or the shape does not fit.
   */
  forward(r: VectorLike, shape: Shape): Float64Array {
    return calling('Network.forward', () => {
      const program = this.program(shape, false)
      const n = cellsOf(program.grid.shape)
      const out = new Float64Array(n)
      program.load(this.parameters)
      program.forward(vector(r, 'r', { length: n }), out)
      return out
    })
  }

  /**
   * Computes the gradient of c'f(r) in all parameters, by an exact backward pass.
   *
   * @param cotangent c, one number for each cell: the gradient of your loss in f(r).
   * @returns one number for each parameter.
   * @throws TypeError or RangeError when an argument does not fit.
   */
  backward(r: VectorLike, shape: Shape, cotangent: VectorLike): Float64Array {
    return calling('Network.backward', () => {
      const program = this.program(shape, true)
      const n = cellsOf(program.grid.shape)
      const c = vector(cotangent, 'cotangent', { length: n })
      program.load(this.parameters)
      program.forward(vector(r, 'r', { length: n }), new Float64Array(n))
      program.backward(c)
      return Float64Array.from(program.slopes)
    })
  }

  /**
   * Makes the function of search directions on a grid, for `dcdm`. It follows later changes of the parameters.
   *
   * @param shape [rows, columns] or [planes, rows, columns].
   * @throws TypeError or RangeError for a shape that the network cannot work on.
   */
  direction(shape: Shape): (r: Float64Array, out: Float64Array) => void {
    return calling('Network.direction', () => {
      const program = this.program(shape, false)
      const n = cellsOf(program.grid.shape)
      return (r, out) => {
        if (r?.length !== n || out?.length !== n)
          refuse('Network.direction: r', `of length ${n}, one number for each cell of ${shape}`, `length ${r?.length}`)
        program.load(this.parameters)
        program.forward(r, out)
      }
    })
  }

  /** @internal The network on a grid, with the parameters of the last `load` of that program. */
  program(shape: Shape, training: boolean): Program {
    const sizes = checkShape(shape, 'shape', this.dimension)
    this.#wiring.accept(sizes, 'shape')
    const key = `${sizes} ${training}`
    const known = this.#programs.get(key)
    if (known) return known
    const tape = new Tape()
    const places = new Map<string, number>()
    let at = 0
    for (const [name, lengths] of this.#wiring.parts) {
      places.set(name, at)
      at += cellsOf(lengths)
    }
    const filter = (name: string): Filter => {
      const [to, from, taps] = this.#wiring.parts.find(([part]) => part === name)![1]
      const biases = places.get(`${name}.bias`) ?? -1
      return { from, to, taps: taps > 1 ? 'all' : 'one', weights: places.get(name)!, biases }
    }
    this.#wiring.record(tape, tape.input(gridOf(sizes)), filter, (name) => places.get(name)!)
    const program = new Program(tape, this.parameters.length, this.#wiring.precision, training)
    this.#programs.set(key, program)
    return program
  }

  /** Returns the network as plain JSON, for {@link networkFrom}. */
  state(): NetworkState {
    const { kind, options: made } = this.#wiring
    return { kind, options: { ...made }, parameters: encodeFloats(this.parameters) }
  }

  /**
   * Takes over the parameters of a saved network of the same make.
   *
   * @throws TypeError or RangeError, before anything changes, when the state is another network's or not finite.
   */
  load(state: NetworkState): void {
    calling(
      'Network.load',
      () => {
        const given = options(state, 'state')
        const { kind, options: made } = this.#wiring
        oneOf(given.kind, 'state.kind', [kind])
        const theirs = options(given.options, 'state.options') as Record<string, unknown>
        for (const [name, value] of Object.entries(made))
          if (theirs[name] !== value) refuse(`state.options.${name}`, show(value), show(theirs[name]))
        this.parameters.set(parametersOf(given.parameters, this.parameters))
      },
      true,
    )
  }
}

function parametersOf(text: unknown, like: Floats): Floats {
  const label = 'state.parameters'
  const read =
    like instanceof Float32Array
      ? decodeFloats(text, Float32Array, like.length, label)
      : decodeFloats(text, Float64Array, like.length, label)
  if (!allFinite(read)) refuse(label, 'finite numbers', 'NaN or Infinity')
  return read
}
