import { number, refuse, show } from '@opt/core'

/** Numbers of cells along each axis, slowest first: [rows, columns] or [planes, rows, columns]. */
export type Shape = readonly number[]

/** Where the cells of a channel lie in memory: inside a border of zeros, one cell wide. */
export interface Grid {
  readonly shape: Shape
  readonly planes: number
  readonly rows: number
  readonly columns: number
  /** Distances of neighbours along the axes. */
  readonly planeStride: number
  readonly rowStride: number
  /** Entries of a channel, with the border. */
  readonly channel: number
  /** Place of the first cell. */
  readonly origin: number
}

/** Checks a shape of 2 or 3 axes. */
export function checkShape(shape: Shape, label: string, dimension?: number): number[] {
  const allowed = dimension ? `${dimension} numbers of cells` : '2 or 3 numbers of cells'
  const length = (shape as Shape | null)?.length
  if (!Array.isArray(shape) || !(dimension ? length === dimension : length === 2 || length === 3))
    refuse(label, allowed, show(shape), 'type')
  const sizes = shape.map((size, i) => number(size, `${label}[${i}]`, { integer: true, min: 1, max: 65536 }))
  const cells = cellsOf(sizes)
  if (cells > 67108864) refuse(label, 'of at most 67108864 cells', `${cells}`)
  return sizes
}

/** The number of cells. */
export const cellsOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1)

export function gridOf(shape: Shape): Grid {
  const [planes, rows, columns] = shape.length === 3 ? shape : [1, ...shape]
  const rowStride = columns + 2
  const planeStride = (rows + 2) * rowStride
  const flat = shape.length === 2
  return {
    shape,
    planes,
    rows,
    columns,
    planeStride,
    rowStride,
    channel: flat ? planeStride : (planes + 2) * planeStride,
    origin: (flat ? 0 : planeStride) + rowStride + 1,
  }
}

/** The grid of half the size along each axis. */
export const halved = ({ shape }: Grid): Grid => gridOf(shape.map((size) => size / 2))

/** Whether each axis has an even number of cells, at least `least`. */
export const canHalve = ({ shape }: Grid, least: number): boolean =>
  shape.every((size) => size % 2 === 0 && size >= least)

/** Distances of the 3^d taps of a convolution, row-major. */
export function offsetsOf({ shape, planeStride, rowStride }: Grid): number[] {
  const steps = [-1, 0, 1]
  const square = steps.flatMap((y) => steps.map((x) => y * rowStride + x))
  return shape.length === 3 ? steps.flatMap((z) => square.map((o) => z * planeStride + o)) : square
}

/** The places of each row's first cell, in order. */
export function rowStarts(grid: Grid): Int32Array {
  const { planes, rows } = grid
  return Int32Array.from(
    { length: planes * rows },
    (_, k) => grid.origin + Math.floor(k / rows) * grid.planeStride + (k % rows) * grid.rowStride,
  )
}
