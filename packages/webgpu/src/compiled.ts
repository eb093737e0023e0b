import type { Program } from '@opt/core'
import { declarations, wgsl } from './wgsl.ts'

/** A compiled program. */
export interface Compiled {
  /** Its number on the device. */
  index: number
  pipeline: GPUComputePipeline
  layout: GPUBindGroupLayout
  /** Names of the arrays, in the order of their bindings. */
  arrays: string[]
  /** The numbers, in the order of the fields of `p`. */
  numbers: { name: string; float: boolean }[]
}

/** Compiles a program: binding 0 has its numbers, the bindings after it its arrays. */
export function compile(gpu: GPUDevice, program: Program, index: number, subgroups: boolean): Compiled {
  const { name } = program
  const { reads, writes, numbers } = declarations(program)
  const buffers: GPUBufferBindingLayout[] = [
    { type: 'uniform', hasDynamicOffset: true },
    ...reads.map(() => ({ type: 'read-only-storage' }) as const),
    ...writes.map(() => ({ type: 'storage' }) as const),
  ]
  const layout = gpu.createBindGroupLayout({
    entries: buffers.map((buffer, binding) => ({ binding, visibility: 4, buffer })),
  })
  const module = gpu.createShaderModule({ label: name, code: wgsl(program, subgroups) })
  const pipeline = gpu.createComputePipeline({
    label: name,
    layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  })
  return {
    index,
    pipeline,
    layout,
    arrays: [...reads, ...writes].map((array) => array.name),
    numbers: numbers.map((number) => ({ name: number.name, float: number.type === 'f32' })),
  }
}
