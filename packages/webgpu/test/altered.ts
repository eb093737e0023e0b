import { create } from 'webgpu'

/** WebGPU itself. */
export const entry = create([])

/** The same object with some members replaced; its methods still see the original. */
export const replaced = <T extends object>(original: T, members: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(original, {
    get(target, name) {
      if (name in members) return members[name as keyof T]
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

/** WebGPU whose adapter and device have other members. */
export const altered = (device: (device: GPUDevice) => Partial<Record<keyof GPUDevice, unknown>>, adapter = {}): GPU =>
  replaced(entry, {
    requestAdapter: async (options: GPURequestAdapterOptions) => {
      const original = (await entry.requestAdapter(options))!
      const requestDevice = async (wanted: GPUDeviceDescriptor) => {
        const opened = await original.requestDevice(wanted)
        return replaced(opened, device(opened))
      }
      return replaced(original, { requestDevice, ...adapter })
    },
  })
