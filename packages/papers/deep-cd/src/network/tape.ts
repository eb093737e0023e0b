import { type Grid, halved } from './grid.ts'

/** An activation, by its number; number 0 is the input. */
export interface Node {
  readonly id: number
  readonly grid: Grid
  readonly channels: number
}

/** Where a convolution's weights, output x input channels x taps, and biases start among the parameters; -1: no biases. */
export interface Filter {
  readonly from: number
  readonly to: number
  readonly taps: 'all' | 'one'
  readonly weights: number
  readonly biases: number
}

export type Operation =
  | { kind: 'convolve'; x: Node; out: Node; filter: Filter; relu: boolean; residual: Node | undefined }
  | { kind: 'pool'; x: Node; out: Node }
  | { kind: 'upsample'; x: Node; onto: Node; out: Node; scale: number }
  | { kind: 'add'; x: Node; y: Node; out: Node }

/** Records what a network does on one grid. */
export class Tape {
  readonly nodes: Node[] = []
  readonly operations: Operation[] = []

  #node(grid: Grid, channels: number): Node {
    const node = { id: this.nodes.length, grid, channels }
    this.nodes.push(node)
    return node
  }

  input(grid: Grid): Node {
    return this.#node(grid, 1)
  }

  /** act(bias + filter * x) + residual, with act = max(0, .) if `relu`. */
  convolve(x: Node, filter: Filter, { relu = false, residual }: { relu?: boolean; residual?: Node } = {}): Node {
    const out = this.#node(x.grid, filter.to)
    this.operations.push({ kind: 'convolve', x, out, filter, relu, residual })
    return out
  }

  /** Means over 2^d cells. */
  pool(x: Node): Node {
    const out = this.#node(halved(x.grid), x.channels)
    this.operations.push({ kind: 'pool', x, out })
    return out
  }

  /** onto + s x at the parent cell; s is a parameter, by its place, or 1 for -1. */
  upsample(x: Node, onto: Node, scale: number): Node {
    const out = this.#node(onto.grid, onto.channels)
    this.operations.push({ kind: 'upsample', x, onto, out, scale })
    return out
  }

  add(x: Node, y: Node): Node {
    const out = this.#node(x.grid, x.channels)
    this.operations.push({ kind: 'add', x, y, out })
    return out
  }
}
