import { type Floats, tanh } from '@opt/core'
import type { SearchSpace } from '../space.ts'
import { AffineMaps, type ExampleSquares } from './affine.ts'
import type { Layout, Route, Slot } from './layout.ts'
import * as loops from './loops.ts'
import type { Memory } from './memory.ts'

/** The passes of some examples through the network, forwards and back. */
export class Network {
  readonly memory: Memory
  readonly #space: SearchSpace
  readonly #layout: Layout
  readonly #channels: number
  readonly #maps: AffineMaps

  constructor(space: SearchSpace, layout: Layout, channels: number, memory: Memory) {
    this.memory = memory
    this.#space = space
    this.#layout = layout
    this.#channels = channels
    this.#maps = new AffineMaps(memory)
  }

  /** h0 = x W + b, [n, channels]: the input of the first cell, the same for all paths. */
  get stem(): Floats {
    return this.memory.nodes[0][0]
  }

  /** Computes h0 from x. */
  forwardStem(n: number): void {
    const { slots } = this.#layout.stem
    // The network of a dead path has no stem.
    if (slots.length > 0) this.#maps.apply(n, this.memory.x, slots, this.stem)
  }

  /** Computes the logits of n examples from their h0. */
  forward(n: number, { into, rectified, dead }: Route): void {
    const { nodes: states, positive: parts, scales, logits, kernels } = this.memory
    const { cells, nodes: count } = this.#space
    const size = n * this.#channels
    for (let cell = 0; cell < cells && !dead; cell++) {
      const [nodes, positive] = [states[cell], parts[cell]]
      for (let node = 0; node < count; node++) {
        if (node > 0 && into[node].length === 0) continue
        if (node > 0) this.#nodeOf(n, cell, node, into[node])
        if (rectified[node]) kernels.relu(size, nodes[node], positive[node])
      }
      kernels.normalize(n, this.#channels, nodes[count - 1], states[cell + 1][0], scales[cell])
    }
    const features = parts[cells][0]
    if (dead) features.fill(0, 0, size)
    else kernels.relu(size, states[cells][0], features)
    this.#maps.apply(n, features, this.#layout.head.slots, logits)
  }

  /** Node j = the sum of its incoming edges. */
  #nodeOf(n: number, cell: number, node: number, edges: Route['into'][number]): void {
    const { nodes: states, positive: parts, thin, parameters, kernels } = this.memory
    const [nodes, positive] = [states[cell], parts[cell]]
    const out = nodes[node]
    const channels = this.#channels
    out.fill(0, 0, channels)
    for (const { edge, op } of edges) {
      const bias = this.#layout.operations[cell][edge][op]?.slots.at(-1)
      if (bias) for (let j = 0; j < channels; j++) out[j] += parameters[bias.offset + j]
    }
    loops.fillRows(n, channels, out, 0, out)
    for (const { edge, op, from } of edges) {
      const slots = this.#layout.operations[cell][edge][op]?.slots
      if (this.#space.ops[op] === 'skip') kernels.add(n * channels, nodes[from], out)
      else if (this.#space.ops[op] === 'pool') kernels.pool(n, channels, nodes[from], out)
      else if (slots!.length === 2) this.#maps.multiply(n, positive[from], slots![0], out)
      else {
        const [W, b, V] = slots!
        const t = thin[cell][edge]
        this.#maps.apply(n, positive[from], [W, b], t)
        for (let i = 0; i < n * b.columns; i++) t[i] = tanh(t[i])
        this.#maps.multiply(n, t, V, out)
      }
    }
  }

  /**
   * Goes back from `memory.delta`, after {@link forward} of the same examples: adds to the gradient, or, given `each`,
   * adds the examples' squared gradient norms there and leaves the gradient alone.
   */
  backward(n: number, { into, rectified, dead }: Route, each?: ExampleSquares): void {
    const { nodes: states, positive: parts, scales, delta, back, x, kernels } = this.memory
    const { cells, nodes: count } = this.#space
    const { operations, head, stem } = this.#layout
    const { nodes: d, positive: e, out } = back
    const maps = this.#maps
    const size = n * this.#channels
    maps.gradient(n, parts[cells][0], delta, head.slots, each)
    if (dead) return
    e[0].fill(0, 0, size)
    maps.multiplyBack(n, delta, head.slots[0], e[0])
    out.fill(0, 0, size)
    kernels.addWherePositive(size, states[cells][0], e[0], out)
    for (let cell = cells - 1; cell >= 0; cell--) {
      const [nodes, positive] = [states[cell], parts[cell]]
      for (let node = 0; node < count; node++) {
        d[node].fill(0, 0, size)
        if (rectified[node]) e[node].fill(0, 0, size)
      }
      kernels.normalizeBack(n, this.#channels, states[cell + 1][0], scales[cell], out, d[count - 1])
      for (let node = count - 1; node >= 0; node--) {
        // All edges out of this node end at later nodes, which are done.
        if (rectified[node]) kernels.addWherePositive(size, nodes[node], e[node], d[node])
        for (const { edge, from, op } of into[node]) {
          const slots = operations[cell][edge][op]?.slots
          if (this.#space.ops[op] === 'skip') kernels.add(size, d[node], d[from])
          else if (this.#space.ops[op] === 'pool') kernels.pool(n, this.#channels, d[node], d[from])
          else if (slots!.length === 2) {
            maps.gradient(n, positive[from], d[node], slots!, each)
            maps.multiplyBack(n, d[node], slots![0], e[from])
          } else this.#thinBack(n, this.memory.thin[cell][edge], slots!, positive[from], d[node], e[from], each)
        }
      }
      out.set(d[0].subarray(0, size))
    }
    maps.gradient(n, x, out, stem.slots, each)
  }

  /** Goes back through tanh(x W + b) V + c, of which t = tanh(x W + b). */
  // biome-ignore format: what is read, what is written
  #thinBack(
    n: number, t: Floats, [W, b, V, c]: readonly Slot[], x: Floats, delta: Floats, into: Floats,
    each: ExampleSquares | undefined,
  ): void {
    const dz = this.memory.back.thin
    this.#maps.gradient(n, t, delta, [V, c], each)
    dz.fill(0, 0, n * V.rows)
    this.#maps.multiplyBack(n, delta, V, dz)
    for (let i = 0; i < n * V.rows; i++) dz[i] *= 1 - t[i] * t[i]
    this.#maps.gradient(n, x, dz, [W, b], each)
    this.#maps.multiplyBack(n, dz, W, into)
  }
}
