import { allocate } from '@opt/core'
import { type Grid, offsetsOf, rowStarts } from './grid.ts'
import { type Floats, kernels } from './kernels.ts'
import { Pairs } from './pairs.ts'
import type { Filter, Node, Operation, Tape } from './tape.ts'

export type Precision = 'float32' | 'float64'

interface Pass {
  forward(): void
  backward(): void
}

/** A tape with memory: runs a network on one grid, and backwards if it was made for training. */
export class Program {
  readonly grid: Grid
  readonly #nodes: readonly Node[]
  readonly #values: Floats[]
  readonly #gradients: Floats[]
  readonly #weights: Floats
  readonly #slopes: Floats
  readonly #transposed: Map<number, { filter: Filter; taps: number; view: Floats }>
  readonly #passes: Pass[]
  readonly #rows: Int32Array

  constructor({ nodes, operations }: Tape, parameters: number, precision: Precision, training: boolean) {
    this.grid = nodes[0].grid
    this.#nodes = nodes
    this.#rows = rowStarts(this.grid)
    const filters = new Map<number, Filter>()
    for (const one of operations) if (one.kind === 'convolve') filters.set(one.filter.weights, one.filter)
    const grids = [...new Map(nodes.map(({ grid }) => [grid.channel, grid])).values()]
    const taps = offsetsOf(this.grid).length
    const count = (filter: Filter) => (filter.taps === 'all' ? taps : 1)
    const many = (n: number) => Array.from({ length: n }, (_, i) => i)
    const kind = precision === 'float32' ? 'f32' : 'f64'
    const memory = allocate([kernels], (views) => ({
      values: nodes.map(({ grid, channels }) => views[kind](grid.channel * channels)),
      gradients: training ? nodes.map(({ grid, channels }) => views[kind](grid.channel * channels)) : [],
      weights: views[kind](parameters),
      slopes: views[kind](training ? parameters : 0),
      zeros: views[kind](Math.max(...nodes.map(({ channels }) => channels))),
      transposed: training ? [...filters.values()].map((f) => views[kind](f.from * f.to * count(f))) : [],
      grids: grids.map(() => views.i32(7)),
      offsets: grids.map(() => views.i32(taps)),
      centre: views.i32(1),
      layers: many(2 * operations.length).map(() => views.i32(5)),
    }))
    this.#values = memory.values
    this.#gradients = memory.gradients
    this.#weights = memory.weights
    this.#slopes = memory.slopes
    grids.forEach((grid, i) => {
      const { planes, rows, columns, planeStride, rowStride, channel, origin } = grid
      memory.grids[i].set([planes, rows, columns, planeStride, rowStride, channel, origin])
      memory.offsets[i].set(offsetsOf(grid))
    })
    const ids = [...filters.keys()]
    this.#transposed = new Map(
      training
        ? ids.map((id, i) => [
            id,
            { filter: filters.get(id)!, taps: count(filters.get(id)!), view: memory.transposed[i] },
          ])
        : [],
    )
    const convolve = precision === 'float32' ? memory.kernels.convolve32 : memory.kernels.convolve64
    const correlate = precision === 'float32' ? memory.kernels.correlate32 : memory.kernels.correlate64
    const { values, gradients, weights, slopes, zeros, centre, layers } = memory

