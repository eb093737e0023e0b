import type { TransportInput } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import type { Scope } from '../scope.ts'

/**
 * How programs get at the cost: what they read and are told, and WGSL functions `row_at(i)` and `column_at(j)`, what is read once for
 * a line, and `cost(row, column)` of two of those.
 */
export interface CostAccess {
  /** Tells programs for different costs apart. */
  kind: string
  reads: readonly string[]
  numbers: readonly string[]
  wgsl: string
}

/** A cost on the device. */
export interface DeviceCost {
  access: CostAccess
  arrays: GPUArray[]
  values: number[]
}

type Points = Extract<TransportInput['cost'], { kind: 'points' }>

const INDICES = `
fn row_at(i: u32) -> u32 { return i; }
fn column_at(j: u32) -> u32 { return j; }`

const MATRIX: CostAccess = {
  kind: 'matrix',
  reads: ['C'],
  numbers: ['ldc: u32'],
  wgsl: `${INDICES}
fn cost(i: u32, j: u32) -> f32 { return C[i * p.ldc + j]; }`,
}

/** Coordinates that fit into a vector of the device. */
const VECTOR = 4

/** The distance of points, worked out anew whenever it is needed. */
function points({ metric, dimension: d }: Points): CostAccess {
  const root = (sum: string) => (metric === 'euclidean' ? `sqrt(${sum})` : sum)
  const common = { kind: `${metric} of ${d}`, reads: ['X', 'Y'], numbers: ['scale: f32'] }
  if (d > VECTOR) {
    const term = metric === 'cityblock' ? 'abs(v)' : 'v * v'
    const sum = `for (var k = 0u; k < ${d}u; k++) { let v = X[i * ${d}u + k] - Y[j * ${d}u + k]; sum += ${term}; }`
    const cost = `fn cost(i: u32, j: u32) -> f32 { var sum = 0.0; ${sum} return p.scale * ${root('sum')}; }`
    return { ...common, wgsl: `${INDICES}\n${cost}` }
  }
  const type = d === 1 ? 'f32' : `vec${d}f`
  const read = (array: string) => Array.from({ length: d }, (_, k) => `${array}[${d}u * at + ${k}u]`).join(', ')
  const sum =
    metric === 'cityblock' ? (d === 1 ? 'abs(v)' : `dot(abs(v), ${type}(1.0))`) : d === 1 ? 'v * v' : 'dot(v, v)'
  return {
    ...common,
    wgsl: `
fn row_at(at: u32) -> ${type} { return ${type}(${read('X')}); }
fn column_at(at: u32) -> ${type} { return ${type}(${read('Y')}); }
fn cost(x: ${type}, y: ${type}) -> f32 { let v = x - y; return p.scale * ${root(sum)}; }`,
  }
}

/** Numbers of a matrix that go over at a time. */
const BLOCK = 1 << 20

/** Puts a cost on the device: the matrix, or the points alone. */
export function uploadCost(device: Device, scope: Scope, { a, b, cost }: TransportInput): DeviceCost {
  const [n, m] = [a.length, b.length]
  if (cost.kind === 'points') {
    // Around the middle of all points, where float32 is finest.
    const { dimension, scale, x, y } = cost
    const middle = new Float64Array(dimension)
    for (let i = 0; i < x.length; i++) middle[i % dimension] += x[i] / n
    const upload = (values: Float64Array) => scope.array(Float32Array.from(values, (v, i) => v - middle[i % dimension]))
    return { access: points(cost), arrays: [upload(x), upload(y)], values: [scale] }
  }
  const C = scope.array(n * m)
  const row = new Float64Array(m)
  const rows = Math.max(1, Math.floor(BLOCK / m))
  const block = new Float32Array(rows * m)
  for (let i = 0; i < n; i += rows) {
    const count = Math.min(rows, n - i)
    for (let k = 0; k < count; k++) {
      cost.writeRow(i + k, row)
      block.set(row, k * m)
    }
    device.write(C, block.subarray(0, count * m), i * m)
  }
  return { access: MATRIX, arrays: [C], values: [m] }
}
