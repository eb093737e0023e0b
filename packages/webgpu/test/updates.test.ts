import { plainUpdates } from '@opt/core'
import type { GPUArray } from '../src/index.ts'
import { deviceKernels } from '../src/updates/device-kernels.ts'
import { Guarded } from '../src/updates/guarded.ts'
import { updateKernels } from '../src/updates/update-kernels.ts'
import { openDevice } from '../src/webgpu.ts'
import { gpu, onDevice } from './open.ts'
import { distance, normal } from './subjects.ts'

onDevice('updates on arrays of the device', () => {
  const read = (array: GPUArray) => gpu.read(array)

  test('Lion: sign(0) = 0, and where c is NaN, x becomes NaN', async () => {
    const [x, m] = [gpu.array([1, 2, 3, 4, 5]), gpu.array([0, 0, 0, 0, -0])]
    gpu.updates.lion(5, x, m, gpu.array([0, -0, 7, NaN, -7]), 0.25, 0, 0.9, 0.99)
    expect(await read(x)).toEqual(Float32Array.of(1, 2, 2.75, NaN, 5.25))
  })

  test('only the first n entries are touched', async () => {
    const [x, g] = [gpu.array(normal(9, 1)), gpu.array(normal(5, 2))]
    gpu.updates.descend(3, x, g, 0.5, 1, 0)
    const expected = normal(9, 1)
    for (let i = 0; i < 3; i++) expected[i] -= 0.5 * normal(5, 2)[i]
    expect(distance(await read(x), expected)).toBeLessThan(1e-6)
    gpu.updates.descend(0, x, g, 0.5, 1, 0)
    expect((await read(x)).subarray(3)).toEqual(normal(9, 1).subarray(3))
  })

  test.each([
    [1, 1],
    [3, 7],
    [5, 300],
    [40, 2],
  ])('projectRows on %i rows of %i', async (rows, n) => {
    const [x, u] = [normal(rows * n, 1), normal(rows * n, 2)]
    const [dx, du] = [gpu.array(x), gpu.array(u)]
    gpu.updates.projectRows(rows, n, dx, du, 1e-3)
    plainUpdates.projectRows32(rows, n, x, u, 1e-3)
    expect(distance(await read(du), u)).toBeLessThan(1e-5)
    expect(await read(dx)).toEqual(x)
  })

  test('scaleAbove', async () => {
    const [x, dx] = [normal(500, 1), gpu.array(normal(500, 1))]
    gpu.updates.scaleAbove(500, dx, 1.5, 0.25)
    plainUpdates.scaleAbove32(500, x, 1.5, 0.25)
    expect(distance(await read(dx), x)).toBeLessThan(1e-6)
  })

  test('arrays in more workgroups than one dimension has: the last entries too', async () => {
    const n = 65535 * 256 + 700
    const g = Float32Array.from({ length: n }, (_, i) => (i * 7919) % 65521)
    const [x, given] = [gpu.array(n), gpu.array(g)]
    gpu.updates.descend(n, x, given, -1, 0, 0)
    expect((await read(x)).findIndex((v, i) => v !== g[i])).toBe(-1)
    for (const array of [x, given]) array.free()
  })

  test('wrong arrays are refused by name, and the device works on', async () => {
    const [x, m, g] = [5, 4, 5].map((n) => gpu.array(normal(n, 1)))
    const { updates } = gpu
    expect(() => updates.lion(5, x, m, g, 1, 0, 0.9, 0.99)).toThrow(
      'lion: m must be of length 5 at least, got length 4',
    )
    expect(() => updates.descend(6, x, g, 1, 1, 0)).toThrow('descend: x must be of length 6 at least, got length 5')
    expect(() => updates.descend(5, x, x, 1, 1, 0)).toThrow(
      'descend: g must be an array of its own, got the same as descend: x',
    )
    expect(() => updates.descend(-1, x, g, 1, 1, 0)).toThrow('descend: n must be')
    expect(() => updates.projectRows(2, 3, x, g, 1)).toThrow('projectRows: u must be of length 6 at least')
    expect(() => updates.descend(5, x, new Float32Array(5) as never, 1, 1, 0)).toThrow('descend: g must be an array of')
    updates.descend(5, x, g, 0, 2, 0)
    expect(await read(x)).toEqual(normal(5, 1).map((v) => 2 * v))
  })
})

onDevice('updates with a number in the step', () => {
  test('the history of a gradient, n from 1 to more than all threads', async () => {
    const device = await openDevice({})
    const guarded = new Guarded(device, 0)
    const { clipToHistory, normalizeToHistory } = deviceKernels(guarded)
    for (const n of [1, 257, 70000]) {
      const g = normal(n, 3)
      const [there, kept] = [device.array(g), device.array([0.5, 1, 2])]
      const largest = g.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
      clipToHistory(n, there, kept, 0.9, 2)
      const history = 0.9 * 0.5 + 0.1 * largest
      const limit = 2 * history
      const clipped = g.map((v) => (Math.abs(v) > limit && largest > limit ? (v * limit) / largest : v))
      expect(distance(await device.floats(there), clipped)).toBeLessThan(1e-6)
      const square = clipped.reduce((sum, v) => sum + v * v, 0)
      normalizeToHistory(n, there, kept, 0.7, 0.9, 1.5, 3, 1e-3)
      const [a, c] = [0.7 * 1 + 0.3 * Math.sqrt(square), Math.sqrt(0.9 * 4 + 0.1 * square)]
      const factor = (1.5 * a) / (Math.sqrt(3) * c + 1e-3) / Math.sqrt(square)
      expect(
        distance(
          await device.floats(there),
          clipped.map((v) => factor * v),
        ),
      ).toBeLessThan(1e-5)
      const numbers = await device.floats(kept)
      ;[history, a, c].forEach((value, k) => void expect(numbers[k] / value).toBeCloseTo(1, 5))
    }
    device.destroy()
  }, 20000)

  test('a gradient of zeros stays one', async () => {
    const device = await openDevice({})
    const { clipToHistory, normalizeToHistory } = deviceKernels(new Guarded(device, 0))
    const [g, kept] = [device.array(10), device.array(3)]
    clipToHistory(10, g, kept, 0.9, 1)
    normalizeToHistory(10, g, kept, 0.9, 0.9, 1, 1, 0)
    expect(await device.floats(g)).toEqual(new Float32Array(10))
    device.destroy()
  })

  test('what would have to be waited for says so', () => {
    const { largest, nonFinite } = updateKernels({} as never)
    expect(() => largest(1, null as never)).toThrow('largest: on a device its number is not to be had within a step')
    expect(() => nonFinite(1, null as never)).toThrow('nonFinite: on a device')
  })
})
