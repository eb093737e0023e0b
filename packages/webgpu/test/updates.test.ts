import { Lion } from '@opt/lion'
import {
  fusedUpdate,
  type Hyper,
  nonnegative,
  Optimizer,
  type OptimizerOptions,
  type ParameterSet,
  SGD,
  type Slot,
} from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import type { GPUArray } from '../src/index.ts'
import { gpu, onDevice } from './open.ts'
import { distance, normal } from './subjects.ts'

onDevice('updates', () => {
  const read = (array: GPUArray) => gpu.read(array)

  test('Lion: sign(0) = 0, and where c is NaN, x becomes NaN', async () => {
    const x = gpu.array([1, 2, 3, 4, 5])
    const lion = new Lion(x, { backend: gpu, learningRate: 0.25, check: false })
    lion.step(gpu.array([0, -0, 7, NaN, -7]))
    expect(await read(x)).toEqual(Float32Array.of(1, 2, 2.75, NaN, 5.25))
  })

  test('arrays in more workgroups than one dimension has: the last entries too', async () => {
    const n = 65535 * 256 + 700
    const g = Float32Array.from({ length: n }, (_, i) => (i * 7919) % 65521)
    const [x, given] = [gpu.array(n), gpu.array(g)]
    const optimizer = new SGD(x, { backend: gpu, learningRate: 1 })
    optimizer.step(given)
    await optimizer.settled()
    expect((await read(x)).findIndex((v, i) => v !== -g[i])).toBe(-1)
    optimizer.free()
    for (const array of [x, given]) array.free()
  })

  test.each([257, 70000])('the sums of a gradient of %i entries, some far larger than the rest', async (n) => {
    const x = normal(n, 1)
    const device = gpu.array(x)
    const options = { learningRate: 0.01, gamma3: 0.5 }
    const [ours, theirs] = [new StableSPAM(device, { backend: gpu, ...options }), new StableSPAM(x, options)]
    for (let t = 0; t < 4; t++) {
      const g = normal(n, 10 + t).map((v, i) => (i % 97 === t ? 50 * v : v))
      theirs.step(g)
      ours.step(gpu.array(g))
    }
    expect(distance(await read(device), x)).toBeLessThan(1e-5)
    ours.free()
  })

  test('a gradient of zeros stays one', async () => {
    const x = gpu.array(normal(10, 1))
    const optimizer = new StableSPAM(x, { backend: gpu })
    optimizer.step(gpu.array(10))
    await optimizer.settled()
    expect(await read(x)).toEqual(normal(10, 1))
  })
})

interface DoublingHyper extends Hyper {
  careless: 'no' | 'reads' | 'applies'
}

const double = fusedUpdate({
  name: 'double',
  writes: ['gradient'],
  numbers: [],
  plain() {},
  wgsl: 'gradient[i] = 2.0 * gradient[i];',
})
const move = fusedUpdate({
  name: 'move',
  writes: ['parameter'],
  reads: ['gradient'],
  numbers: ['learningRate'],
  plain() {},
  wgsl: 'parameter[i] -= p.learningRate * gradient[i];',
})
const memoryOnly = fusedUpdate({ name: 'memoryOnly', writes: ['parameter'], numbers: [], plain() {} })

/** An optimizer that changes its gradient. */
class Doubling<P extends ParameterSet> extends Optimizer<DoublingHyper, P> {
  constructor(parameters: P, options: OptimizerOptions<DoublingHyper>) {
    const careless = { default: 'no' as const, check: () => {} }
    super(
      {
        name: 'Doubling',
        settings: { learningRate: nonnegative(0.5), careless },
        arrays: () => [],
        bound() {},
        onDevice: {},
      },
      parameters,
      options,
    )
  }

  protected override update(slot: Slot, { learningRate, careless }: DoublingHyper): void {
    if (careless === 'reads') slot.parameter.fill(0)
    if (careless === 'applies') slot.apply(memoryOnly, {})
    slot.apply(double, {})
    slot.apply(double, {})
    slot.apply(move, { learningRate })
  }
}

onDevice("an author's update", () => {
  test('may change its gradient: that of the caller stays', async () => {
    const [x, y] = [gpu.array([1, 2]), gpu.array([3, 4])]
    const g = gpu.array([0.5, 1])
    const optimizer = new Doubling([x, y], { backend: gpu, learningRate: 0.25, check: false })
    optimizer.step([g, g])
    expect([...(await gpu.read(x)), ...(await gpu.read(y))]).toEqual([0.5, 1, 2.5, 3])
    expect(await gpu.read(g)).toEqual(Float32Array.of(0.5, 1))
  })

  test('that reads arrays, or has no form for devices, is told so', () => {
    const step = (careless: DoublingHyper['careless']) => () =>
      new Doubling({ w: gpu.array(2) }, { backend: gpu, careless, check: false }).step({ w: gpu.array(2) })
    expect(step('reads')).toThrow(
      'Doubling.step: parameter.w cannot be read on a device: use slot.apply or slot.perform',
    )
    expect(step('applies')).toThrow('Doubling.step: update.w: memoryOnly has no form for devices')
  })
})
