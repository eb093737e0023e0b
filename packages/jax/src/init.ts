import { defaultDevice, init as initDevices } from '@jax-js/jax'
import { oneOf } from '@opt/core'

/** Where jax-js computes. */
export type Device = 'cpu' | 'wasm' | 'webgpu'

/**
 * Node before 24 has no Float16Array, and jax-js asks of every float64 array whether it is one. This one can be asked and not made.
 */
export function allowFloat64(): void {
  const host = globalThis as { Float16Array?: unknown }
  host.Float16Array ??= class Float16Array {
    constructor() {
      throw new TypeError('this engine has no Float16Array: jax-js cannot make a float16 array here')
    }
  }
}

/**
 * Makes a device ready and the default of jax-js. Await it before the first array; calling it again changes the default.
 *
 * @throws RangeError for another device, Error when this machine does not have it.
 */
export async function init(device: Device = 'wasm'): Promise<void> {
  oneOf(device, 'init: device', ['cpu', 'wasm', 'webgpu'])
  allowFloat64()
  const host = globalThis as { navigator?: { gpu?: unknown } }
  // jax-js would look at a navigator that Node 20 does not have.
  const possible = device !== 'webgpu' || host.navigator?.gpu !== undefined
  if (!possible || !(await initDevices(device)).includes(device))
    throw new Error(
      `init: there is no ${device} here${device === 'webgpu' ? ' (no navigator.gpu, or no adapter)' : ''}`,
    )
  defaultDevice(device)
}
