import { fingerprint, type KernelCall } from '@opt/testing/kernels'
import {
  acos,
  activationKernels,
  asin,
  atan,
  cbrt,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  expm1,
  exponentialKernels,
  gammaln,
  hypot,
  log,
  log1p,
  matrixKernels,
  pow,
  random,
  scanKernels,
  sin,
  sinh,
  tan,
  tanh,
  vectorKernels,
} from '../src/index.ts'
import { assignmentKernels } from '../src/kernels/assignment.ts'
import { transportKernels } from '../src/transport/index.ts'

const VECTOR = 203
const [M, N, K] = [37, 45, 70]

export const sets = [
  assignmentKernels,
  vectorKernels,
  scanKernels,
  matrixKernels,
  exponentialKernels,
  activationKernels,
  transportKernels,
]

export const calls: Record<string, KernelCall> = {
  dot: [VECTOR, 'f64:203', 'f64:203'],
  dot32: [VECTOR, 'f32:203', 'f32:203'],
  axpy: [VECTOR, 0.3, 'f64:203', 'f64:203'],
  axpy32: [VECTOR, 0.3, 'f32:203', 'f32:203'],
  nonFinite: [VECTOR, 'f64:203'],
  nonFinite32: [VECTOR, 'f32:203'],
  largest: [VECTOR, 'f64:203'],
  largest32: [VECTOR, 'f32:203'],
  peak: [VECTOR, 'f64:203'],
  peak32: [VECTOR, 'f32:203'],
  squaredNorm: [VECTOR, 'f64:203'],
  squaredNorm32: [VECTOR, 'f32:203'],
  gemv: [M, N, 'f64:1776', 48, 'f64:45', 'f64:37'],
  gemvT: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45'],
  gemvT32: [M, N, 'f32:1776', 48, 'f32:37', 'f32:45'],
  gemm: [M, N, K, 0.7, 'f64:2590', K, 1, 'f64:3150', 1, K, 'f64:1665', N, 'work:30000'],
  gemm32: [M, N, K, 0.7, 'f32:2590', K, 1, 'f32:3150', 1, K, 'f32:1665', N, 'work32:30000'],
  syrk: [M, K, -1, 'f64:2590', K, 1, 'f64:1369', M, 'work:30000'],
  potrf: [150, 'spd:150', 150, 'work:30000'],
  trsv: [90, 'spd:90', 90, 'f64:90'],
  trsvT: [90, 'spd:90', 90, 'f64:90'],
  trsm: [90, 7, 'spd:90', 90, 'f64:630', 7, 'work:20000'],
  trsmT: [90, 7, 'spd:90', 90, 'f64:630', 7, 'work:20000'],
  spmv: [4, 'i32:0,3,3,8,9', 'i32:1,0,6,2,3,4,5,6,0', 'f64:9', 'f64:7', 'f64:4'],
  vexp: [VECTOR, 'f64:203', 'f64:203'],
  vsoftplus: [VECTOR, 'f64:203', 'f64:203'],
  vsoftplus32: [VECTOR, 'f32:203', 'f32:203'],
  vsigmoid: [VECTOR, 'f64:203', 'f64:203'],
  vsigmoid32: [VECTOR, 'f32:203', 'f32:203'],
  vtanh: [VECTOR, 'f64:203', 'f64:203'],
  vtanh32: [VECTOR, 'f32:203', 'f32:203'],
  timesSigmoid: [VECTOR, 'f64:203', 'f64:203'],
  timesSigmoid32: [VECTOR, 'f32:203', 'f32:203'],
  timesSigmoidSlope: [VECTOR, 'f64:203', 'f64:203'],
  timesSigmoidSlope32: [VECTOR, 'f32:203', 'f32:203'],
  softplusAndSlope: [VECTOR, 'f64:203', 'f64:203', 'f64:203'],
  rowLse: [M, N, 'f64:1776', 48, 'f64:45', 0.1, 'f64:37', 'work:45'],
  colLse: [M, N, 'f64:1776', 48, 'f64:37', 0.1, 'f64:45', 'work:90'],
  softmaxRows: [M, N, 'f64:1776', 48, 'f64:1665', N],
  reduceRow: [13, 1, 30, 'f64:39', 'f64:13', 'f64:13', 'i32:-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1', 'i32:-1,-1,-1'],
  augment: [
    13,
    2,
    'f64:39',
    'f64:13',
    'f64:13',
    'i32:1,-1,0,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1',
    'i32:2,0,-1',
    'f64:13',
    'i32:0,0,0,0,0,0,0,0,0,0,0,0,0',
    'work:26',
  ],
  sinkhornRow: [M, N, 'f64:1776', 48, '+f64:37', 'f64:37', 'f64:45', 0.01, 'f64:45', 'work:45'],
  scale2: [M, N, '+f64:1776', 48, '+f64:37', '+f64:45', 'f64:37', 'f64:45'],
  gibbsMarginals: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45', 0.1, 'f64:1665', N, 'f64:37', 'f64:45'],
  rescale: [M, N, 'f64:1776', 48, 'f64:37', 'f64:45', 'f64:37', 'f64:45'],
}

const functions = {
  exp,
  log,
  expm1,
  log1p,
  sinh,
  cosh,
  tanh,
  sin,
  cos,
  tan,
  atan,
  asin,
  acos,
  erf,
  erfc,
  cbrt,
  pow,
  hypot,
  gammaln,
}

/** Fingerprints of the elementary functions, two thousand values each, and of as many normal numbers. */
export function others(): Record<string, string> {
  const normal = random(7)
  const values = (f: (x: number, y: number) => number) => {
    const rng = random(3)
    return Array.from({ length: 2000 }, (_, i) => f(rng.uniform(-1, 1) * (1 + (i % 40)), rng.uniform(0, 3)))
  }
  return {
    ...Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, fingerprint(values(f))])),
    normal: fingerprint(Array.from({ length: 2000 }, () => normal.normal())),
  }
}
