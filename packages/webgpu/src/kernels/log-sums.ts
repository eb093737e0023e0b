import { number, type Program, refuse, sharedProgram } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check, checkRowMajor, checkSize, entries, type GPUMatrix } from './check.ts'
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

export function rowLse(device: Device, C: GPUMatrix, g: GPUArray, epsilon: number, out: GPUArray): void {
  checkRowMajor(C, 'webgpu.rowLse: C')
  const numbers = { ldc: C.stride, ...scaled(epsilon, 'rowLse') }
  check(device, 'rowLse', { reads: { C: entries(C), g: [g, C.columns] }, writes: { out: [out, C.rows] } })
  sumLines(device, rowLogs, { C: C.data, g, out }, numbers, C.rows, C.columns)
}

export function colLse(device: Device, C: GPUMatrix, f: GPUArray, epsilon: number, out: GPUArray): void {
  checkRowMajor(C, 'webgpu.colLse: C')
  const numbers = { ldc: C.stride, ...scaled(epsilon, 'colLse') }
  check(device, 'colLse', { reads: { C: entries(C), f: [f, C.rows] }, writes: { out: [out, C.columns] } })
  sumLines(device, columnLogs, { C: C.data, f, out }, numbers, C.columns, C.rows)
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

export function softmaxRows(device: Device, X: GPUMatrix, Y: GPUMatrix): void {
  checkRowMajor(X, 'webgpu.softmaxRows: X')
  checkRowMajor(Y, 'webgpu.softmaxRows: Y')
  checkSize(Y, X.rows, X.columns, 'webgpu.softmaxRows: Y')
  const same = X.data === Y.data
  check(device, 'softmaxRows', { reads: same ? {} : { X: entries(X) }, writes: { Y: entries(Y) } })
  if (same && X.stride !== Y.stride)
    refuse('webgpu.softmaxRows: Y.stride', `${X.stride}, as that of X on the same array`, `${Y.stride}`)
  const [m, n] = [X.rows, X.columns]
  borrow(device, 2 * m, (sums) => {
    const arrays = { X: X.data, Y: Y.data, sums }
    sumLines(device, softmaxSums, arrays, { ldx: X.stride, epsilon: 1, inverse: 1 }, m, n)
    device.run(softmaxEntries(same), arrays, { entries: m * n, n, ldx: X.stride, ldy: Y.stride })
  })
}
