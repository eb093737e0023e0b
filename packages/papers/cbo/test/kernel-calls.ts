import type { KernelCall } from '@opt/testing/kernels'
import { kernels } from '../src/kernels.ts'

export const sets = [kernels]

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  normals: [203, 'i32:17,-5,123456789,-987654321', 'f64:2', 'f64:203'],
  unsound: [203, 'f64:203'],
  distances: [7, 9, 'f64:63', 'f64:9', 'f64:7'],
  moveAnisotropic: [5, 9, 'i32:0,6,3,1,4', 'f64:63', 'f64:9', 0.01, 0.7, 'f64:63'],
  moveIsotropic: [5, 9, 'i32:0,6,3,1,4', 'f64:63', 'f64:9', 0.01, 0.7, 'f64:63', 'f64:7'],
}
