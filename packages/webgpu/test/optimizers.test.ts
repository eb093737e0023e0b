import { AdaHessian } from '@opt/adahessian'
import { AdamP, SGDP } from '@opt/adamp'
import { DiffGrad } from '@opt/diffgrad'
import { Lion } from '@opt/lion'
import { Adagrad, Adam, AdamW, linearDecay, RMSProp, SGD } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import ndarray from 'ndarray'
import type { GPUArray } from '../src/index.ts'
import { gpu, onDevice } from './open.ts'
import { bytes, distance, type Make, normal, upload } from './subjects.ts'

const STEPS = 60
/**
 * Of a parameter, from the float32 optimizer of the CPU, after STEPS steps: WGSL allows 2.5 units in the last place
 * for a division and a root, and a fused multiply-add where there is a product and a sum. SwiftShader gives the CPU's
 * bits where no sum is taken.
 */
const TOLERANCE = 2e-5

const rate = linearDecay(0.02, 100)
const ELEMENTWISE: Record<string, Make> = {
  SGD: (p, o) => new SGD(p, { learningRate: rate, weightDecay: 0.1, l2: 0.05, ...o }),
  'SGD, momentum': (p, o) => new SGD(p, { learningRate: rate, momentum: 0.9, weightDecay: 0.1, ...o }),
  'SGD, Nesterov': (p, o) =>
    new SGD(p, { learningRate: rate, momentum: 0.9, dampening: 0.3, nesterov: true, l2: 0.05, ...o }),
  Adam: (p, o) => new Adam(p, { learningRate: rate, l2: 0.1, ...o }),
  AdamW: (p, o) => new AdamW(p, { learningRate: rate, weightDecay: 0.1, ...o }),
  AMSGrad: (p, o) => new Adam(p, { learningRate: rate, amsgrad: true, beta2: 0.5, l2: 0.1, weightDecay: 0.1, ...o }),
  RMSProp: (p, o) => new RMSProp(p, { learningRate: rate, l2: 0.1, weightDecay: 0.1, ...o }),
  'RMSProp, centered': (p, o) => new RMSProp(p, { learningRate: rate, centered: true, alpha: 0.9, ...o }),
  'RMSProp, momentum': (p, o) => new RMSProp(p, { learningRate: rate, momentum: 0.5, ...o }),
  'RMSProp, both': (p, o) => new RMSProp(p, { learningRate: rate, centered: true, momentum: 0.5, alpha: 0.9, ...o }),
  Adagrad: (p, o) =>
    new Adagrad(p, { learningRate: rate, initialAccumulator: 0.1, learningRateDecay: 0.01, l2: 0.1, ...o }),
  Lion: (p, o) => new Lion(p, { learningRate: rate, weightDecay: 0.1, ...o }),
  DiffGrad: (p, o) => new DiffGrad(p, { learningRate: rate, l2: 0.1, weightDecay: 0.1, ...o }),
  'AdamP, flat': (p, o) => new AdamP(p, { learningRate: rate, weightDecay: 0.1, ...o }),
  'AdamP, flat, Nesterov': (p, o) => new AdamP(p, { learningRate: rate, weightDecay: 0.1, nesterov: true, ...o }),
  'SGDP, flat': (p, o) => new SGDP(p, { learningRate: rate, momentum: 0.9, weightDecay: 0.01, ...o }),
  AdaHessian: (p, o) => new AdaHessian(p, { learningRate: rate, weightDecay: 0.1, ...o }),
  'AdaHessian, power 1/2': (p, o) => new AdaHessian(p, { learningRate: rate, hessianPower: 0.5, ...o }),
  'AdaHessian, power 0': (p, o) => new AdaHessian(p, { learningRate: rate, hessianPower: 0, ...o }),
  'AdaHessian, blocks of 4': (p, o) => new AdaHessian(p, { learningRate: rate, blockSizes: [4, 1, 1, 1], ...o }),
  StableSPAM: (p, o) =>
    new StableSPAM(p, { learningRate: rate, weightDecay: 0.1, resetEvery: 25, totalSteps: 80, ...o }),
}

/** Follows both for STEPS steps by gradients that may depend on the CPU's parameter; gives parameters and state. */
async function follow(
  make: Make,
  x: Float32Array,
  shape: number[] | undefined,
  gradientAt: (t: number, x: Float32Array) => Float32Array,
) {
  const start = x.slice()
  const given = upload(gpu, x, shape)
  const w = 'data' in given ? (given.data as GPUArray) : given
  const onCPU = make(shape ? ndarray(x, shape) : x)
  const there = make(given, { backend: gpu })
  for (let t = 0; t < STEPS; t++) {
    const [g, h] = [gradientAt(t, x), normal(x.length, 1000 + t)]
    const [deviceG, deviceH] = [gpu.array(g), gpu.array(h)]
    onCPU.step(g, h)
    there.step(deviceG, deviceH)
    for (const array of [deviceG, deviceH]) array.free()
  }
  const [state, expected] = [(await there.stateAsync()).parameters[0], onCPU.state().parameters[0]]
  const y = await gpu.read(w)
  there.free()
  w.free()
  expect(distance(x, start)).toBeGreaterThan(0.002)
  return { x, y, state, expected }
}

