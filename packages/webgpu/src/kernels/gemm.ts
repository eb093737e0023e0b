import { number, transpose } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, checkMatrix, checkRowMajor, checkSize, entries, type GPUMatrix } from './check.ts'
import { gemmProgram, type Layout, type Product } from './gemm-program.ts'
import type { LineSum } from './line-programs.ts'
import { sumLines } from './lines.ts'
import { borrow } from './scratch.ts'

/** Tiles that fill a large device; below that, smaller ones, and parts of k. */
const MANY = 128
/** The least length of k that is worth a part of its own; lengths of parts are multiples of SLICE. */
const PART = 256
const SLICE = 32

/** Which way a factor is read, from its strides along its lines and along k, one of which is 1. */
const layout = (line: number, k: number): Layout => ({ along: k === 1, aligned: (k === 1 ? line : k) % 4 === 0 })

/** Chooses the tiles of a product, and in how many parts of k it comes. */
function tileProduct(
  m: number,
  n: number,
  k: number,
): { tile: Product['tile']; across: number; tiles: number; parts: number; chunk: number } {
  const count = (tile: number) => Math.ceil(m / tile) * Math.ceil(n / tile)
  const tile = count(128) >= MANY ? 128 : count(64) >= MANY ? 64 : 32
  const tiles = count(tile)
  const wanted = Math.max(1, Math.min(Math.floor((2 * MANY) / tiles), Math.floor(k / PART)))
  const chunk = Math.ceil(k / wanted / SLICE) * SLICE
  return { tile, across: Math.ceil(n / tile), tiles, parts: Math.ceil(k / chunk), chunk }
}

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

/** C += alpha A B, or its lower triangle. */
function multiply(device: Device, alpha: number, A: GPUMatrix, B: GPUMatrix, C: GPUMatrix, lower: boolean): void {
  const [m, n, k] = [C.rows, C.columns, A.columns]
  if (m === 0 || n === 0 || k === 0) return
  const [rowA, columnA] = strides(A)
  const [rowB, columnB] = strides(B)
  const { tile, parts, ...tiling } = tileProduct(m, n, k)
  const split = parts > 1
  const product: Product = {
    tile,
    A: layout(rowA, columnA),
    B: layout(columnB, rowB),
    alignedC: (split ? n : C.stride) % 4 === 0,
    lower,
    split,
  }
  const numbers = { m, n, k, alpha, rowA, columnA, rowB, columnB, ldc: C.stride, ...tiling }
  const run = (into: GPUArray) =>
    device.run(gemmProgram(product), { A: A.data, B: B.data, C: into }, numbers, parts * tiling.tiles)
  if (!split) run(C.data)
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
