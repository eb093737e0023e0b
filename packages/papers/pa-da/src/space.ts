import { calling, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'

/** An operation of an edge; a thin one may have a width of its own, otherwise the network's `bottleneck`. */
export type Operation = OperationName | { kind: 'thin'; width: number }
/** The operations of the built-in network. */
export type OperationName = 'none' | 'skip' | 'thin' | 'dense' | 'pool'

/** The number of an operation for each edge, in the order of the edges. */
export type Path = readonly number[] | Int32Array

/** What a search space is made of. */
export interface SpaceOptions {
  /** Edges [from, to] of a cell, from < to; node 0 is its input, the last node its output. Default: all of 3 nodes. */
  edges?: readonly (readonly [number, number])[] | undefined
  /** What each edge may be. Default: none, skip, thin, dense, pool. */
  ops?: readonly Operation[] | undefined
  /** How many copies of the cell follow one another, all on the same path. Default 2. */
  cells?: number | undefined
}

const KINDS = ['none', 'skip', 'thin', 'dense', 'pool'] as const
/** More paths than this cannot be numbered safely. */
const MOST = 1e9

/** All paths of a cell: one of O operations for each of E edges. */
export class SearchSpace {
  readonly edges: readonly (readonly [number, number])[]
  readonly ops: readonly Operation[]
  readonly cells: number
  /** A = O^E. */
  readonly count: number
  readonly nodes: number
  /** Names of the operations: 'none', 'thin 4' ... */
  readonly names: readonly string[]
  /** Which operations have parameters. */
  readonly parametric: readonly boolean[]

  /** @internal Use {@link searchSpace}. */
  constructor({ edges, ops, cells }: Required<{ [Name in keyof SpaceOptions]: NonNullable<SpaceOptions[Name]> }>) {
    this.edges = edges.map(([from, to]) => [from, to] as const)
    this.ops = ops.map((op) => (typeof op === 'string' ? op : { ...op }))
    this.cells = cells
    this.count = edges.reduce((count) => count * ops.length, 1)
    this.nodes = edges.reduce((most, [, to]) => Math.max(most, to), 0) + 1
    this.names = ops.map((op) => (typeof op === 'string' ? op : `thin ${op.width}`))
    this.parametric = ops.map((op) => typeof op !== 'string' || op === 'thin' || op === 'dense')
  }

  /** Returns path i of 0..count - 1; the last edge changes fastest. */
  path(i: number): number[] {
    let rest = number(i, 'SearchSpace.path: i', { integer: true, min: 0, max: this.count - 1 })
    const path: number[] = new Array(this.edges.length)
    for (let e = path.length - 1; e >= 0; e--) {
      path[e] = rest % this.ops.length
      rest = Math.floor(rest / this.ops.length)
    }
    return path
  }

  /** Returns the number of a path: the inverse of {@link path}. */
  index(path: Path): number {
    return this.check(path, 'SearchSpace.index: path').reduce((index, op) => index * this.ops.length + op, 0)
  }

  /**
   * Returns the path with every edge that has no effect set to 'none' (to operation 0 in a space without it): two paths
   * of one canonical path are the same function.
   */
  canonical(path: Path): number[] {
    const checked = this.check(path, 'SearchSpace.canonical: path')
    const live = this.live(checked)
    const none = Math.max(0, this.ops.indexOf('none'))
    return checked.map((op, e) => (live[e] ? op : none))
  }

  /** Returns one path of each function, in order. */
  distinct(): number[][] {
    const out: number[][] = []
    for (let i = 0; i < this.count; i++) {
      const path = this.path(i)
      if (this.index(this.canonical(path)) === i) out.push(path)
    }
    return out
  }

  /** Describes a path: 'dense-skip-dense'. */
  describe(path: Path): string {
    return this.check(path, 'SearchSpace.describe: path')
      .map((op) => this.names[op])
      .join('-')
  }

  /** Says for each edge whether it lies on a route from the input to the output. @internal */
  live(path: Path): boolean[] {
    const none = this.ops.indexOf('none')
    const reached = new Set([0])
    const useful = new Set([this.nodes - 1])
    const byTo = [...this.edges.keys()].sort((a, b) => this.edges[a][1] - this.edges[b][1])
    const byFrom = [...this.edges.keys()].sort((a, b) => this.edges[b][0] - this.edges[a][0])
    for (const e of byTo) if (path[e] !== none && reached.has(this.edges[e][0])) reached.add(this.edges[e][1])
    for (const e of byFrom) if (path[e] !== none && useful.has(this.edges[e][1])) useful.add(this.edges[e][0])
    return this.edges.map(([from, to], e) => path[e] !== none && reached.has(from) && useful.has(to))
  }

  /** Checks a path and copies it. @internal */
  check(path: unknown, label: string): number[] {
    const list = path as ArrayLike<unknown>
    if (!(Array.isArray(path) || path instanceof Int32Array))
      refuse(label, `an array of ${this.edges.length} operations`, show(path), 'type')
    if (list.length !== this.edges.length) refuse(label, `of length ${this.edges.length}`, `length ${list.length}`)
    return Array.from(list, (op, e) =>
      number(op, `${label}[${e}]`, { integer: true, min: 0, max: this.ops.length - 1 }),
    )
  }
}

/**
 * Makes a search space; the default is NAS-Bench-201 in miniature: 5 operations on 3 edges, 125 paths.
 *
 * @throws TypeError or RangeError for an edge that does not lead onwards, an unknown operation, or more than 1e9 paths.
 */
export function searchSpace(options?: SpaceOptions): SearchSpace {
  return calling('searchSpace', () => {
    const given = optionsOf(options, 'options', ['edges', 'ops', 'cells'])
    const { cells = 2 } = given
    const edges =
      given.edges ??
      ([
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const)
    const ops = given.ops ?? KINDS
    number(cells, 'cells', { integer: true, min: 1, max: 1000 })
    if (!Array.isArray(edges) || edges.length === 0 || edges.length > 1000)
      refuse('edges', 'an array of 1 to 1000 edges [from, to]', show(edges), 'type')
    edges.forEach((edge: unknown, e: number) => {
      if (!Array.isArray(edge) || edge.length !== 2) refuse(`edges[${e}]`, 'an edge [from, to]', show(edge), 'type')
      number(edge[0], `edges[${e}][0]`, { integer: true, min: 0, max: 1000 })
      number(edge[1], `edges[${e}][1]`, { integer: true, min: edge[0] + 1, max: 1000 })
    })
    if (!Array.isArray(ops) || ops.length === 0) refuse('ops', 'an array of operations', show(ops), 'type')
    ops.forEach(checkOperation)
    const names = ops.map((op: Operation) => (typeof op === 'string' ? op : `thin ${op.width}`))
    names.forEach((name: string, k: number) => {
      if (names.indexOf(name) !== k) refuse(`ops[${k}]`, 'an operation that does not come earlier', `${name} again`)
    })
    let count = 1
    for (let e = 0; e < edges.length && count <= MOST; e++) count *= ops.length
    if (count > MOST)
      refuse('edges', `few enough for at most ${MOST} paths`, `${edges.length} of ${ops.length} operations`)
    return new SearchSpace({ edges, ops, cells })
  })
}

function checkOperation(op: unknown, k: number): void {
  if (typeof op === 'string') oneOf(op, `ops[${k}]`, KINDS)
  else {
    const { kind, width } = optionsOf(op as { kind: string; width: number }, `ops[${k}]`, ['kind', 'width'])
    oneOf(kind, `ops[${k}].kind`, ['thin'])
    number(width, `ops[${k}].width`, { integer: true, min: 1, max: 100000 })
  }
}
