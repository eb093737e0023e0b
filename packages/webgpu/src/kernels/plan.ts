import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { type Program, remembered } from '../program.ts'
import { type Arguments, check, extent, sameStride } from './check.ts'
import { dispatch } from './dispatch.ts'
import { ENTRY, entryGroups, SCALED, scaled } from './entries.ts'
import type { LineSum } from './line-programs.ts'
import { sumLines } from './lines.ts'

const PLAN = 'exp((g[j] - C[i * p.ldc + j] + f[i]) * p.inverse)'

const fitRows: LineSum = {
  name: 'sinkhornRow, f',
  logarithmic: true,
  reads: ['C', 'g'],
  numbers: ['ldc: u32', ...SCALED],
  entry: 'return g[j] - C[i * p.ldc + j];',
  finish: {
    reads: ['a'],
    writes: ['f'],
    numbers: SCALED,
    body: 'f[k] = select(p.epsilon * (log(a[k]) - log(all.y)) - all.x, p.nothing, a[k] == 0.0);',
  },
}

const columnsOfFit: LineSum = {
  name: 'sinkhornRow, z',
  across: true,
  reads: ['C', 'f', 'g'],
  numbers: ['ldc: u32', ...SCALED],
  entry: `return ${PLAN};`,
  finish: { writes: ['z'], body: 'z[k] = all;' },
}

export function sinkhornRow(
  device: Device,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  a: GPUArray,
  f: GPUArray,
  g: GPUArray,
  epsilon: number,
  z: GPUArray,
): void {
  check(device, 'sinkhornRow', {
    sizes: { m, n },
    strides: { ldc: [ldc, n] },
    reads: { C: [C, extent(m, ldc, n)], a: [a, m], g: [g, n] },
    writes: { f: [f, m], z: [z, n] },
  })
  const numbers = { ldc, ...scaled(epsilon, 'sinkhornRow') }
  sumLines(device, fitRows, { C, g, a, f }, numbers, m, n)
  sumLines(device, columnsOfFit, { C, f, g, z }, numbers, n, m)
}

/** Checks C, f, g and K, and leaves C out where it is K. */
function checkPlan(
  device: Device,
  operation: string,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  f: GPUArray,
  g: GPUArray,
  K: GPUArray,
  ldk: number,
  sums: Arguments['writes'],
): boolean {
  const same = C === K
  check(device, operation, {
    sizes: { m, n },
    strides: { ldc: [ldc, n], ldk: [ldk, n] },
    reads: { ...(same ? {} : { C: [C, extent(m, ldc, n)] }), f: [f, m], g: [g, n] },
    writes: { K: [K, extent(m, ldk, n)], ...sums },
  })
  if (same) sameStride(operation, { ldc, ldk })
  return same
}

const plan = (same: boolean) => ({
  name: same ? ', in place' : '',
  reads: same ? ['f', 'g'] : ['C', 'f', 'g'],
  numbers: ['ldc: u32', 'ldk: u32', 'inverse: f32'],
  value: same ? PLAN.replace('C', 'K') : PLAN,
})

const plainGibbs = (same: boolean): Program => {
  const { name, reads, numbers, value } = plan(same)
  return remembered(`gibbs${name}`, () => ({
    reads,
    writes: ['K'],
    numbers: ['m: u32', 'n: u32', ...numbers],
    body: `${ENTRY}
  K[i * p.ldk + j] = ${value};`,
  }))
}

export function gibbs(
  device: Device,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  f: GPUArray,
  g: GPUArray,
  epsilon: number,
  K: GPUArray,
  ldk: number,
): void {
  const same = checkPlan(device, 'gibbs', m, n, C, ldc, f, g, K, ldk, {})
  const numbers = { m, n, ldc, ldk, ...scaled(epsilon, 'gibbs') }
  dispatch(device, plainGibbs(same), { C, f, g, K }, numbers, entryGroups(m, n))
}

/** Writes each entry of K, and the sums of its rows. */
const writtenRows = (name: string, reads: string[], numbers: string[], value: string): LineSum => ({
  name,
  reads,
  writes: ['K'],
  numbers,
  entry: `let value = ${value}; K[i * p.ldk + j] = value; return value;`,
  finish: { writes: ['r'], body: 'r[k] = all;' },
})

const columnsOfPlan: LineSum = {
  name: 'sums of columns',
  across: true,
  reads: ['K'],
  numbers: ['ldk: u32'],
  entry: 'return K[i * p.ldk + j];',
  finish: { writes: ['c'], body: 'c[k] = all;' },
}

export function gibbsMarginals(
  device: Device,
  m: number,
  n: number,
  C: GPUArray,
  ldc: number,
  f: GPUArray,
  g: GPUArray,
  epsilon: number,
  K: GPUArray,
  ldk: number,
  r: GPUArray,
  c: GPUArray,
): void {
  const same = checkPlan(device, 'gibbsMarginals', m, n, C, ldc, f, g, K, ldk, { r: [r, m], c: [c, n] })
  const { name, reads, numbers: told, value } = plan(same)
  const rows = writtenRows(`gibbsMarginals${name}`, reads, told, value)
  sumLines(device, rows, { C, f, g, K, r }, { ldc, ldk, ...scaled(epsilon, 'gibbsMarginals') }, m, n)
  sumLines(device, columnsOfPlan, { K, c }, { ldk }, n, m)
}

const rescaledRows: LineSum = writtenRows('rescale', ['u', 'v'], ['ldk: u32'], '(u[i] * K[i * p.ldk + j]) * v[j]')

export function rescale(
  device: Device,
  m: number,
  n: number,
  K: GPUArray,
  ldk: number,
  u: GPUArray,
  v: GPUArray,
  r: GPUArray,
  c: GPUArray,
): void {
  check(device, 'rescale', {
    sizes: { m, n },
    strides: { ldk: [ldk, n] },
    reads: { u: [u, m], v: [v, n] },
    writes: { K: [K, extent(m, ldk, n)], r: [r, m], c: [c, n] },
  })
  sumLines(device, rescaledRows, { u, v, K, r }, { ldk }, m, n)
  sumLines(device, columnsOfPlan, { K, c }, { ldk }, n, m)
}
