import {
  allocate,
  type Floats,
  gemmScratch,
  type MatrixKernels,
  type MatrixView,
  matrixKernels,
  tanh,
  transpose,
} from '@opt/core'
import { type NetworkKernels, networkKernels } from '../kernels.ts'
import type { SearchSpace } from '../space.ts'
import type { Layout, Route, Sizes, Slot } from './layout.ts'
import * as loops from './loops.ts'

/** The arithmetic of float64 or float32. */
export type Dtype = 'float64' | 'float32'

/** The passes of up to `capacity` examples through the network, with all parameters and their gradients in one memory. */
export class Network {
  readonly parameters: Floats
  readonly gradient: Floats
  /** Momentum of the parameters, for whoever trains them. */
  readonly velocity: Floats
  /** Inputs, [n, inputs]. */
  readonly x: Floats
  /** h0 = x W + b, [n, channels]: the input of the first cell. */
  readonly stem: Floats
  readonly logits: Floats
  /** Gradient of the loss in the logits, which {@link backward} reads. */
  readonly delta: Floats
  readonly #space: SearchSpace
  readonly #layout: Layout
  readonly #sizes: Sizes
  /** `nodes[cell][node]` and the positive parts; nodes[cells][0] holds the features of the head. */
  readonly #nodes: Floats[][]
  readonly #positive: Floats[][]
  /** `thin[cell][edge]`: tanh within thin operations. */
  readonly #thin: Floats[][]
  readonly #back: { nodes: Floats[]; positive: Floats[]; out: Floats; thin: Floats }
  readonly #scales: Float64Array[]
  readonly #views = new Map<Slot, Record<'weights' | 'transposed' | 'gradient' | 'velocity', MatrixView<Floats>>>()
  readonly #work: Floats
  readonly kernels: MatrixKernels & NetworkKernels

