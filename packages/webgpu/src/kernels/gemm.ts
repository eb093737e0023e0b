import { number, type Program, transpose } from '@opt/core'
import type { Device, Numbers } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, checkMatrix, checkRowMajor, checkSize, entries, type GPUMatrix } from './check.ts'
import { gemmProgram, type Layout, type Shape } from './gemm-program.ts'
import type { LineSum } from './line-programs.ts'
import { sumLines } from './lines.ts'
import { borrow } from './scratch.ts'

/** Tiles that fill a large device; below that, smaller ones, and parts of k. */
const MANY = 128
/** The largest tiles first. */
const SHAPES: readonly Shape[] = [
  { tile: 128, rows: 8, columns: 8, depth: 16 },
  { tile: 64, rows: 4, columns: 4, depth: 32 },
  { tile: 32, rows: 4, columns: 4, depth: 16 },
]
/** The least length of k that is worth a part of its own; lengths of parts are multiples of SLICE. */
const PART = 256
const SLICE = 32

/** Which way a factor is read, from its strides along its lines and along k, one of which is 1. */
const layout = (line: number, k: number): Layout => ({ along: k === 1, aligned: (k === 1 ? line : k) % 4 === 0 })

const tilesOf = (m: number, n: number, { tile }: Shape) => Math.ceil(m / tile) * Math.ceil(n / tile)

/** Chooses the shape of a product. */
export const shapeFor = (m: number, n: number): Shape =>
  SHAPES.find((shape) => tilesOf(m, n, shape) >= MANY) ?? SHAPES[SHAPES.length - 1]

const putTogether = (lower: boolean): LineSum => ({
  name: lower ? 'syrk, put together' : 'gemm, put together',
  across: true,
  reads: ['P'],
  entry: 'return P[i * p.lines + j];',
  finish: {
    writes: ['C'],
    numbers: ['n: u32', 'ldc: u32'],
    body: `
  let row = line / p.n; let column = line % p.n;
  ${lower ? 'if (column > row) { return; }' : ''}
  C[row * p.ldc + column] += all;`,
  },
})

/** The strides of a matrix from one row to the next, and from one column to the next. */
const strides = ({ stride, transposed }: GPUMatrix) => (transposed ? [1, stride] : [stride, 1])

/**
 * Plans C += alpha A B, or its lower triangle, of which neither side is empty: the program, its numbers and workgroups,
 * and the number of parts of k; if there is more than one, they are written one after the other for {@link putTogether}.
 */
export function planProduct(
  alpha: number,
  A: GPUMatrix,
  B: GPUMatrix,
  C: GPUMatrix,
  lower: boolean,
  shape: Shape = shapeFor(C.rows, C.columns),
): { program: Program; numbers: Numbers; workgroups: number; parts: number } {
  const [m, n, k] = [C.rows, C.columns, A.columns]
  const tiles = tilesOf(m, n, shape)
  const wanted = Math.max(1, Math.min(Math.floor((2 * MANY) / tiles), Math.floor(k / PART)))
  const chunk = Math.ceil(k / wanted / SLICE) * SLICE
  const parts = Math.ceil(k / chunk)
  const split = parts > 1
  const [rowA, columnA] = strides(A)
  const [rowB, columnB] = strides(B)
  const program = gemmProgram({
    shape,
    A: layout(rowA, columnA),
    B: layout(columnB, rowB),
    alignedC: (split ? n : C.stride) % 4 === 0,
    lower,
    split,
  })
  const across = Math.ceil(n / shape.tile)
  const numbers = { m, n, k, alpha, rowA, columnA, rowB, columnB, ldc: C.stride, across, tiles, chunk }
  return { program, numbers, workgroups: parts * tiles, parts }
}

/** C += alpha A B, or its lower triangle. */
function multiply(device: Device, alpha: number, A: GPUMatrix, B: GPUMatrix, C: GPUMatrix, lower: boolean): void {
  const [m, n] = [C.rows, C.columns]
  if (m === 0 || n === 0 || A.columns === 0) return
  const { program, numbers, workgroups, parts } = planProduct(alpha, A, B, C, lower)
  const run = (into: GPUArray) => device.run(program, { A: A.data, B: B.data, C: into }, numbers, workgroups)
  if (parts === 1) run(C.data)
  else
    borrow(device, parts * m * n, (P) => {
      run(P)
      sumLines(device, putTogether(lower), { P, C: C.data }, { n, ldc: C.stride }, m * n, parts)
    })
}

export function gemm(device: Device, alpha: number, A: GPUMatrix, B: GPUMatrix, C: GPUMatrix): void {
  checkMatrix(A, 'webgpu.gemm: A')
  checkMatrix(B, 'webgpu.gemm: B')
  checkRowMajor(C, 'webgpu.gemm: C')
  checkSize(B, A.columns, C.columns, 'webgpu.gemm: B')
  checkSize(A, C.rows, A.columns, 'webgpu.gemm: A')
  check(device, 'gemm', { reads: { A: entries(A), B: entries(B) }, writes: { C: entries(C) } })
  number(alpha, 'webgpu.gemm: alpha')
  multiply(device, alpha, A, B, C, false)
}

export function syrk(device: Device, alpha: number, A: GPUMatrix, C: GPUMatrix): void {
  checkMatrix(A, 'webgpu.syrk: A')
  checkRowMajor(C, 'webgpu.syrk: C')
  checkSize(C, A.rows, A.rows, 'webgpu.syrk: C')
  check(device, 'syrk', { reads: { A: entries(A) }, writes: { C: entries(C) } })
  number(alpha, 'webgpu.syrk: alpha')
  multiply(device, alpha, A, transpose(A), C, true)
}
