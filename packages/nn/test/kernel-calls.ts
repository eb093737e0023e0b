import type { KernelCall } from '@opt/testing/kernels'
import { attackKernels } from '../src/attacks/kernels.ts'
import { clippingKernels } from '../src/clipping/kernels.ts'
import { reluKernels } from '../src/layers/relu.ts'
import { productKernels } from '../src/operator/kernels.ts'

export const sets = [productKernels, attackKernels, clippingKernels, reluKernels]

/** Three rows: two places, none, all five. */
const pattern = 'i32:2,1,4,0,5,0,1,2,3,4'

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  spmm: [3, 23, 5, pattern, 'f64:7', 'f64:115', 'f64:69', 'work:80'],
  spmm32: [3, 43, 5, pattern, 'f32:7', 'f32:215', 'f32:129', 'work32:160'],
  forward: [3, 5, 5, pattern, 'f64:15', 'f64:15', 'f64:50', 'f64:50', 'f64:30'],
  forward32: [3, 5, 3, pattern, 'f32:15', 'f32:15', 'f32:60', 'f32:60', 'f32:36'],
  backward: [3, 5, 5, pattern, ...'15 15 30 30 50 50 50 15'.split(' ').map((n) => `f64:${n}`), 1],
  backward32: [3, 5, 3, pattern, ...'15 15 36 36 60 60 60 15'.split(' ').map((n) => `f32:${n}`), 1],
  softmax: [3, 7, 'f64:21', 'f64:3', 'f64:21', 'f64:21'],
  softmax32: [3, 7, 'f32:21', 'f32:3', 'f32:21', 'f32:21'],
  times: [7, 'f64:7', 'f64:7'],
  times32: [7, 'f32:7', 'f32:7'],
  bend: [7, 'f64:7', 'f64:7', 'f64:7', 'f64:7'],
  relu: [7, 'f64:7', 'f64:7'],
  relu32: [7, 'f32:7', 'f32:7'],
  timesStep: [7, 'f64:7', 'f64:7'],
  timesStep32: [7, 'f32:7', 'f32:7'],
  signStep: [7, 'f64:7', 'f64:7', 'f64:7', 'f64:7', 'f64:7', 0.25, 0.5],
  affine: [16, 5, 3, 'f64:15', 'f64:5', 'f64:48', 'f64:80'],
  timesBackward: [16, 5, 3, 'f64:15', 'f64:80', 'f64:48'],
  addSquares: [16, 3, 5, 'f64:48', 'f64:80', 1, 'f64:16'],
  addDifferenceSquares: [8, 3, 2, 'f64:24', 'f64:24', 'f64:16', 'f64:16', 1, 0.5, 1e-3, 'f64:8'],
  clipWeights: [16, 'f64:16', 'f64:16', 0.5, 'f64:16'],
  weigh: [8, 3, 'f64:24', 'f64:8', 'f64:24'],
  weighDifference: [8, 3, 'f64:24', 'f64:24', 'f64:8', 'f64:24'],
  outer: [16, 5, 3, 'f64:80', 'f64:48', 'f64:15'],
  rowSums: [16, 3, 'f64:48', 'f64:3'],
  bend32: [7, 'f32:7', 'f32:7', 'f32:7', 'f32:7'],
}
