import { sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'
import { webgpu } from '../src/index.ts'
import { altered, entry, replaced } from './altered.ts'
import { gpu, onDevice } from './open.ts'

const C = Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (_, j) => Math.abs(i - j) / 40))
const even = new Float64Array(40).fill(1 / 40)
const options = { epsilon: 0.1, tolerance: 1e-5, maxIterations: 500 }

describe('without a GPU', () => {
  test('says that there is no adapter', async () => {
    const none = replaced(entry, { requestAdapter: async () => null })
    await expect(webgpu({ gpu: none })).rejects.toThrow(
      'webgpu: WebGPU is here, but no adapter (no GPU, no driver, or it is switched off)',
    )
  })
})

onDevice('a device', () => {
  test('has a name and keeps numbers', async () => {
    expect(gpu.name).toMatch(/\w/)
    const array = gpu.array([1, 2.5, -3])
    expect([...(await gpu.read(array))]).toEqual([1, 2.5, -3])
    array.free()
    array.free()
    await expect(gpu.read(array)).rejects.toThrow(
      /^webgpu\.read: array must be .* that has not been freed, got another one$/,
    )
  })

  test('lets others write into its arrays', async () => {
    const array = gpu.array([1, 2, 3])
    gpu.write(array, [7], 2)
    const { device } = gpu
    device.queue.writeBuffer(array.buffer, 4, Float32Array.of(5))
    expect([...(await gpu.read(array))]).toEqual([1, 5, 7])
    expect(() => gpu.write(array, [1, 2], 2)).toThrow('webgpu: values must be at most 1 from place 2, got 2')
    array.free()
  })

  test('takes what was freed again, all zeros', async () => {
    const first = gpu.array(new Float32Array(1000).fill(7))
    const { used } = gpu.memory
    first.free()
    const second = gpu.array(990)
    expect(gpu.memory.used).toBe(used)
    expect((await gpu.read(second)).every((v) => v === 0)).toBe(true)
    second.free()
  })

  test('refuses lengths that are none', () => {
    expect(() => gpu.array(-1)).toThrow('webgpu: length of an array must be a nonnegative integer, got -1')
    expect(() => gpu.array(1.5)).toThrow(RangeError)
  })

  test('refuses an array larger than its buffers may be, and a solve then gives back what it had', async () => {
    const small = await webgpu({
      gpu: altered(({ limits }) => ({ limits: replaced(limits, { maxBufferSize: 4096 }) })),
    })
    const { used } = small.memory
    await expect(sinkhorn.async(C, even, even, { ...options, backend: small })).rejects.toThrow(
      'webgpu: array must be of at most 1024 numbers (4096 bytes) on this device, got one of 1600 numbers',
    )
    expect(small.memory.used).toBe(used)
    small.close()
  })

  test('says that it is out of memory', async () => {
    // As a real device does it: the buffer seems to be there, and the error scope says later that it is not.
    let pushed = false
    const full = await webgpu({
      gpu: altered((device) => ({
        createBuffer(descriptor: GPUBufferDescriptor) {
          pushed = descriptor.size > 6000
          return device.createBuffer(descriptor)
        },
        pushErrorScope: () => {},
        popErrorScope: async () => (pushed ? { message: 'out of memory' } : null),
      })),
    })
    await expect(sinkhorn.async(C, even, even, { ...options, backend: full })).rejects.toThrow(
      /^webgpu: out of memory: \d+ bytes beside the \d+ in use could not be allocated/,
    )
    expect(full.usable).toBe(false)
    full.close()
  })

  test('says that it is lost', async () => {
    let lose = (_: { message: string; reason: string }) => {}
    const lost = new Promise((resolve) => (lose = resolve))
    const fragile = await webgpu({ gpu: altered(() => ({ lost })) })
    const onProgress = () => lose({ message: 'the driver was reset', reason: 'unknown' })
    const solve = sinkhorn.async(C, even, even, { ...options, tolerance: 0, onProgress, backend: fragile })
    await expect(solve).rejects.toThrow('webgpu: the device is lost: the driver was reset')
    expect(() => fragile.array(3)).toThrow('the device is lost')
    fragile.close()
  })

  test('comes to the same without subgroups', async () => {
    const plain = await webgpu({ gpu: altered(() => ({ features: new Set() }), { features: new Set() }) })
    const backends = [gpu, plain]
    const [one, other] = [
      await sinkhornNewton.async(C, even, even, { ...options, backend: backends[0]! }),
      await sinkhornNewton.async(C, even, even, { ...options, backend: backends[1]! }),
    ]
    expect(other.status).toBe('converged')
    expect(Math.abs(one.value - other.value)).toBeLessThan(1e-6)
    plain.close()
  })

  test('comes to the same where workgroups need a second dimension, some with nothing to do', async () => {
    const narrow = await webgpu({
      gpu: altered(({ limits }) => ({ limits: replaced(limits, { maxComputeWorkgroupsPerDimension: 7 }) })),
    })
    const odd = C.slice(0, 37)
    const mass = new Float64Array(37).fill(1 / 37)
    const solve = async (backend: typeof narrow) => {
      const { f, g, status } = await sinkhornNewton.async(odd, mass, even, { ...options, epsilon: 0.02, backend })
      return [status, ...f, ...g]
    }
    expect(await solve(narrow)).toEqual(await solve(gpu))
    narrow.close()
  })

  test('gives the same bits twice', async () => {
    const solve = async () => (await sinkhornNewton.async(C, even, even, { ...options, epsilon: 0.02, backend: gpu })).f
    expect([...(await solve())]).toEqual([...(await solve())])
  })
})
