import { AdaHessian } from '@opt/adahessian'
import { Adam, AdamW, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import ndarray from 'ndarray'
import { gpu, onDevice } from './open.ts'
import { distance, type Make, normal } from './subjects.ts'

const adamW: Make = (p, o) => new AdamW(p, { learningRate: 0.05, ...o })
const MAKES: [string, Make][] = [
  ['AdamW', adamW],
  ['StableSPAM', (p, o) => new StableSPAM(p, { learningRate: 0.01, resetEvery: 5, ...o })],
]

function twins() {
  const [w, b] = [normal(20, 1), normal(7, 2)]
  const device = { w: { data: gpu.array(w), shape: [4, 5] }, b: gpu.array(b) }
  const read = async () => [await gpu.read(device.w.data), await gpu.read(device.b)]
  return { memory: { w: ndarray(w, [4, 5]), b }, device, read }
}

/** Gradients of a step, with something in the place of one entry. */
function gradients(t: number, spoiled?: ['w' | 'b', number, number]) {
  const g = { w: normal(20, 10 + t), b: normal(7, 100 + t) }
  if (spoiled) g[spoiled[0]][spoiled[1]] = spoiled[2]
  return g
}
const upload = ({ w, b }: { w: Float32Array | null; b: Float32Array | null }) => ({
  w: w && gpu.array(w),
  b: b && gpu.array(b),
})

onDevice('gradients that are not finite', () => {
  test.each(MAKES)('%s: the step and all later ones change nothing, and then it goes on', async (name, make) => {
    const { memory, device, read } = twins()
    const [ours, theirs] = [make(device, { backend: gpu }), make(memory)]
    for (let t = 0; t < 3; t++) {
      theirs.step(gradients(t))
      ours.step(upload(gradients(t)))
    }
    const before = [await read(), await ours.stateAsync()]
    ours.step(upload(gradients(3, ['w', 13, NaN])))
    for (let t = 4; t < 8; t++) ours.step(upload({ ...gradients(t), b: t === 5 ? null : gradients(t).b }))
    expect(ours.steps).toBe(8)
    await expect(ours.settled()).rejects.toThrow(
      new RangeError(
        `${name}.step: gradients.w[2][3] must be a finite number, and not too large for float32, got another at step 3; nothing has changed since`,
      ),
    )
    expect(ours.steps).toBe(3)
    expect([await read(), await ours.stateAsync()]).toEqual(before)
    for (let t = 8; t < 12; t++) {
      theirs.step(gradients(t))
      ours.step(upload(gradients(t)))
    }
    const [w, b] = await read()
    expect(distance(w, memory.w.data)).toBeLessThan(1e-5)
    expect(distance(b, memory.b)).toBeLessThan(1e-5)
    const { steps, parameters } = theirs.state()
    const saved = await ours.stateAsync()
    expect([saved.steps, saved.parameters.map((one) => one.steps)]).toEqual([steps, parameters.map((one) => one.steps)])
  })

  test.each([NaN, Infinity, -Infinity])('%p is found, in the first array, at its first place', async (bad) => {
    const { device } = twins()
    const optimizer = adamW(device, { backend: gpu })
    const g = gradients(0, ['b', 6, bad])
    g.b[4] = bad
    optimizer.step(upload(g))
    optimizer.step(upload(gradients(1, ['w', 0, bad])))
    await expect(optimizer.settled()).rejects.toThrow('AdamW.step: gradients.b[4] must be a finite number')
    optimizer.step(upload(gradients(0, ['w', 19, bad])))
    optimizer.step(upload(gradients(1, ['b', 0, bad])))
    await expect(optimizer.stateAsync()).rejects.toThrow('gradients.w[3][4] must be a finite number')
    expect(optimizer.steps).toBe(0)
    await optimizer.settled()
  })

  test('whoever waits hears of it; counts go back once', async () => {
    const { device } = twins()
    const optimizer = adamW(device, { backend: gpu })
    optimizer.step(upload(gradients(0)))
    optimizer.step(upload(gradients(1, ['w', 0, NaN])))
    const waiting = [optimizer.settled(), optimizer.stateAsync()].map((one) => expect(one).rejects.toThrow('at step 1'))
    await Promise.all(waiting)
    optimizer.step(upload(gradients(2)))
    expect((await optimizer.stateAsync()).parameters.map(({ steps }) => steps)).toEqual([2, 2])
  })

  test('steps without a gradient are counted right over several rounds', async () => {
    const { device } = twins()
    const optimizer = adamW(device, { backend: gpu })
    const counts = async () => (await optimizer.stateAsync()).parameters.map(({ steps }) => steps)
    for (let t = 0; t < 4; t++) optimizer.step(upload({ ...gradients(t), b: t % 2 ? null : gradients(t).b }))
    expect(await counts()).toEqual([4, 2])
    optimizer.step(upload({ ...gradients(4), b: null }))
    optimizer.step(upload(gradients(5, ['w', 1, Infinity])))
    optimizer.step(upload({ ...gradients(6), b: null }))
    optimizer.step(upload({ ...gradients(7), w: null }))
    await expect(optimizer.settled()).rejects.toThrow('at step 5')
    expect(await counts()).toEqual([5, 2])
  })

  test('a state that is loaded makes it forgotten', async () => {
    const { device, read } = twins()
    const optimizer = adamW(device, { backend: gpu })
    const saved = await optimizer.stateAsync()
    optimizer.step(upload(gradients(0, ['w', 0, NaN])))
    optimizer.load(saved)
    optimizer.step(upload(gradients(1)))
    await optimizer.settled()
    expect(optimizer.steps).toBe(1)
    expect((await read())[1]).not.toEqual(normal(7, 2))
  })

  test('without a check they go through', async () => {
    const { device, read } = twins()
    const optimizer = adamW(device, { backend: gpu, check: false })
    optimizer.step(upload(gradients(0, ['w', 3, NaN])))
    await optimizer.settled()
    expect((await read())[0].findIndex((v) => Number.isNaN(v))).toBe(3)
  })

  test('products of AdaHessian are searched too', async () => {
    const { device, read } = twins()
    const optimizer = new AdaHessian(device, { backend: gpu, seed: 1 })
    const before = await read()
    optimizer.step(upload(gradients(0)), () => upload(gradients(1, ['b', 2, -Infinity])))
    await expect(optimizer.settled()).rejects.toThrow('AdaHessian.step: products.b[2] must be a finite number')
    expect(await read()).toEqual(before)
    expect(() => optimizer.step(upload(gradients(0)), { w: null, b: null } as never)).toThrow(
      'AdaHessian.step: products.w must be given where there is a gradient, got null',
    )
  })

  test.each(MAKES)(
    '%s: what is too large for float32 is refused as what is not finite, at its place',
    async (name, make) => {
      const { device, read } = twins()
      const optimizer = make(device, { backend: gpu })
      optimizer.step(upload(gradients(0)))
      const before = [await read(), await optimizer.stateAsync()]
      optimizer.step(upload(gradients(1, ['w', 7, -3e38])))
      optimizer.step(upload(gradients(2)))
      await expect(optimizer.settled()).rejects.toThrow(
        `${name}.step: gradients.w[1][2] must be a finite number, and not too large`,
      )
      expect([await read(), await optimizer.stateAsync()]).toEqual(before)
    },
  )

  test('StableSPAM survives a spike of 1e28, AdamW refuses it', async () => {
    for (const [name, make] of MAKES) {
      const { device, memory, read } = twins()
      const [ours, theirs] = [make(device, { backend: gpu }), make(memory)]
      for (let t = 0; t < 6; t++) {
        const g = gradients(t, t === 3 ? ['b', 2, 1e28] : undefined)
        ours.step(upload(g))
        if (name === 'StableSPAM') theirs.step(g)
      }
      if (name === 'AdamW') await expect(ours.settled()).rejects.toThrow('AdamW.step: gradients.b[2] must be')
      else {
        await ours.settled()
        const [w, b] = await read()
        expect(distance(w, memory.w.data)).toBeLessThan(1e-4)
        expect(distance(b, memory.b)).toBeLessThan(1e-4)
      }
    }
  })

  test('parameters that are not finite, or far too large, are found at the first step', async () => {
    for (const bad of [NaN, Infinity, 1e30]) {
      const x = gpu.array(Float32Array.of(1, bad, 2))
      const optimizer = adamW(x, { backend: gpu })
      optimizer.step(gpu.array(normal(3, 1)))
      await expect(optimizer.settled()).rejects.toThrow('AdamW.step: parameters[1] must be a finite number')
      expect(optimizer.steps).toBe(0)
      optimizer.step(gpu.array(normal(3, 1)))
      await expect(optimizer.settled()).rejects.toThrow('AdamW.step: parameters[1] must be a finite number')
    }
  })

  test('options by which a step may leave the range are refused at once; the weights of a runaway when they grow too large', async () => {
    for (const options of [{ learningRate: 1e37 }, { epsilon: 1e-40 }, { weightDecay: 1e39 }]) {
      const { device, read } = twins()
      const optimizer = new AdamW(device, { backend: gpu, ...options })
      const before = await read()
      expect(() => optimizer.step(upload(gradients(0)))).toThrow(
        /^AdamW.step: options must be such that no step can leave/,
      )
      expect(await read()).toEqual(before)
      expect(optimizer.steps).toBe(0)
    }
    const x = gpu.array(Float32Array.of(1, -1))
    const optimizer = new SGD(x, { backend: gpu, learningRate: 3 })
    let message = ''
    for (let t = 0; t < 400 && message === ''; t++) {
      optimizer.step(gpu.array((await gpu.read(x)).map((v) => 1e3 * v)))
      await optimizer.settled().catch((error) => {
        message = error.message
      })
    }
    expect(message).toMatch(
      /^SGD.step: (gradients|parameters)\[0\] must be a finite number, and not too large for float32/,
    )
    expect((await gpu.read(x)).every(Number.isFinite)).toBe(true)
  })

  test('a state loaded in Stable-SPAM and AdamW with a penalty goes on', async () => {
    const { device } = twins()
    for (const make of [MAKES[1][1], ((p, o) => new Adam(p, { l2: 0.01, ...o })) as Make]) {
      const optimizer = make(device, { backend: gpu })
      for (let t = 0; t < 3; t++) optimizer.step(upload(gradients(t)))
      const saved = await optimizer.stateAsync()
      optimizer.load(saved)
      for (let t = 3; t < 9; t++) optimizer.step(upload(gradients(t)))
      await optimizer.settled()
      expect(optimizer.steps).toBe(9)
    }
  })
})