onDevice.each(Object.entries(ELEMENTWISE))('%s on the device', (name, make) => {
  test.each([1, 7, 1000])('follows the CPU for 60 steps, n = %i', async (n) => {
    const length = name.includes('blocks') ? 4 * n : n
    const before = gpu.memory.used
    const gradientAt = (t: number) => normal(length, 10 + t).map((v) => (t === 30 ? 50 * v : v))
    const { x, y, state, expected } = await follow(make, normal(length, 1), undefined, gradientAt)
    expect(distance(y, x)).toBeLessThan(TOLERANCE)
    expect(state.steps).toBe(STEPS)
    expect(Object.keys(state.arrays)).toEqual(Object.keys(expected.arrays))
    for (const array of Object.keys(state.arrays))
      expect(distance(bytes(state.arrays[array]), bytes(expected.arrays[array]))).toBeLessThan(TOLERANCE)
    expect(Object.keys(state.numbers)).toEqual(Object.keys(expected.numbers))
    for (const number of Object.keys(state.numbers)) {
      const [ours, theirs] = [state, expected].map(({ numbers }) => new Float64Array(bytes(numbers[number]).buffer)[0])
      expect(Math.abs(ours / theirs - 1)).toBeLessThan(1e-5)
    }
    expect(gpu.memory.used).toBe(before)
  })
})

/** Takes from each of so many rows of g its part along x. */
function straighten(g: Float32Array, x: Float32Array, rows: number): Float32Array {
  const n = g.length / rows
  for (let r = 0; r < rows; r++) {
    let [dot, square] = [0, 0]
    for (let j = r * n; j < (r + 1) * n; j++) {
      dot += g[j] * x[j]
      square += x[j] * x[j]
    }
    for (let j = r * n; j < (r + 1) * n; j++) g[j] -= (dot / square) * x[j]
  }
  return g
}

onDevice('the projection of AdamP and SGDP on the device', () => {
  const shape = [6, 3, 50]
  const makes: [string, Make][] = [
    ['AdamP', (p, o) => new AdamP(p, { learningRate: rate, weightDecay: 0.5, ...o })],
    ['AdamP, Nesterov', (p, o) => new AdamP(p, { learningRate: rate, weightDecay: 0.5, nesterov: true, ...o })],
    ['SGDP', (p, o) => new SGDP(p, { learningRate: rate, momentum: 0.9, weightDecay: 0.05, ...o })],
    ['SGDP, Nesterov', (p, o) => new SGDP(p, { learningRate: rate, momentum: 0.9, nesterov: true, ...o })],
  ]
  /** By turns: at right angles to each row, to the whole only, to nothing. */
  const turns = (t: number, x: Float32Array) => {
    const g = normal(x.length, 10 + t)
    if (t % 3 === 0) return straighten(g, x, 6)
    const leaning = g.map((v, i) => v + (i < 450 ? 0.5 : -0.5) * x[i])
    return t % 3 === 1 ? straighten(leaning, x, 1) : g.map((v, i) => v + 0.5 * x[i])
  }

  test.each(makes)('%s follows the CPU where rows, all, or nothing is found', async (_, make) => {
    const { x, y } = await follow(make, normal(900, 1), shape, turns)
    expect(distance(y, x)).toBeLessThan(TOLERANCE)
  })

  test.each([0, 1])('it tells: the kind of turn %i alone moves elsewhere without projection', async (kind) => {
    const gradientAt = (t: number, x: Float32Array) => turns(3 * t + kind, x)
    const of =
      (delta: number): Make =>
      (p, o) =>
        new AdamP(p, { learningRate: rate, weightDecay: 0.5, delta, ...o })
    const projected = await follow(of(0.1), normal(900, 1), shape, gradientAt)
    const plain = await follow(of(0), normal(900, 1), shape, gradientAt)
    expect(distance(projected.y, projected.x)).toBeLessThan(TOLERANCE)
    expect(distance(plain.y, plain.x)).toBeLessThan(TOLERANCE)
    expect(distance(projected.y, plain.y)).toBeGreaterThan(1e-2)
  })

  test('rows of one entry and one row of many', async () => {
    for (const [extents, length] of [
      [[20, 1], 20],
      [[1, 700], 700],
    ] as const) {
      const { x, y } = await follow(makes[0][1], normal(length, 1), [...extents], (t, at) => turns(3 * t, at))
      expect(distance(y, x)).toBeLessThan(TOLERANCE)
    }
  })
})

onDevice('matrices', () => {
  test('AdaHessian averages over rows', async () => {
    const make: Make = (p, o) => new AdaHessian(p, { learningRate: rate, ...o })
    const { x, y } = await follow(make, normal(900, 1), [3, 300], (t) => normal(900, 10 + t))
    const flat = await follow(make, normal(900, 1), undefined, (t) => normal(900, 10 + t))
    expect(distance(y, x)).toBeLessThan(TOLERANCE)
    expect(distance(y, flat.y)).toBeGreaterThan(1e-2)
  })
})
