import {
  allocate,
  type Floats,
  gemmScratch,
  type MatrixKernels,
  type MatrixView,
  matrixKernels,
  transpose,
} from '@opt/core'
import { type NetworkKernels, networkKernels } from '../kernels.ts'
import type { SearchSpace } from '../space.ts'
import type { Layout, Sizes, Slot } from './layout.ts'

/** The arithmetic of float64 or float32. */
export type Dtype = 'float64' | 'float32'

/** A weight matrix or bias as matrices. */
export type SlotViews = Record<'weights' | 'transposed' | 'gradient' | 'velocity', MatrixView<Floats>>

/** The arrays of a network for up to `capacity` examples, all in the memory of its kernels. */
export interface Memory {
  parameters: Floats
  gradient: Floats
  /** Momentum of the parameters, for whoever trains them. */
  velocity: Floats
  /** Inputs, [n, inputs]. */
  x: Floats
  logits: Floats
  /** Gradient of the loss in the logits. */
  delta: Floats
  /** `nodes[cell][node]`, [n, channels], and their positive parts; nodes[cells][0] holds the features of the head. */
  nodes: Floats[][]
  positive: Floats[][]
  /** `thin[cell][edge]`: tanh within thin operations, [n, width]. */
  thin: Floats[][]
  /** Gradients in the nodes of a cell, in their positive parts, in its output and within a thin operation. */
  back: { nodes: Floats[]; positive: Floats[]; out: Floats; thin: Floats }
  /** `scales[cell]`: the factors of its normalization. */
  scales: Float64Array[]
  /** Of the matrix products. */
  work: Floats
  slots: Map<Slot, SlotViews>
  kernels: MatrixKernels & NetworkKernels
}

/** Allocates the arrays of a network. */
export function memoryOf(space: SearchSpace, layout: Layout, sizes: Sizes, capacity: number, dtype: Dtype): Memory {
  const { inputs, channels, classes } = sizes
  const width = Math.max(1, ...layout.slots.filter(({ name }) => name.endsWith('.V')).map(({ rows }) => rows))
  const most = Math.max(inputs, channels, classes, width, capacity)
  const arrays = allocate([matrixKernels, networkKernels], (views) => {
    const floats = (n: number): Floats => (dtype === 'float64' ? views.f64(n) : views.f32(n))
    const hidden = () => floats(capacity * channels)
    const each = () => Array.from({ length: space.nodes }, hidden)
    const cells = () => Array.from({ length: space.cells + 1 }, (_, cell) => (cell < space.cells ? each() : [hidden()]))
    return {
      parameters: floats(layout.size),
      gradient: floats(layout.size),
      velocity: floats(layout.size),
      x: floats(capacity * inputs),
      logits: floats(capacity * classes),
      delta: floats(capacity * classes),
      nodes: cells(),
      positive: cells(),
      thin: Array.from({ length: space.cells }, () => space.edges.map(() => floats(capacity * width))),
      back: { nodes: each(), positive: each(), out: hidden(), thin: floats(capacity * width) },
      scales: Array.from({ length: space.cells }, () => views.f64(capacity)),
      work: floats(gemmScratch(most, most, most)),
    }
  })
  const slots = new Map<Slot, SlotViews>()
  for (const slot of layout.slots) {
    const part = (all: Floats) =>
      matrixView(all.subarray(slot.offset, slot.offset + slot.rows * slot.columns), slot.rows, slot.columns)
    const weights = part(arrays.parameters)
    const [gradient, velocity] = [part(arrays.gradient), part(arrays.velocity)]
    slots.set(slot, { weights, transposed: transpose(weights), gradient, velocity })
  }
  return { ...arrays, slots }
}

export const matrixView = (data: Floats, rows: number, columns: number): MatrixView<Floats> => ({
  data,
  rows,
  columns,
  stride: columns,
})
