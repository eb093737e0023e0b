import { offerBackend, oneOf, options as optionsOf, type Program, refuse, show, WORKGROUP } from '@opt/core'
import { WebGPUBackend } from './backend.ts'
import { Device } from './device.ts'

/** Options of {@link webgpu}. */
export interface WebGPUOptions {
  /** The entry point of WebGPU. Default `navigator.gpu`, or in Node that of the npm package `webgpu`. */
  gpu?: GPU
  /** The kind of adapter to request. Default 'high-performance'. */
  powerPreference?: GPUPowerPreference
}

const HOW = 'open the page in a browser with WebGPU, over https or on localhost; in Node run "npm install webgpu"'

/** Loads Dawn, in Node with the package installed. The name is not a literal, so that bundlers skip it. */
async function dawn(): Promise<GPU | undefined> {
  const name = 'webgpu'
  try {
    const { create } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      create(flags: string[]): GPU
    }
    return create([])
  } catch {
    return undefined
  }
}

const entries = new WeakMap<GPUDevice, GPU>()

/** Opens the device with the highest limits of the adapter. */
export async function openDevice({ gpu, powerPreference = 'high-performance' }: WebGPUOptions): Promise<Device> {
  const entry = gpu ?? globalThis.navigator?.gpu ?? (await dawn())
  if (!entry) throw new Error(`webgpu: there is no WebGPU here: ${HOW}`)
  const adapter = await entry.requestAdapter({ powerPreference })
  if (!adapter) throw new Error('webgpu: WebGPU is here, but no adapter (no GPU, no driver, or it is switched off)')
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const requiredLimits = { maxBufferSize, maxStorageBufferBindingSize }
  const requiredFeatures: GPUFeatureName[] = adapter.features.has('subgroups') ? ['subgroups'] : []
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures })
  const { vendor, architecture, description } = adapter.info
  // Dawn in Node crashes if the GPU object is garbage-collected before its devices.
  entries.set(device, entry)
  const opened = new Device(device, [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter')
  if (opened.subgroups) opened.subgroups = await countsRight(opened)
  return opened
}

const count: Program = {
  name: 'count',
  writes: ['out'],
  body: `
  let sum = sum_all(f32(t), t);
  let high = max_all(f32(t), t);
  if (t == 0u) { out[0] = sum; out[1] = high; }`,
}

/**
 * Tests that the threads of a workgroup fill its subgroups one after the other, which WGSL does not promise. Where they
 * do not, programs work without subgroups.
 */
async function countsRight(device: Device): Promise<boolean> {
  const out = device.array(2)
  device.run(count, { out }, {}, 1)
  const [sum, high] = await device.floats(out)
  out.free()
  return sum === (WORKGROUP * (WORKGROUP - 1)) / 2 && high === WORKGROUP - 1
}

/**
 * Opens the GPU.
 *
 * ```ts
 * const gpu = await webgpu()
 * const { cost } = await sinkhorn.async(costRows(x, y), a, b, { epsilon: 0.01, tolerance: 1e-5, backend: gpu })
 * ```
 *
 * From then on solvers with `backend: 'auto'` use it.
 *
 * @throws TypeError or RangeError for invalid options; Error when there is no WebGPU, no adapter, or no device.
 */
export async function webgpu(options: WebGPUOptions = {}): Promise<WebGPUBackend> {
  const { gpu, powerPreference = 'high-performance' } = optionsOf(options, 'webgpu: options', [
    'gpu',
    'powerPreference',
  ])
  if (gpu !== undefined && typeof gpu?.requestAdapter !== 'function')
    refuse('webgpu: gpu', 'WebGPU, such as navigator.gpu', show(gpu), 'type')
  oneOf(powerPreference, 'webgpu: powerPreference', ['high-performance', 'low-power'])
  const backend = new WebGPUBackend(await openDevice({ powerPreference, ...(gpu ? { gpu } : {}) }))
  offerBackend(backend)
  return backend
}