  constructor(space: SearchSpace, layout: Layout, sizes: Sizes, capacity: number, dtype: Dtype) {
    const { inputs, channels, classes } = sizes
    const width = Math.max(1, ...layout.slots.filter(({ name }) => name.endsWith('.V')).map(({ rows }) => rows))
    const most = Math.max(inputs, channels, classes, width, capacity)
    const memory = allocate([matrixKernels, networkKernels], (views) => {
      const floats = (n: number): Floats => (dtype === 'float64' ? views.f64(n) : views.f32(n))
      const hidden = () => floats(capacity * channels)
      const each = () => Array.from({ length: space.nodes }, hidden)
      const cells = () =>
        Array.from({ length: space.cells + 1 }, (_, cell) => (cell < space.cells ? each() : [hidden()]))
      return {
        parameters: floats(layout.size),
        gradient: floats(layout.size),
        velocity: floats(layout.size),
        x: floats(capacity * inputs),
        logits: floats(capacity * classes),
        delta: floats(capacity * classes),
        nodes: cells(),
        positive: cells(),
        thin: Array.from({ length: space.cells }, () => space.edges.map(() => floats(capacity * width))),
        back: { nodes: each(), positive: each(), out: hidden(), thin: floats(capacity * width) },
        scales: Array.from({ length: space.cells }, () => views.f64(capacity)),
        work: floats(gemmScratch(most, most, most)),
      }
    })
    this.parameters = memory.parameters
    this.gradient = memory.gradient
    this.velocity = memory.velocity
    this.x = memory.x
    this.logits = memory.logits
    this.delta = memory.delta
    this.stem = memory.nodes[0][0]
    this.#space = space
    this.#layout = layout
    this.#sizes = sizes
    this.#nodes = memory.nodes
    this.#positive = memory.positive
    this.#thin = memory.thin
    this.#back = memory.back
    this.#scales = memory.scales
    this.#work = memory.work
    this.kernels = memory.kernels
    for (const slot of layout.slots) {
      const part = (all: Floats) =>
        view(all.subarray(slot.offset, slot.offset + slot.rows * slot.columns), slot.rows, slot.columns)
      const weights = part(memory.parameters)
      this.#views.set(slot, {
        weights,
        transposed: transpose(weights),
        gradient: part(memory.gradient),
        velocity: part(memory.velocity),
      })
    }
  }

  /** A step on a weight matrix or bias: v = momentum v + (factor g + decay w), w -= learningRate v. */
  descend(slot: Slot, learningRate: number, momentum: number, factor: number, decay: number): void {
    const { weights, gradient, velocity } = this.#views.get(slot)!
    const n = slot.rows * slot.columns
    this.kernels.descend(n, learningRate, momentum, factor, decay, gradient.data, velocity.data, weights.data)
  }

  /** Computes h0 = x W + b. */
  forwardStem(n: number): void {
    // The network of a dead path has no stem.
    if (this.#layout.stem.slots.length === 0) return
    const [W, b] = this.#layout.stem.slots
    loops.fillRows(n, b.columns, this.parameters, b.offset, this.stem)
    this.#multiply(n, this.x, W, this.stem)
  }

  /** Computes the logits of n examples from their h0. */
  forward(n: number, { into, rectified, dead }: Route): void {
    const { channels } = this.#sizes
    const { cells, nodes: count } = this.#space
    const size = n * channels
    for (let cell = 0; cell < cells && !dead; cell++) {
      const [nodes, positive] = [this.#nodes[cell], this.#positive[cell]]
      for (let node = 0; node < count; node++) {
        if (node > 0 && into[node].length === 0) continue
        if (node > 0) this.#nodeOf(n, cell, node, into[node])
        if (rectified[node]) this.kernels.relu(size, nodes[node], positive[node])
      }
      this.kernels.normalize(n, channels, nodes[count - 1], this.#nodes[cell + 1][0], this.#scales[cell])
    }
    const features = this.#positive[cells][0]
    if (dead) features.fill(0, 0, size)
    else this.kernels.relu(size, this.#nodes[cells][0], features)
    const [W, b] = this.#layout.head.slots
    loops.fillRows(n, b.columns, this.parameters, b.offset, this.logits)
    this.#multiply(n, features, W, this.logits)
  }

  /** Node j = the sum of its incoming edges. */
  #nodeOf(n: number, cell: number, node: number, edges: Route['into'][number]): void {
    const { channels } = this.#sizes
    const [nodes, positive] = [this.#nodes[cell], this.#positive[cell]]
    const out = nodes[node]
    out.fill(0, 0, channels)
    for (const { edge, op } of edges) {
      const bias = this.#layout.operations[cell][edge][op]?.slots.at(-1)
      if (bias) for (let j = 0; j < channels; j++) out[j] += this.parameters[bias.offset + j]
    }
    loops.fillRows(n, channels, out, 0, out)
    for (const { edge, op, from } of edges) {
      const slots = this.#layout.operations[cell][edge][op]?.slots
      if (this.#space.ops[op] === 'skip') this.kernels.add(n * channels, nodes[from], out)
      else if (this.#space.ops[op] === 'pool') this.kernels.pool(n, channels, nodes[from], out)
      else if (slots!.length === 2) this.#multiply(n, positive[from], slots![0], out)
      else {
        const [W, b, V] = slots!
        const t = this.#thin[cell][edge]
        loops.fillRows(n, b.columns, this.parameters, b.offset, t)
        this.#multiply(n, positive[from], W, t)
        for (let i = 0; i < n * b.columns; i++) t[i] = tanh(t[i])
        this.#multiply(n, t, V, out)
      }
    }
  }

  /**
   * Goes back from `delta`, after {@link forward} of the same examples: adds to the gradient, or, given `squares`, adds
   * the examples' squared gradient norms to squares[first ...] and leaves the gradient alone.
   */
  backward(n: number, { into, rectified, dead }: Route, squares?: Float64Array, first = 0): void {
    const { channels } = this.#sizes
    const { cells, nodes: count } = this.#space
    const size = n * channels
    const { nodes: d, positive: e, out } = this.#back
    const { operations, head, stem } = this.#layout
    this.#mapBack(n, this.#positive[cells][0], this.delta, head.slots, squares, first)
    if (dead) return
    e[0].fill(0, 0, size)
    this.#multiplyBack(n, this.delta, head.slots[0], e[0])
    out.fill(0, 0, size)
    this.kernels.addWherePositive(size, this.#nodes[cells][0], e[0], out)
    for (let cell = cells - 1; cell >= 0; cell--) {
      const [nodes, positive] = [this.#nodes[cell], this.#positive[cell]]
      for (let node = 0; node < count; node++) {
        d[node].fill(0, 0, size)
        if (rectified[node]) e[node].fill(0, 0, size)
      }
      this.kernels.normalizeBack(n, channels, this.#nodes[cell + 1][0], this.#scales[cell], out, d[count - 1])
      for (let node = count - 1; node >= 0; node--) {
        // All edges out of this node end at later nodes, which are done.
        if (rectified[node]) this.kernels.addWherePositive(size, nodes[node], e[node], d[node])
        for (const { edge, from, op } of into[node]) {
          const slots = operations[cell][edge][op]?.slots
          if (this.#space.ops[op] === 'skip') this.kernels.add(size, d[node], d[from])
          else if (this.#space.ops[op] === 'pool') this.kernels.pool(n, channels, d[node], d[from])
          else if (slots!.length === 2) {
            this.#mapBack(n, positive[from], d[node], slots!, squares, first)
            this.#multiplyBack(n, d[node], slots![0], e[from])
          } else this.#thinBack(n, { cell, edge, slots: slots! }, positive[from], d[node], e[from], squares, first)
        }
      }
      out.set(d[0].subarray(0, size))
    }
    this.#mapBack(n, this.x, out, stem.slots, squares, first)
  }

  // biome-ignore format: what is read, what is written
  #thinBack(
    n: number, { cell, edge, slots: [W, b, V, c] }: { cell: number; edge: number; slots: Slot[] },
    input: Floats, delta: Floats, into: Floats, squares: Float64Array | undefined, first: number,
  ): void {
    const t = this.#thin[cell][edge]
    const dz = this.#back.thin
    this.#mapBack(n, t, delta, [V, c], squares, first)
    dz.fill(0, 0, n * V.rows)
    this.#multiplyBack(n, delta, V, dz)
    for (let i = 0; i < n * V.rows; i++) dz[i] *= 1 - t[i] * t[i]
    this.#mapBack(n, input, dz, [W, b], squares, first)
    this.#multiplyBack(n, dz, W, into)
  }

  /** dW += input' delta and db += sum_i delta_i; or the squared norms of the examples. */
  // biome-ignore format: one pattern
  #mapBack(n: number, input: Floats, delta: Floats, [W, b]: Slot[], squares: Float64Array | undefined, first: number): void {
    if (squares) loops.addSquares(n, input, W.rows, delta, W.columns, squares, first)
    else {
      const dW = this.#views.get(W)!.gradient
      this.kernels.gemm(1, transpose(view(input, n, W.rows)), view(delta, n, W.columns), dW, this.#work)
      this.kernels.addColumns(n, b.columns, delta, this.#views.get(b)!.gradient.data)
    }
  }

  /** out += input W. */
  #multiply(n: number, input: Floats, W: Slot, out: Floats): void {
    this.kernels.gemm(1, view(input, n, W.rows), this.#views.get(W)!.weights, view(out, n, W.columns), this.#work)
  }

  /** out += delta W'. */
  #multiplyBack(n: number, delta: Floats, W: Slot, out: Floats): void {
    const Wt = this.#views.get(W)!.transposed
    this.kernels.gemm(1, view(delta, n, W.columns), Wt, view(out, n, W.rows), this.#work)
  }
}

const view = (data: Floats, rows: number, columns: number): MatrixView<Floats> => ({
  data,
  rows,
  columns,
  stride: columns,
})