    const convolution = (one: Operation & { kind: 'convolve' }, i: number): Pass => {
      const { x, out, filter, relu, residual } = one
      const { from, to, biases } = filter
      const all = filter.taps === 'all'
      const place = grids.findIndex(({ channel }) => channel === x.grid.channel)
      const [grid, offsets] = [memory.grids[place], all ? memory.offsets[place] : centre]
      const size = from * to * count(filter)
      const [ahead, back] = [layers[2 * i], layers[2 * i + 1]]
      ahead.set([from, to, count(filter), relu ? 1 : 0, residual ? 1 : 0])
      back.set([to, from, count(filter), 0, 1])
      const w = weights.subarray(filter.weights, filter.weights + size)
      const dw = slopes.subarray(filter.weights, filter.weights + size)
      const bias = biases < 0 ? zeros : weights.subarray(biases, biases + to)
      const [input, output] = [values[x.id], values[out.id]]
      const more = residual ? values[residual.id] : output
      const [dx, dy] = [gradients[x.id], gradients[out.id]]
      const turned = this.#transposed.get(filter.weights)?.view
      return {
        forward: () => convolve(grid, ahead, offsets, w, bias, input, more, output),
        backward: () => {
          if (relu) for (let k = 0; k < dy.length; k++) if (!(output[k] > 0)) dy[k] = 0
          if (residual) addTo(gradients[residual.id], dy)
          if (biases >= 0) addSums(slopes, biases, to, dy, out.grid.channel)
          correlate(grid, ahead, offsets, input, dy, dw)
          if (x.id > 0) convolve(grid, back, offsets, turned!, zeros, dy, dx, dx)
        },
      }
    }
    this.#passes = operations.map((one, i): Pass => {
      if (one.kind === 'convolve') return convolution(one, i)
      const [x, out] = [values[one.x.id], values[one.out.id]]
      const [dx, dy] = [gradients[one.x.id], gradients[one.out.id]]
      if (one.kind === 'add') {
        const [y, second] = [values[one.y.id], gradients[one.y.id]]
        return {
          forward: () => {
            for (let k = 0; k < out.length; k++) out[k] = x[k] + y[k]
          },
          backward: () => {
            addTo(dx, dy)
            addTo(second, dy)
          },
        }
      }
      if (one.kind === 'pool') {
        const pairs = new Pairs(one.x.grid, one.out.grid, one.x.channels)
        return { forward: () => pairs.pool(x, out), backward: () => pairs.unpool(dy, dx) }
      }
      const { scale } = one
      const pairs = new Pairs(one.out.grid, one.x.grid, one.x.channels)
      const [onto, second] = [values[one.onto.id], gradients[one.onto.id]]
      const factor = () => (scale < 0 ? 1 : weights[scale])
      return {
        forward: () => pairs.spread(onto, x, factor(), out),
        backward: () => {
          addTo(second, dy)
          const slope = pairs.gather(dy, x, factor(), dx)
          if (scale >= 0) slopes[scale] += slope
        },
      }
    })
  }

  /** Takes over the parameters, rounded to the precision. */
  load(parameters: Floats): void {
    this.#weights.set(parameters)
    for (const { filter, taps, view } of this.#transposed.values()) {
      const { from, to } = filter
      for (let o = 0; o < to; o++)
        for (let i = 0; i < from; i++)
          for (let t = 0; t < taps; t++)
            view[(i * to + o) * taps + taps - 1 - t] = this.#weights[filter.weights + (o * from + i) * taps + t]
    }
    this.#slopes.fill(0)
  }

  /** Writes out = f(r), cell by cell. */
  forward(r: ArrayLike<number>, out: Float64Array): void {
    const [input, output] = [this.#values[0], this.#values.at(-1)!]
    const { columns } = this.grid
    for (let k = 0, i = 0; k < this.#rows.length; k++)
      for (let x = 0, at = this.#rows[k]; x < columns; x++) input[at++] = r[i++]
    for (const pass of this.#passes) pass.forward()
    for (let k = 0, i = 0; k < this.#rows.length; k++)
      for (let x = 0, at = this.#rows[k]; x < columns; x++) out[i++] = output[at++]
  }

  /** Adds the gradient of c'f(r), for the last r, to {@link slopes}. */
  backward(c: ArrayLike<number>): void {
    for (const gradient of this.#gradients) gradient.fill(0)
    const last = this.#gradients[this.#nodes.length - 1]
    for (let k = 0, i = 0; k < this.#rows.length; k++)
      for (let x = 0, at = this.#rows[k]; x < this.grid.columns; x++) last[at++] = c[i++]
    for (let k = this.#passes.length - 1; k >= 0; k--) this.#passes[k].backward()
  }

  /** The sum of the gradients since {@link load}. */
  get slopes(): Floats {
    return this.#slopes
  }
}

function addTo(x: Floats, y: Floats): void {
  for (let k = 0; k < x.length; k++) x[k] += y[k]
}

/** Adds each channel's sum, border included: it holds zeros. */
function addSums(sums: Floats, at: number, channels: number, x: Floats, channel: number): void {
  for (let c = 0; c < channels; c++) {
    let sum = 0
    for (let k = c * channel; k < (c + 1) * channel; k++) sum += x[k]
    sums[at + c] += sum
  }
}
