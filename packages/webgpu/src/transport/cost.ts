import type { TransportInput } from '@opt/core'
import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import type { Scope } from '../scope.ts'

/** How programs get at the cost: what they read and are told, and the WGSL function `cost(i, j)`. */
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

const DISTANCE = {
  sqeuclidean: ['v * v', 'sum'],
  euclidean: ['v * v', 'sqrt(sum)'],
  cityblock: ['abs(v)', 'sum'],
} as const

const MATRIX: CostAccess = {
  kind: 'matrix',
  reads: ['C'],
  numbers: ['ldc: u32'],
  wgsl: 'fn cost(i: u32, j: u32) -> f32 { return C[i * p.ldc + j]; }',
}

/** The distance of points, worked out anew whenever it is needed. */
const points = (metric: keyof typeof DISTANCE, dimension: number): CostAccess => ({
  kind: `${metric}${dimension}`,
  reads: ['X', 'Y'],
  numbers: ['scale: f32'],
  wgsl: `fn cost(i: u32, j: u32) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < ${dimension}u; k++) { let v = X[i * ${dimension}u + k] - Y[j * ${dimension}u + k]; sum += ${DISTANCE[metric][0]}; }
  return p.scale * ${DISTANCE[metric][1]};
}`,
})

/** Numbers of a matrix that go over at a time. */
const BLOCK = 1 << 20

/** Puts a cost on the device: the matrix, or the points alone. */
export function uploadCost(device: Device, scope: Scope, { a, b, cost }: TransportInput): DeviceCost {
  const [n, m] = [a.length, b.length]
  if (cost.kind === 'points') {
    // Around the middle of all points, where float32 is finest.
    const { dimension, metric, scale, x, y } = cost
    const middle = new Float64Array(dimension)
    for (let i = 0; i < x.length; i++) middle[i % dimension] += x[i] / n
    const upload = (values: Float64Array) => scope.array(Float32Array.from(values, (v, i) => v - middle[i % dimension]))
    return { access: points(metric, dimension), arrays: [upload(x), upload(y)], values: [scale] }
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
