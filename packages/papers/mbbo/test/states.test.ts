import { random } from '@opt/core'
import { inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { near, vectorBytes } from '@opt/testing'
import {
  type BsvrbOptions,
  type BsvrbState,
  blockSampler,
  blockTask,
  bsvrb,
  measure,
  quadraticBlocks,
  soba,
} from '../src/index.ts'
import { drawQuadratic, throughJson, zeros } from './problems.ts'
import { problem, step } from './tasks/blocks.mjs'

const start = () => ({ x: new Float64Array(40), y: zeros(5, 3) })
const { examples } = problem
const options = (version: 1 | 2, more: BsvrbOptions = {}): BsvrbOptions => ({
  version,
  eigenvalues: [0.05, 5],
  eta: 1,
  radius: 0.4,
  sampler: blockSampler({ blocks: 5, blocksPerStep: 2, examples, batchSize: 8, seed: 3 }),
  ...more,
})
const limits = (maxIterations: number) => ({ maxIterations, tolerance: 0, history: false })
const versions = [1, 2] as const

describe.each(versions)('version %i', (version) => {
  test.each(['all', 'sampled'] as const)(
    'a run that is saved as JSON goes on to the same bits, updates %s',
    (updates) => {
      const whole = bsvrb(problem, start(), { ...options(version, { updates }), ...limits(40) })
      for (const first of [1, 7, 23, 39]) {
        const half = bsvrb(problem, start(), { ...options(version, { updates }), ...limits(first) })
        // The sampler's state is saved with that of the run.
        for (const state of [half.state, throughJson(half.state)]) {
          const rest = bsvrb(problem, { state }, { ...options(version, { updates }), ...limits(40 - first) })
          expect(rest.x).toEqual(whole.x)
          expect(rest.y).toEqual(whole.y)
          expect(rest.state).toEqual(whole.state)
        }
      }
    },
  )

  test('an answer is a start, and stays what it was', () => {
    const half = bsvrb(problem, start(), { ...options(version), ...limits(10) })
    const copy = structuredClone(half)
    const rest = bsvrb(problem, half, { ...options(version), ...limits(10) })
    expect(half).toEqual(copy)
    expect(rest.k).toBe(20)
  })

  test('other steps after a pause: blocks first make up for what they missed by the old ones', () => {
    const first = (tau: number) => ({ ...options(version, { tau, tauV: tau }), ...limits(15) })
    const half = bsvrb(problem, start(), first(0.2))
    const rest = bsvrb(problem, half, { ...first(1e-300), ...limits(1) })
    near(rest.y, half.y, { absolute: 1e-12 })
  })

  test('the result has the same bits in process and on one and two threads', async () => {
    const given = () => ({ ...options(version), ...limits(12) })
    const expected = bsvrb(problem, start(), given())
    const module = new URL('./tasks/blocks.mjs', import.meta.url)
    const executors = [
      { executor: inProcess(), task: step },
      { executor: inProcess({ concurrency: 3 }), task: step },
      ...[1, 2].map((workers) => ({
        executor: workerThreads({ workers }),
        task: { module: module.href, name: 'step' },
      })),
    ]
    for (const workers of executors) {
      const { x, y, state } = await bsvrb.async(problem, start(), { ...given(), workers })
      await workers.executor.close()
      expect([...x].every((value, i) => Object.is(value, expected.x[i]))).toBe(true)
      near(y, expected.y, {})
      near(state.adjoint as Float64Array, expected.state.adjoint as Float64Array, {})
    }
  })

  test('a step allocates no vector', () => {
    const run = bsvrb.steps(problem, start(), {
      ...options(version, { eigenvalues: [1e-6, Infinity] }),
      ...limits(1e6),
    })
    const steps = (count: number) => {
      for (let k = 0; k < count; k++) run.next()
    }
    steps(20)
    expect(vectorBytes(() => steps(100))).toBeLessThanOrEqual(0)
    run.return(undefined as never)
  })
})

test('workers need bsvrb.async', () => {
  const workers = { executor: inProcess(), task: blockTask(problem) }
  expect(() => bsvrb(problem, start(), { workers })).toThrow(/bsvrb\.async/)
})

test('an error in a worker is passed on', async () => {
  const executor = inProcess()
  const task = () => {
    throw new Error('no such file')
  }
  await expect(bsvrb.async(problem, start(), { workers: { executor, task } })).rejects.toThrow('no such file')
  const short = () => ({}) as never
  await expect(bsvrb.async(problem, start(), { workers: { executor, task: short } })).rejects.toThrow(
    "bsvrb: workers.task's answer.s must be a Float64Array of length 3, got undefined",
  )
})

test('a run can be aborted, also with workers, and gives what is known by then', async () => {
  for (const workers of [undefined, { executor: inProcess(), task: blockTask(problem) }]) {
    const controller = new AbortController()
    const onProgress = ({ iteration }: { iteration: number }) => void (iteration === 3 && controller.abort())
    const answer = await bsvrb.async(problem, start(), { workers, onProgress, signal: controller.signal })
    expect([answer.status, answer.k]).toEqual(['aborted', 3])
  }
})

test('exact measures come when they are due', () => {
  const small = drawQuadratic(random(1), { m: 3, x: 2, y: 2 })
  for (const method of [bsvrb, soba]) {
    const { history, x } = method(
      small,
      { x: [1, 1], y: zeros(3, 2) },
      { measureEvery: 4, maxIterations: 10, eta: 0.01 },
    )
    const measured = history.filter(({ measures }) => measures)
    expect(measured.map(({ iteration }) => iteration)).toEqual([4, 8])
    const last = method(small, { x: [1, 1], y: zeros(3, 2) }, { measureEvery: 8, maxIterations: 8, eta: 0.01 })
    expect(last.history[7].measures!.phi).toBeCloseTo(small.hyperobjective(last.x).value, 8)
    expect(x).toHaveLength(2)
  }
})

test('no exact gradient is computed where z is 0 only because the adjoints are', () => {
  const small = drawQuadratic(random(1), { m: 6, x: 2, y: 2 })
  let solves = 0
  const blocks = Array.from({ length: 6 }, (_, i) => {
    const { upper, lower } = small.block(i)
    const value: typeof upper.value = (x, y, sample) => {
      solves++
      return upper.value(x, y, sample)
    }
    const gradient: typeof upper.gradient = (x, y, gx, gy, sample) => {
      upper.gradient(x, y, gx, gy, sample)
      gx.fill(0)
    }
    return { upper: { value, gradient }, lower }
  })
  for (const method of [bsvrb, soba]) {
    const { history } = method(blocks, { x: [1, 1], y: zeros(6, 2) }, { blocksPerStep: 1, maxIterations: 2 })
    expect(history[0].error).toBe(Infinity)
    expect(solves).toBe(0)
  }
})

test('where a lower level overflows, exact measures say so', () => {
  const huge = quadraticBlocks([{ A: [[1]], B: [[1]], b: [0], t: [0] }])
  expect(measure(huge, [1e200], [[1e200]])).toMatchObject({ phi: Infinity, gradientNorm: Infinity, tracking: Infinity })
})

test('a state that does not fit is refused', () => {
  const { state } = bsvrb(problem, start(), { ...options(2), ...limits(3) })
  const run = (change: object) => () => bsvrb(problem, { state: { ...state, ...change } }, options(2))
  expect(run({ version: 1 })).toThrow('bsvrb: start.state.version must be 2, that of this run, got 1')
  expect(run({ k: -1 })).toThrow('bsvrb: start.state.k must be')
  expect(run({ s: [1] })).toThrow('bsvrb: start.state.s must be of length 15, got length 1')
  expect(run({ y: new Float64Array(16) })).toThrow('bsvrb: start.state.y must be of length 5 times')
  expect(run({ updated: new Float64Array(5).fill(9) })).toThrow('bsvrb: start.state.updated[0] must be')
  expect(run({ updates: 'none' })).toThrow("bsvrb: start.state.updates must be 'all' or 'sampled'")
  expect(run({ u: undefined })).toThrow('bsvrb: start.state.u must be')
  expect(() => bsvrb(problem, { state: null as unknown as BsvrbState }, options(2))).toThrow(
    'bsvrb: start.state must be',
  )
})
