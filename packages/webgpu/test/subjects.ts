import { random } from '@opt/core'
import type { DeviceTensor, OptimizerState } from '@opt/optimizers'
import type { GPUArray, WebGPUBackend } from '../src/index.ts'

/** What tests use of an optimizer, in memory or on the device. */
export interface Subject {
  readonly steps: number
  // biome-ignore lint/suspicious/noExplicitAny: gradients of either side, in any structure
  step(gradients: any, products?: any): void
  state(): OptimizerState
  stateAsync(): Promise<OptimizerState>
  // biome-ignore lint/suspicious/noExplicitAny: states of optimizers with more in them
  load(state: any): void
  settled(): Promise<void>
  free(): void
}

// biome-ignore lint/suspicious/noExplicitAny: parameters of either side and options of any optimizer
export type Make = (parameters: any, options?: any) => Subject

/** Float32 numbers that do not repeat. */
export function normal(n: number, seed: number): Float32Array {
  const rng = random(seed)
  return Float32Array.from({ length: n }, () => rng.normal())
}

/** A copy on the device, flat or with a shape. */
export const upload = (gpu: WebGPUBackend, values: Float32Array, shape?: number[]): GPUArray | DeviceTensor =>
  shape ? { data: gpu.array(values), shape } : gpu.array(values)

export const bytes = (base64: string): Float32Array =>
  new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)

/** The largest |a - b| / max(1, |b|). */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let i = 0; i < a.length; i++) {
    const away = Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i]))
    // So that NaN is far.
    if (!(away <= most)) most = away
  }
  return most
}
