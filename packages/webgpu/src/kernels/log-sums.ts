import { number, type Program, sharedProgram } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, extent, sameStride } from './check.ts'
import type { LineSum } from './line-programs.ts'
import { sumLines } from './lines.ts'
import { borrow } from './scratch.ts'

/** The numbers of programs that divide by epsilon. */
const SCALED: readonly string[] = ['epsilon: f32', 'inverse: f32']

/** Their values; the reciprocal must be a float32 too. */
function scaled(epsilon: number, operation: string): { epsilon: number; inverse: number } {
  number(epsilon, `webgpu.${operation}: epsilon`, { min: 1e-37 })
  return { epsilon, inverse: 1 / epsilon }
}

/** log of a logarithmic sum; WGSL leaves open what log 0 is. */
const LOG = 'select(log(all.y) + all.x * p.inverse, p.nothing, all.y == 0.0)'

const rowLogs: LineSum = {
  name: 'rowLse',
  logarithmic: true,
  reads: ['C', 'g'],
  numbers: ['ldc: u32', ...SCALED],
  entry: 'return g[j] - C[i * p.ldc + j];',
  finish: { writes: ['out'], body: `out[line] = ${LOG};` },
}

const columnLogs: LineSum = {
  ...rowLogs,
  name: 'colLse',
  across: true,
  reads: ['C', 'f'],
  entry: 'return f[i] - C[i * p.ldc + j];',
}

export function rowLse(
  device: Device,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  g: GPUArray,
  epsilon: number,
  out: GPUArray,
): void {
  const scale = scaled(epsilon, 'rowLse')
  check(device, 'rowLse', {
    sizes: { m, n },
    strides: { ldc: [ldc, n] },
    reads: { C: [C, extent(m, ldc, n)], g: [g, n] },
    writes: { out: [out, m] },
  })
  sumLines(device, rowLogs, { C, g, out }, { ldc, ...scale }, m, n)
}

export function colLse(
  device: Device,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  f: GPUArray,
  epsilon: number,
  out: GPUArray,
): void {
  const scale = scaled(epsilon, 'colLse')
  check(device, 'colLse', {
    sizes: { m, n },
    strides: { ldc: [ldc, n] },
    reads: { C: [C, extent(m, ldc, n)], f: [f, m] },
    writes: { out: [out, n] },
  })
  sumLines(device, columnLogs, { C, f, out }, { ldc, ...scale }, n, m)
}

const softmaxSums: LineSum = {
  name: 'softmaxRows, sums',
  logarithmic: true,
  reads: ['X'],
  numbers: ['ldx: u32', ...SCALED],
  entry: 'return X[i * p.ldx + j];',
  finish: { writes: ['sums: vec2f'], body: 'sums[line] = vec2f(all.x, 1.0 / all.y);' },
}

const softmaxEntries = (same: boolean): Program =>
  sharedProgram(`softmaxRows${same ? ', in place' : ''}`, () => ({
    reads: ['sums: vec2f', ...(same ? [] : ['X'])],
    writes: ['Y'],
    numbers: ['n: u32', 'ldx: u32', 'ldy: u32'],
    each: 'entries',
    body: `
  let row = i / p.n; let column = i % p.n;
  Y[row * p.ldy + column] = exp(${same ? 'Y' : 'X'}[row * p.ldx + column] - sums[row].x) * sums[row].y;`,
  }))

export function softmaxRows(
  device: Device,
  m: number,
  n: number,
  X: GPUArray,
  ldx: number,
  Y: GPUArray,
  ldy: number,
): void {
  const same = X === Y
  check(device, 'softmaxRows', {
    sizes: { m, n },
    strides: { ldx: [ldx, n], ldy: [ldy, n] },
    reads: same ? {} : { X: [X, extent(m, ldx, n)] },
    writes: { Y: [Y, extent(m, ldy, n)] },
  })
  if (same) sameStride('softmaxRows', { ldx, ldy })
  borrow(device, 2 * m, (sums) => {
    sumLines(device, softmaxSums, { X, sums }, { ldx, epsilon: 1, inverse: 1 }, m, n)
    device.run(softmaxEntries(same), { X, Y, sums }, { entries: m * n, n, ldx, ldy })
  })
}
