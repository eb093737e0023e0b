import { defaultDevice, init as initDevices } from '@jax-js/jax'
import { oneOf } from '@opt/core'

/** The backends of jax-js. */
export type Device = 'cpu' | 'wasm' | 'webgpu'

/**
 * Defines Float16Array where it is missing (Node before 24), since jax-js tests every float64 array with `instanceof`.
 * The constructor of this one throws.
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
 * Initializes a device and makes it the default of jax-js. Await it before the first array; another call changes the
 * default.
 *
 * @throws RangeError for an unknown device, Error for one that this machine does not have.
 */
export async function init(device: Device = 'wasm'): Promise<void> {
  oneOf(device, 'init: device', ['cpu', 'wasm', 'webgpu'])
  allowFloat64()
  const host = globalThis as { navigator?: { gpu?: unknown } }
  // jax-js would read a property of navigator, which Node 20 does not have.
  const possible = device !== 'webgpu' || host.navigator?.gpu !== undefined
  if (!possible || !(await initDevices(device)).includes(device))
    throw new Error(
      `init: there is no ${device} here${device === 'webgpu' ? ' (no navigator.gpu, or no adapter)' : ''}`,
    )
  defaultDevice(device)
}
