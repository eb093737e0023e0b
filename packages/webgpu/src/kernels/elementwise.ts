import { number, type Program, sharedProgram, WORKGROUP } from '@opt/core'
import type { Device, Numbers } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { check } from './check.ts'

/**
 * Writes y from x, or from itself when they are the same: four numbers a thread, of the last four only those below n.
 */
const fours = (name: string, same: boolean, numbers: string[], value: (x: string) => string): Program =>
  sharedProgram(same ? `${name}, in place` : name, () => ({
    reads: same ? [] : ['x: vec4f'],
    writes: ['y: vec4f'],
    numbers: ['n: u32', ...numbers],
    body: `
  let k = group * ${WORKGROUP}u + t;
  if (4u * k >= p.n) { return; }
  let x = ${same ? 'y' : 'x'}[k];
  y[k] = select(y[k], ${value('x')}, vec4u(4u * k) + vec4u(0u, 1u, 2u, 3u) < vec4u(p.n));`,
  }))

function map(
  device: Device,
  name: string,
  value: (x: string) => string,
  n: number,
  x: GPUArray,
  y: GPUArray,
  numbers: Numbers = {},
): void {
  const same = x === y
  check(device, name, { sizes: { n }, reads: same ? {} : { x: [x, n] }, writes: { y: [y, n] } })
  const declared = Object.keys(numbers).map((number) => `${number}: f32`)
  const program = fours(name, same, declared, value)
  device.run(program, { x, y }, { n, ...numbers }, Math.ceil(n / (4 * WORKGROUP)))
}

export function axpy(device: Device, n: number, alpha: number, x: GPUArray, y: GPUArray): void {
  number(alpha, 'webgpu.axpy: alpha')
  map(device, 'axpy', (x) => `fma(vec4f(p.alpha), ${x}, y[k])`, n, x, y, { alpha })
}

export function vexp(device: Device, n: number, x: GPUArray, y: GPUArray): void {
  map(device, 'vexp', (x) => `exp(${x})`, n, x, y)
}

/** WGSL does not define logarithms at 0 and below. */
export function vlog(device: Device, n: number, x: GPUArray, y: GPUArray): void {
  const log = (x: string) =>
    `select(select(log(${x}), vec4f(p.nothing), ${x} == vec4f()), vec4f(p.unknown), ${x} < vec4f())`
  map(device, 'vlog', log, n, x, y, { nothing: -Infinity, unknown: NaN })
}
