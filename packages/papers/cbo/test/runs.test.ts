import { random } from '@opt/core'
import { inProcess, task } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { type CboOptions, type CboState, cbo, consensusHopping, type HoppingState, objectives } from '../src/index.ts'
import { dear } from './fixtures/dear.mjs'

const { rastrigin } = objectives
const f = rastrigin().value
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value))

const variants: [name: string, options: CboOptions][] = [
  ['all particles', {}],
  ['isotropic', { noise: 'isotropic', sigma: 2 }],
  ['batches, full', { batchSize: 7, particles: 20 }],
  ['batches, partial', { batchSize: 7, particles: 20, update: 'partial' }],
  ['idle kick', { batchSize: 5, particles: 20, kickBelow: 10 }],
  ['reduction', { batchSize: 5, particles: 50, reduction: { every: 4 }, sigma: 1, dt: 0.1 }],
  ['gradient drift', { gradient: rastrigin().gradient, gradientStrength: 0.1 }],
  ['effective sample size', { alpha: { effectiveSampleSize: 0.3 } }],
  ['schedules', { sigma: (k) => 7 / (1 + k), alpha: (k) => 10 + k }],
]
const BOUNDS = { mean: 2, dimension: 3, lower: -4, upper: [4, 5, Infinity] }
const LIMITS = { tolerance: 0, random: 5 }

describe('a run goes on from its saved cloud to the same bits', () => {
  test.each(variants)('%s', (_, options) => {
    const whole = cbo(f, BOUNDS, { ...options, ...LIMITS, maxIterations: 30 })
    for (const cut of [1, 4, 13, 29]) {
      const first = cbo(f, BOUNDS, { ...options, ...LIMITS, maxIterations: cut })
      const saved = json(first.state)
      const rest = cbo(f, saved, { ...options, ...LIMITS, maxIterations: 30 - cut })
      expect(rest.state).toEqual(whole.state)
      expect([...rest.consensus, ...rest.x]).toEqual([...whole.consensus, ...whole.x])
      const reports = [...first.history, ...rest.history].map(({ iteration, ...report }) => report)
      expect(reports).toEqual(whole.history.map(({ iteration, ...report }) => report))
      expect(saved).toEqual(first.state)
    }
  })

  test('hops', () => {
    const options = { random: 3, tolerance: 0, particles: 30, width: (k: number) => 1 / (k + 1) }
    const whole = consensusHopping(f, [3, 2], { ...options, maxIterations: 12 })
    const first = consensusHopping(f, [3, 2], { ...options, maxIterations: 5 })
    const rest = consensusHopping(f, json(first.state), { ...options, maxIterations: 7 })
    expect(rest.state).toEqual(whole.state)
    expect([...rest.consensus]).toEqual([...whole.consensus])
  })
})

test('onState gives each state: a killed run goes on from any of them', () => {
  const states: CboState[] = []
  const options = { ...LIMITS, batchSize: 7, onState: (state: CboState) => states.push(state) }
  const whole = cbo(f, BOUNDS, { ...options, maxIterations: 9 })
  expect(states).toHaveLength(9)
  expect(states[8]).toEqual(whole.state)
  expect(cbo(f, json(states[3]), { ...LIMITS, batchSize: 7, maxIterations: 5 }).state).toEqual(whole.state)
})

test('a damaged state is refused by name', () => {
  const { state } = cbo(f, BOUNDS, { ...LIMITS, maxIterations: 3, batchSize: 7 })
  const damage: [part: Partial<Record<keyof CboState, unknown>>, text: string][] = [
    [{ step: -1 }, 'start.step must be'],
    [{ particles: 1.5 }, 'start.particles must be'],
    [{ particles: 99 }, 'start.positions must be base64 of 2376 bytes'],
    [{ positions: btoa(String.fromCharCode(...new Uint8Array(new Float64Array(300).fill(NaN).buffer))) }, 'finite'],
    [{ lower: 'x' }, 'start.lower must be base64 of 24 bytes'],
    [{ values: btoa('abc') }, 'start.values must be base64 of 56 bytes'],
    [{ order: [1, 1] }, 'start.order must be of length 100'],
    [{ place: 100 }, 'start.place must be within the order'],
    [{ best: 7 }, 'start.best must be'],
    [{ random: { generator: [0, 0, 0, 0], spare: null } }, 'Random: state must be'],
    [{ evaluations: '3' }, 'start.evaluations must be'],
  ]
  for (const [part, text] of damage)
    expect(() => cbo(f, { ...state, ...part } as CboState, { ...LIMITS, batchSize: 7 })).toThrow(text)
  const hops = consensusHopping(f, [1, 2], { maxIterations: 2 }).state
  const broken: [part: Partial<Record<keyof HoppingState, unknown>>, text: string][] = [
    [{ hop: -1 }, 'x0.hop must be'],
    [{ dimension: 3 }, 'x0.numbers must be base64 of 56 bytes'],
  ]
  for (const [part, text] of broken)
    expect(() => consensusHopping(f, { ...hops, ...part } as HoppingState)).toThrow(text)
})

