import { number } from '@opt/core'
import type { Arrays, Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, extent } from './check.ts'
import { gemmProgram, type Layout, type Product } from './gemm-program.ts'
import type { LineSum } from './line-programs.ts'
import { sumLines } from './lines.ts'
import { borrow } from './scratch.ts'

/** Tiles that fill a large device: below that, smaller ones, and parts of k. */
const MANY = 128
/** The least of k that is worth a part of its own, and what parts are multiples of. */
const PART = 256
const SLICE = 32

/** Which way a factor is read, from the strides of its lines and of k. */
const layout = (line: number, k: number): Layout => {
  const along = k === 1 || (line !== 1 && k < line)
  return { along, aligned: (along ? k : line) === 1 && (along ? line : k) % 4 === 0 }
}

/** A product's program and in how many tiles and parts it comes. */
export function tileProduct(
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

function multiply(device: Device, arrays: Arrays, numbers: Record<Sizes, number>, lower: boolean): void {
  const { m, n, k, rowA, columnA, rowB, columnB, ldc } = numbers
  if (m === 0 || n === 0 || k === 0) return
  const { tile, parts, ...tiling } = tileProduct(m, n, k)
  const split = parts > 1
  const product: Product = {
    tile,
    A: layout(rowA, columnA),
    B: layout(columnB, rowB),
    alignedC: (split ? n : ldc) % 4 === 0,
    lower,
    split,
  }
  const run = (all: Arrays) => device.run(gemmProgram(product), all, { ...numbers, ...tiling }, parts * tiling.tiles)
  if (!split) run(arrays)
  else
    borrow(device, parts * m * n, (P) => {
      run({ ...arrays, C: P })
      sumLines(device, putTogether(lower), { P, C: arrays.C }, { n, ldc }, m * n, parts)
    })
}

type Sizes = 'm' | 'n' | 'k' | 'alpha' | 'rowA' | 'columnA' | 'rowB' | 'columnB' | 'ldc'

export function gemm(
  device: Device,
  m: number,
  n: number,
  k: number,
  alpha: number,
  A: GPUArray,
  rowA: number,
  columnA: number,
  B: GPUArray,
  rowB: number,
  columnB: number,
  C: GPUArray,
  ldc: number,
): void {
  check(device, 'gemm', {
    sizes: { m, n, k, rowA, columnA, rowB, columnB },
    strides: { ldc: [ldc, n] },
    reads: { A: [A, extent(m, rowA, k, columnA)], B: [B, extent(k, rowB, n, columnB)] },
    writes: { C: [C, extent(m, ldc, n)] },
  })
  number(alpha, 'webgpu.gemm: alpha')
  multiply(device, { A, B, C }, { m, n, k, alpha, rowA, columnA, rowB, columnB, ldc }, false)
}

export function syrk(
  device: Device,
  n: number,
  k: number,
  alpha: number,
  A: GPUArray,
  rowA: number,
  columnA: number,
  C: GPUArray,
  ldc: number,
): void {
  check(device, 'syrk', {
    sizes: { n, k, rowA, columnA },
    strides: { ldc: [ldc, n] },
    reads: { A: [A, extent(n, rowA, k, columnA)] },
    writes: { C: [C, extent(n, ldc, n)] },
  })
  number(alpha, 'webgpu.syrk: alpha')
  const strides = { rowA, columnA, rowB: columnA, columnB: rowA, ldc }
  multiply(device, { A, B: A, C }, { m: n, n, k, alpha, ...strides }, true)
}
