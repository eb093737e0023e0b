import { boolean, type CSR, calling, number, options as optionsOf, refuse, show } from '@opt/core'
import { cellsOf, checkShape } from '../network/grid.ts'
import { maskOf } from '../system/mask.ts'

/** A ball, (x, y[, z]) and radius, in units in which the longest side of the grid is 1. */
export type Ball = readonly number[]

/** Options of {@link poisson2d} and {@link poisson3d}. */
export interface PoissonOptions {
  /** Cells along each axis, or [rows, columns], or [planes, rows, columns]. */
  size: number | readonly number[]
  /** Obstacles: cells whose centre is inside are solid. */
  discs?: readonly Ball[] | undefined
  /** One number for each cell, row-major: 0 is solid. */
  mask?: ArrayLike<number | boolean> | undefined
  /** Makes walled-in fluid solid, instead of refusing it. Default false. */
  fillPockets?: boolean | undefined
}

/** A discretised Poisson problem. */
export interface Poisson {
  /** Rows and columns of solid cells are empty. */
  A: CSR
  /** 1 in fluid, 0 in solid cells, row-major. */
  mask: Uint8Array
  /** [rows, columns] or [planes, rows, columns]. */
  shape: number[]
}

/**
 * Discretises Poisson's equation on a rectangle of cells with obstacles: x is 0 outside of the grid, and nothing flows
 * into solid cells (the pressure equation of fluids). The diagonal counts neighbours that are fluid or outside; -1
 * stands for each fluid neighbour.
 *
 * @throws TypeError or RangeError when an option is wrong, no cell is fluid, or fluid cells are walled in: there the
 * matrix would be singular.
 */
export function poisson2d(options: PoissonOptions): Poisson {
  return calling('poisson2d', () => poisson(options, 2))
}

/** {@link poisson2d} in three dimensions; `discs` are balls (x, y, z, radius). */
export function poisson3d(options: PoissonOptions): Poisson {
  return calling('poisson3d', () => poisson(options, 3))
}

const NAMES = ['size', 'discs', 'mask', 'fillPockets'] as const

function poisson(given: PoissonOptions, dimension: 2 | 3): Poisson {
  const { size, discs = [], mask, fillPockets = false } = optionsOf(given, 'options', NAMES)
  boolean(fillPockets, 'fillPockets')
  const shape = checkShape(
    typeof size === 'number' ? Array(dimension).fill(size) : (size as number[]),
    'size',
    dimension,
  )
  const fluid = mask === undefined ? new Uint8Array(cellsOf(shape)).fill(1) : maskOf(mask, cellsOf(shape))
  if (!Array.isArray(discs)) refuse('discs', 'an array', show(discs), 'type')
  for (const [k, disc] of discs.entries()) cut(fluid, shape, checkDisc(disc, `discs[${k}]`, dimension))
  const pockets = pocketsOf(fluid, shape)
  if (pockets.length > 0 && !fillPockets)
    refuse(`the fluid around cell ${pockets[0]}`, 'connected to the border of the grid', 'walled in by solid cells')
  for (const i of pockets) fluid[i] = 0
  if (!fluid.includes(1)) refuse('discs, mask', 'such that a cell is fluid', 'solid cells only')
  return { A: laplacian(fluid, shape), mask: fluid, shape }
}

function checkDisc(disc: Ball, label: string, dimension: number): number[] {
  if (!Array.isArray(disc) || disc.length !== dimension + 1)
    refuse(label, `[${dimension === 2 ? 'x, y' : 'x, y, z'}, radius]`, show(disc), 'type')
  return disc.map((v, i) => number(v, `${label}[${i}]`, i === dimension ? { nonnegative: true } : {}))
}

/** Makes the cells solid whose centre is in a ball. */
function cut(fluid: Uint8Array, shape: readonly number[], ball: readonly number[]): void {
  const longest = Math.max(...shape)
  const radius = ball[shape.length]
  for (let i = 0; i < fluid.length; i++) {
    let [rest, square] = [i, 0]
    for (let axis = shape.length - 1, c = 0; axis >= 0; axis--, c++) {
      const centre = ((rest % shape[axis]) + 0.5) / longest
      rest = Math.floor(rest / shape[axis])
      square += (centre - ball[c]) * (centre - ball[c])
    }
    if (square <= radius * radius) fluid[i] = 0
  }
}

/** Calls back with the neighbours of a cell, by index; -1: outside. */
function neighbours(i: number, shape: readonly number[], visit: (j: number) => void): void {
  let stride = fluidStride(shape)
  for (let axis = 0; axis < shape.length; axis++) {
    const at = Math.floor(i / stride) % shape[axis]
    visit(at > 0 ? i - stride : -1)
    visit(at + 1 < shape[axis] ? i + stride : -1)
    stride /= shape[axis + 1]
  }
}

const fluidStride = (shape: readonly number[]) => cellsOf(shape.slice(1))

/** Fluid cells from which no path leads to the border. */
function pocketsOf(fluid: Uint8Array, shape: readonly number[]): number[] {
  const reached = new Uint8Array(fluid.length)
  const queue: number[] = []
  const reach = (i: number) => {
    if (fluid[i] === 0 || reached[i] === 1) return
    reached[i] = 1
    queue.push(i)
  }
  for (let i = 0; i < fluid.length; i++) neighbours(i, shape, (j) => j < 0 && reach(i))
  while (queue.length > 0) neighbours(queue.pop()!, shape, (j) => j >= 0 && reach(j))
  return [...fluid.keys()].filter((i) => fluid[i] === 1 && reached[i] === 0)
}

function laplacian(fluid: Uint8Array, shape: readonly number[]): CSR {
  const n = fluid.length
  const indptr = new Int32Array(n + 1)
  const indices: number[] = []
  const values: number[] = []
  for (let i = 0; i < n; i++) {
    if (fluid[i] === 1) {
      let diagonal = 0
      const row: number[] = [i]
      neighbours(i, shape, (j) => {
        if (j >= 0 && fluid[j] === 0) return
        diagonal++
        if (j >= 0) row.push(j)
      })
      row.sort((a, b) => a - b)
      for (const j of row) {
        indices.push(j)
        values.push(j === i ? diagonal : -1)
      }
    }
    indptr[i + 1] = indices.length
  }
  return { rows: n, columns: n, indptr, indices: Int32Array.from(indices), values: Float64Array.from(values) }
}
