import { AdaHessian } from '@opt/adahessian'
import { AdamP } from '@opt/adamp'
import { Lion, LionK } from '@opt/lion'
import { AdamW, type DeviceTensor, linearDecay, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import ndarray from 'ndarray'
import type { GPUArray } from '../src/index.ts'
import { gpu, onDevice } from './open.ts'
import { bytes, distance, type Make, normal } from './subjects.ts'

const adamW: Make = (p, o) => new AdamW(p, { learningRate: linearDecay(0.05, 40), weightDecay: 0.1, ...o })
const lion: Make = (p, o) => new Lion(p, { learningRate: 0.01, ...o })
const stable: Make = (p, o) => new StableSPAM(p, { learningRate: 0.01, resetEvery: 5, ...o })
const hessian: Make = (p, o) => new AdaHessian(p, { learningRate: 0.01, seed: 3, ...o })

/** A matrix and a vector, here and there. */
function twins() {
  const [w, b] = [normal(20, 1), normal(7, 2)]
  const memory = { w: ndarray(w, [4, 5]), b }
  const device = { w: { data: gpu.array(w), shape: [4, 5] }, b: gpu.array(b) }
  return { memory, device, read: async () => [await gpu.read(device.w.data), await gpu.read(device.b)] }
}

const gradients = (t: number) => ({ w: normal(20, 10 + t), b: normal(7, 100 + t) })
const uploaded = ({ w, b }: { w: Float32Array | null; b: Float32Array | null }) => ({
  w: w && gpu.array(w),
  b: b && gpu.array(b),
})

onDevice('parameters on a device', () => {
  test('records, shapes, groups, schedules and missing gradients work as in memory', async () => {
    const { memory, device, read } = twins()
    const groups = [{ parameters: ['b'], weightDecay: 0, learningRate: (t: number) => 0.01 * (1 + t) }]
    const [ours, theirs] = [adamW(device, { backend: gpu, groups }), adamW(memory, { groups })]
    for (let t = 0; t < 12; t++) {
      const g = gradients(t)
      const some = { w: t % 4 === 1 ? null : g.w, b: t % 3 === 2 ? null : g.b }
      theirs.step(some)
      ours.step(uploaded(some))
    }
    const [w, b] = await read()
    expect(distance(w, memory.w.data)).toBeLessThan(1e-5)
    expect(distance(b, memory.b)).toBeLessThan(1e-5)
    const counts = (await ours.stateAsync()).parameters.map(({ name, steps }) => [name, steps])
    expect(counts).toEqual([
      ['w', 9],
      ['b', 8],
    ])
    expect(ours.steps).toBe(12)
  })

  test('lists, and one array', async () => {
    const [x, y] = [normal(5, 1), normal(6, 2)]
    const [dx, dy] = [gpu.array(x), gpu.array(y)]
    const [ours, theirs] = [lion([dx, dy], { backend: gpu }), lion([x, y])]
    theirs.step([x.map((v) => 2 * v), null])
    ours.step([gpu.array(normal(5, 1).map((v) => 2 * v)), null])
    expect(distance(await gpu.read(dx), x)).toBeLessThan(1e-6)
    expect(await gpu.read(dy)).toEqual(y)
  })

  test('gradients are not touched, whatever the update does with its copy', async () => {
    const makes: Make[] = [(p, o) => new AdamP(p, o), stable, hessian]
    for (const make of makes) {
      const { device } = twins()
      const optimizer = make(device, { backend: gpu })
      const g = gradients(1)
      const [there, products] = [uploaded(g), uploaded(g)]
      optimizer.step(there, products)
      for (const set of [there, products]) {
        expect(await gpu.read(set.w!)).toEqual(g.w)
        expect(await gpu.read(set.b!)).toEqual(g.b)
      }
    }
  })

  test('a parameter may be a gradient, as it was before the step', async () => {
    const [x, y] = [normal(300, 1), normal(300, 2)]
    const [dx, dy] = [gpu.array(x), gpu.array(y)]
    const make: Make = (p, o) => new SGD(p, { learningRate: 0.1, ...o })
    const [ours, theirs] = [make([dx, dy], { backend: gpu }), make([x, y])]
    for (let t = 0; t < 3; t++) {
      theirs.step([x, x])
      ours.step([dx, dx])
    }
    expect(distance(await gpu.read(dx), x)).toBeLessThan(1e-6)
    expect(distance(await gpu.read(dy), y)).toBeLessThan(1e-6)
  })

  test('optimizer.gradients are arrays there, in the structure of the parameters', async () => {
    const { device } = twins()
    const optimizer = new Lion(device, { backend: gpu, learningRate: 0.5 })
    const { w, b } = optimizer.gradients
    expect((w as DeviceTensor).shape).toEqual([4, 5])
    expect(b.length).toBe(7)
    expect(optimizer.parameters).toBe(device)
    gpu.write(b as GPUArray, normal(7, 1))
    optimizer.step({ w: null, b })
    const moved = (await gpu.read(device.b)).map((v, i) => v - normal(7, 2)[i])
    moved.forEach((v, i) => void expect(v).toBeCloseTo(-0.5 * Math.sign(normal(7, 1)[i]), 5))
  })

  test('free gives back all but the parameters', () => {
    for (const make of [adamW, stable, hessian]) {
      const { device } = twins()
      const before = gpu.memory.used
      const [g, h] = [gradients(1), gradients(2)].map(uploaded)
      const optimizer = make(device, { backend: gpu })
      optimizer.step(g, h)
      for (const set of [g, h]) for (const array of Object.values(set)) array!.free()
      expect(gpu.memory.used).toBeGreaterThan(before)
      optimizer.free()
      expect(gpu.memory.used).toBe(before)
    }
  })

  test('AdaHessian draws the z that it draws in memory', async () => {
    const { memory, device } = twins()
    const [ours, theirs] = [new AdaHessian(device, { backend: gpu, seed: 3 }), new AdaHessian(memory, { seed: 3 })]
    const products = uploaded(gradients(5))
    let z: typeof device | undefined
    ours.step(uploaded(gradients(1)), (given) => {
      z = given as typeof device
      return products
    })
    const expected = theirs.rademacher()
    expect(await gpu.read(z!.b)).toEqual(expected.b)
    expect(await gpu.read(z!.w.data)).toEqual(expected.w.data)
    expect(z!.w.shape).toEqual([4, 5])
  })
})

/** A saved number, rounded to float32. */
function rounded(base64: string): string {
  const [value] = new Float64Array(bytes(base64).buffer)
  return btoa(String.fromCharCode(...new Uint8Array(Float64Array.of(Math.fround(value)).buffer)))
}

onDevice('state', () => {
  test.each([
    ['AdamW', adamW],
    ['StableSPAM', stable],
    ['AdaHessian', hessian],
  ] as [string, Make][])('%s goes on from JSON to the same bits', async (_, make) => {
    const [one, two] = [twins(), twins()]
    const [first, second] = [make(one.device, { backend: gpu }), make(two.device, { backend: gpu })]
    const [g, h] = [0, 1].map((k) => Array.from({ length: 13 }, (_, t) => uploaded(gradients(2 * t + k))))
    for (let t = 0; t < 7; t++) first.step(g[t], h[t])
    second.step(g[12], h[12])
    const saved = JSON.stringify(await first.stateAsync())
    const [w, b] = await one.read()
    second.load(JSON.parse(saved))
    expect(second.steps).toBe(7)
    expect(JSON.stringify(await second.stateAsync())).toBe(saved)
    gpu.write(two.device.w.data, w)
    gpu.write(two.device.b, b)
    for (let t = 7; t < 13; t++) for (const optimizer of [first, second]) optimizer.step(g[t], h[t])
    expect(await two.read()).toEqual(await one.read())
    expect(JSON.stringify(await second.stateAsync())).toBe(JSON.stringify(await first.stateAsync()))
  })

  test.each([
    ['AdamW', adamW],
    ['StableSPAM', stable],
    ['AdaHessian', hessian],
  ] as [string, Make][])('%s: it goes from memory to the device and back to the bit', async (_, make) => {
    const { memory, device } = twins()
    const [here, there] = [make(memory), make(device, { backend: gpu })]
    for (let t = 0; t < 4; t++) here.step(gradients(t), gradients(t + 1))
    const saved = here.state()
    // Numbers are float64 in memory and float32 there.
    for (const { numbers } of saved.parameters)
      for (const name of Object.keys(numbers)) numbers[name] = rounded(numbers[name])
    there.load(saved)
    expect(await there.stateAsync()).toEqual(saved)
    here.load(await there.stateAsync())
    expect(here.state()).toEqual(saved)
    expect(await here.stateAsync()).toEqual(saved)
  })

  test('it is that of the call, not of later steps; numbers come back', async () => {
    const { device } = twins()
    const optimizer = stable(device, { backend: gpu })
    optimizer.step(uploaded(gradients(1)))
    const alone = await optimizer.stateAsync()
    const [early] = await Promise.all([optimizer.stateAsync(), optimizer.step(uploaded(gradients(2)))])
    expect(early).toEqual(alone)
    expect(await optimizer.stateAsync()).not.toEqual(alone)
    const { numbers } = alone.parameters[0]
    expect(Object.keys(numbers)).toEqual(['largest', 'norm', 'rootSquare', 'sinceReset'])
    expect(new Set(Object.values(numbers)).size).toBe(4)
  })

  test('a wrong one is refused and changes nothing; the sync twin says what to call', async () => {
    const { device } = twins()
    const optimizer = lion(device, { backend: gpu })
    optimizer.step(uploaded(gradients(1)))
    expect(() => optimizer.state()).toThrow('Lion.state: on a device the state is read by await stateAsync()')
    const good = await optimizer.stateAsync()
    const bad = structuredClone(good)
    bad.parameters[1].arrays.momentum = 'AAAA'
    expect(() => optimizer.load(bad)).toThrow('Lion.load: state.b.momentum must be base64 of 28 bytes, got 3 bytes')
    bad.parameters[1].dtype = 'float64'
    expect(() => optimizer.load(bad)).toThrow('Lion.load: state.b.dtype must be float32, got "float64"')
    expect(await optimizer.stateAsync()).toEqual(good)
  })
})

onDevice('what cannot be', () => {
  const refuses = (make: () => unknown, words: string | RegExp) => expect(make).toThrow(words)
  const there = () => gpu.array([1, 2, 3])

  test('parameters', () => {
    const name = gpu.name.replace(/[()]/g, '.')
    const wanted = `Lion: parameters must be an array of ${name}, or { data, shape } with one, got`
    refuses(() => lion(Float32Array.of(1), { backend: gpu }), `${wanted} Float32Array`)
    const freed = there()
    freed.free()
    refuses(() => lion(freed, { backend: gpu }), wanted)
    refuses(
      () => lion({ a: there(), b: [1] }, { backend: gpu }),
      /parameters\.b must be an array of .*, got an array of/,
    )
    refuses(() => lion({ data: there(), shape: [2, 2] }, { backend: gpu }), 'parameters.shape must be one of 3 entries')
    refuses(() => lion([], { backend: gpu }), 'parameters must be nonempty, got an empty list')
    refuses(() => lion(gpu.array(0), { backend: gpu }), 'Lion: parameters must be nonempty, got shape [0]')
    const x = there()
    refuses(() => lion([x, { data: x, shape: [3] }], { backend: gpu }), /a parameter of its own, got the same array as/)
    refuses(
      () => lion(x),
      'Lion: parameters must be a Float32Array, a Float64Array or an ndarray of one, got an object',
    )
  })

  test('options', () => {
    refuses(() => lion(there(), { backend: 'gpu' }), 'Lion: backend must be a device, got "gpu"')
    refuses(() => lion(there(), { backend: null }), 'Lion: backend must be a device, got null')
    refuses(() => lion(there(), { backend: gpu, resident: true }), 'Lion: backend must be left out with resident')
    refuses(() => new LionK(there(), { backend: gpu }), 'LionK: backend must be left out (it works in memory only)')
  })

  test('gradients: refused before anything changes', async () => {
    const { device, read } = twins()
    const optimizer = lion(device, { backend: gpu })
    const before = [await read(), await optimizer.stateAsync()]
    const [w, b] = [gpu.array(20), gpu.array(7)]
    refuses(
      () => optimizer.step({ w, b: new Float32Array(7) }),
      /step: gradients\.b must be an array of .*null for none, got F/,
    )
    refuses(() => optimizer.step({ w, b: gpu.array(6) }), 'Lion.step: gradients.b must be of length 7, got length 6')
    const turned = { data: w, shape: [5, 4] }
    refuses(() => optimizer.step({ w: turned, b }), 'Lion.step: gradients.w must be of shape [4,5], got shape [5,4]')
    refuses(() => optimizer.step({ w }), /step: gradients\.b must be an array of .*, got undefined/)
    refuses(() => optimizer.step({ w, b, c: b }), 'Lion.step: gradients.c must be that of a parameter')
    b.free()
    refuses(() => optimizer.step({ w, b }), /step: gradients\.b must be an array of/)
    expect([await read(), await optimizer.stateAsync()]).toEqual(before)
    expect(optimizer.steps).toBe(0)
  })
})
