import type { SearchSpace } from '../space.ts'

/** A weight matrix or a bias among the parameters: entries offset .. offset + rows * columns - 1. */
export interface Slot {
  /** `cell.edge.op.W`, `stem.b` ... */
  name: string
  offset: number
  rows: number
  columns: number
  /** Variance of the initial normal entries; 0: zeros. */
  variance: number
}

/** Parameters that take part together: of the stem, of the head, of an operation of an edge of a cell. */
export interface Group {
  /** Number of the operation; -1: stem or head. */
  op: number
  /** W, b of an affine map; W, b, V, c of a thin one. */
  slots: Slot[]
}

/** Where all parameters are. */
export interface Layout {
  stem: Group
  head: Group
  /** `operations[cell][edge][op]`; undefined: without parameters, or not part of this network. */
  operations: (Group | undefined)[][][]
  slots: Slot[]
  size: number
}

/** Sizes of a network. */
export interface Sizes {
  inputs: number
  channels: number
  classes: number
  bottleneck: number
}

/** Lays the parameters out; with `only`, those that take part on that path. */
export function layoutOf(space: SearchSpace, sizes: Sizes, only?: readonly number[]): Layout {
  const { inputs, channels, classes, bottleneck } = sizes
  const slots: Slot[] = []
  let size = 0
  const add = (name: string, rows: number, columns: number, gain: number): Slot => {
    const slot = { name, offset: size, rows, columns, variance: gain / rows }
    size += rows * columns
    slots.push(slot)
    return slot
  }
  /** y = x W + b. */
  const affine = (prefix: string, [W, b]: [string, string], rows: number, columns: number, gain: number) => [
    add(`${prefix}.${W}`, rows, columns, gain),
    add(`${prefix}.${b}`, 1, columns, 0),
  ]
  const operation = (prefix: string, op: number): Group | undefined => {
    const spec = space.ops[op]
    if (spec === 'dense') return { op, slots: affine(prefix, ['W', 'b'], channels, channels, 2) }
    if (!space.parametric[op]) return undefined
    const width = typeof spec === 'string' ? bottleneck : spec.width
    const narrow = affine(prefix, ['W', 'b'], channels, width, 2)
    return { op, slots: [...narrow, ...affine(prefix, ['V', 'c'], width, channels, 2)] }
  }
  const live = only && space.live(only)
  const whole = !live || live.includes(true)
  const stem = { op: -1, slots: whole ? affine('stem', ['W', 'b'], inputs, channels, 1) : [] }
  const operations = Array.from({ length: space.cells }, (_, cell) =>
    space.edges.map((_, edge) =>
      space.ops.map((_, op) =>
        !live || (live[edge] && only[edge] === op) ? operation(`${cell}.${edge}.${op}`, op) : undefined,
      ),
    ),
  )
  const head = { op: -1, slots: affine('head', ['W', 'b'], channels, classes, 1) }
  return { stem, head, operations, slots, size }
}

/** What a path computes: its live edges by their last nodes, and the parameters that take part. */
export interface Route {
  path: readonly number[]
  /** `into[node]`: live edges that end there. */
  into: { edge: number; from: number; op: number }[][]
  /** Whether an operation reads relu(node). */
  rectified: boolean[]
  /** No route leads from input to output. */
  dead: boolean
  groups: Group[]
}

/** Follows a path through a layout. */
export function routeOf(space: SearchSpace, layout: Layout, path: readonly number[]): Route {
  const live = space.live(path)
  const into: Route['into'] = Array.from({ length: space.nodes }, () => [])
  const rectified: boolean[] = new Array(space.nodes).fill(false)
  space.edges.forEach(([from, to], edge) => {
    if (!live[edge]) return
    into[to].push({ edge, from, op: path[edge] })
    rectified[from] ||= space.parametric[path[edge]]
  })
  const dead = !live.includes(true)
  const used = layout.operations.flatMap((edges) =>
    edges.map((ops, edge) => (live[edge] ? ops[path[edge]] : undefined)),
  )
  const groups = [...(dead ? [] : [layout.stem]), ...used.filter((group) => group !== undefined), layout.head]
  return { path, into, rectified, dead, groups }
}