describe('the same bits, however and wherever f is evaluated', () => {
  const start = { mean: 2, deviation: 2, dimension: 4 }
  const options = { maxIterations: 12, particles: 30, tolerance: 0, random: 9 }
  const reference = cbo(dear, start, options)
  const expectSame = (other: typeof reference) => {
    expect(other.state).toEqual(reference.state)
    expect([...other.x, other.value]).toEqual([...reference.x, reference.value])
    expect(other.history).toEqual(reference.history)
  }

  test('at once, as a batch, or by promises that settle in any order', async () => {
    expectSame(cbo({ batch: (points) => points.map(dear) }, start, options))
    expectSame(await cbo.async(dear, start, options))
    expectSame(await cbo.async(async (x) => dear(x), start, options))
    let open = 0
    let most = 0
    const rng = random(1)
    const later = (x: Float64Array) => {
      most = Math.max(most, ++open)
      return new Promise<number>((resolve) => {
        setTimeout(
          () => {
            open--
            resolve(dear(x))
          },
          rng.integer(0, 4),
        )
      })
    }
    expectSame(await cbo.async(later, start, options))
    expect(most).toBe(30)
  })

  test('in process, on 1 and on 3 threads', async () => {
    const score = task<typeof dear>(new URL('./fixtures/dear.mjs', import.meta.url), 'dear')
    for (const executor of [inProcess(), workerThreads({ workers: 1 }), workerThreads({ workers: 3 })]) {
      const batch = (points: Float64Array[], _: number, signal?: AbortSignal) => executor.map(score, points, { signal })
      expectSame(await cbo.async({ batch }, start, options))
      await executor.close()
    }
  })

  test('promises need .async; what f throws or rejects with comes out', async () => {
    expect(() => cbo(async () => 1, start, options)).toThrow('cbo.async')
    const fails = async (x: Float64Array) => {
      if (x[0] > 2) throw new Error('the simulator broke')
      return 1
    }
    await expect(cbo.async(fails, start, options)).rejects.toThrow('the simulator broke')
    let calls = 0
    const mixed = (x: Float64Array) => {
      if (++calls > 3) throw new Error('no licence')
      return Promise.resolve(x[0])
    }
    await expect(cbo.async(mixed, start, options)).rejects.toThrow('no licence')
    expect(() => cbo({ batch: () => [1, 2] }, start, options)).toThrow('f.batch(points) must be of length 30, got 2')
    expect(() => cbo((() => 'one') as never, start, options)).toThrow('cbo: f(x), at point 0, must be a')
  })

  test('an abort while f is at work: the state is that before, and goes on to the same bits', async () => {
    const controller = new AbortController()
    let step = 0
    const batch = (points: Float64Array[], k: number, signal?: AbortSignal) => {
      step = k
      if (k < 5) return points.map(dear)
      controller.abort()
      return new Promise<number[]>((_, reject) => reject(signal?.reason))
    }
    const { signal } = controller
    const stopped = await cbo.async({ batch }, start, { ...options, signal })
    expect([stopped.status, stopped.iterations, step]).toEqual(['aborted', 5, 5])
    expect(stopped.consensusValue).toBe(NaN)
    expect(dear(stopped.x)).toBe(stopped.value)
    const rest = await cbo.async(dear, json(stopped.state), { ...options, maxIterations: 7 })
    expect(rest.state).toEqual(reference.state)
    const hop = new AbortController()
    const hopped = await consensusHopping.async(
      async (x) => {
        hop.abort()
        throw new Error(String(x[0]))
      },
      [1, 2],
      { signal: hop.signal },
    )
    expect([hopped.status, hopped.state.hop]).toEqual(['aborted', 0])
    const between = new AbortController()
    const onProgress = ({ iteration }: { iteration: number }) => iteration === 4 && between.abort()
    const early = await cbo.async(dear, start, { ...options, signal: between.signal, onProgress })
    expect([early.status, early.iterations]).toEqual(['aborted', 4])
    const late = cbo(dear, json(early.state), { ...options, maxIterations: 8 })
    expect(late.state).toEqual(reference.state)
  })
})

test('a Random is split once a run, and draws the same as its seed would', () => {
  const rng = random(4)
  const [one, two] = [0, 1].map(() => cbo(f, [1, 2], { random: rng, maxIterations: 5 }))
  expect([...one.x]).not.toEqual([...two.x])
  const again = cbo(f, [1, 2], { random: random(4), maxIterations: 5 })
  expect([...again.x]).toEqual([...one.x])
})
