import type { KernelCall } from '@opt/testing/kernels'
import { kernels } from '../src/network/kernels.ts'

export const sets = [kernels]

/** 2 planes of 3 x 15 cells, in a border. */
const GRID = 'i32:2,3,15,85,17,340,103'
const OFFSETS = 'i32:-103,-18,-1,0,1,86'

function convolve(type: 'f32' | 'f64'): KernelCall {
  const floats = (n: number) => `${type}:${n}`
  return [GRID, 'i32:2,5,6,1,1', OFFSETS, floats(60), floats(5), floats(680), floats(1700), floats(1700)]
}

function correlate(type: 'f32' | 'f64'): KernelCall {
  const floats = (n: number) => `${type}:${n}`
  return [GRID, 'i32:2,5,6,0,0', OFFSETS, floats(680), floats(1700), floats(60)]
}

/** A call of each kernel: see packages/testing. */
export const calls: Record<string, KernelCall> = {
  convolve32: convolve('f32'),
  convolve64: convolve('f64'),
  correlate32: correlate('f32'),
  correlate64: correlate('f64'),
}
