import { random } from '@opt/core'
import { distance, vectorBytes } from '@opt/testing'
import fc from 'fast-check'
import ndarray from 'ndarray'
import {
  box,
  csmd,
  entropy,
  indicator,
  l1Norm,
  lastIterate,
  linearModel,
  maxAffine,
  noise,
  power,
  quantiles,
  stepSizes,
} from '../src/index.ts'

const rng = random(7)
const A = Array.from({ length: 30 }, () => Float64Array.from({ length: 5 }, () => rng.normal()))
const b = A.map((a) => a[0] - 2 * a[3] + rng.normal(0, 0.3))
const model = linearModel(A, b, { loss: 'absolute', batchSize: 2 })
const options = () => ({
  ...model,
  term: l1Norm(0.05),
  x0: new Float64Array(5),
  stepSizes: stepSizes.linear({ steps: 60, eta: 1 }),
  random: random(3),
})

describe('csmd', () => {
  test('is the recursion, written out', () => {
    const { x, status, steps } = csmd(options())
    const { subgradient, stepSizes: eta } = options()
    const chance = random(3)
    const point = new Float64Array(5)
    const g = new Float64Array(5)
    for (let t = 1; t <= 60; t++) {
      subgradient(point, g, t, chance)
      for (let i = 0; i < 5; i++) {
        const v = point[i] - eta[t - 1] * g[i]
        point[i] = Math.sign(v) * Math.max(Math.abs(v) - eta[t - 1] * 0.05, 0)
      }
    }
    expect([status, steps]).toEqual(['completed', 60])
    expect(distance(x, point)).toBeLessThan(1e-14)
  })

  test('reports T / 100 times, or as often as it is told to', () => {
    expect(csmd(options()).history.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, k) => k + 1))
    const { history } = csmd({ ...options(), every: 25 })
    expect(history.map(({ step, stepSize }) => [step, stepSize])).toEqual(
      [25, 50, 60].map((t) => [t, options().stepSizes[t - 1]]),
    )
    const { x } = csmd({ ...options(), every: 60 })
    expect(csmd({ ...options(), every: 60 }).history[0].objective).toBe(model.objective(x) + l1Norm(0.05).value(x))
  })

  test('averages are the means of x^1 .. x^T and of the last half', () => {
    const points: Float64Array[] = []
    const { subgradient, ...rest } = options()
    const { average, halfAverage } = csmd({
      ...rest,
      subgradient(x, out, t, chance) {
        points.push(x.slice())
        return subgradient(x, out, t, chance)
      },
      average: true,
    })
    const mean = (list: Float64Array[]) => list[0].map((_, i) => list.reduce((sum, x) => sum + x[i], 0) / list.length)
    expect(points).toHaveLength(60)
    expect(distance(average!, mean(points))).toBeLessThan(1e-14)
    expect(distance(halfAverage!, mean(points.slice(30)))).toBeLessThan(1e-14)
  })

  test.each([0, 1, 29, 44])('a run that is stopped after step %d goes on to the same bits', (stop) => {
    const all = { ...options(), every: 1, average: true, reference: [1, 0, 0, -2, 0], noise: noise.gaussian(0.2) }
    const whole = csmd(all)
    const first = csmd({ ...all, random: random(3), stopWhen: ({ step }) => step >= stop })
    const state = JSON.parse(JSON.stringify(first.state))
    const { history: _, iterations: __, message: ___, ...rest } = csmd({ ...all, random: random(99), state })
    expect(rest).toEqual(
      expect.objectContaining({ x: whole.x, average: whole.average, halfAverage: whole.halfAverage }),
    )
    expect(rest.certificate).toEqual(whole.certificate)
    expect(rest.state).toEqual(whole.state)
    expect(first.steps).toBe(Math.max(stop, 1))
    expect(first.certificate).toBeUndefined()
  })

  test('async gives the same bits; an abort gives the answer so far', async () => {
    expect((await csmd.async(options())).x).toEqual(csmd(options()).x)
    const controller = new AbortController()
    const onProgress = ({ step }: { step: number }) => step === 10 && controller.abort()
    const answer = csmd({ ...options(), signal: controller.signal, onProgress })
    expect([answer.status, answer.steps]).toEqual(['aborted', 10])
  })

  test('its message counts steps, where an iteration is a report', () => {
    const run = { subgradient: () => [1], x0: [0], stepSizes: new Float64Array(300).fill(0.1) }
    expect(csmd(run).message).toBe('csmd: completed after 100 iterations: 300 of 300 steps')
    expect(csmd({ ...run, maxIterations: 2 }).message).toBe('csmd: stopped at maxIterations = 2: 6 of 300 steps')
  })

  test('a subgradient that is not finite ends the run as diverged, with the last finite point', () => {
    for (const bad of [NaN, Infinity, -Infinity])
      for (const map of [undefined, entropy()]) {
        const x0 = [0.2, 0.8]
        const seen: Float64Array[] = []
        const answer = csmd({
          subgradient(x, out, t) {
            seen.push(x.slice())
            out.set(t === 3 ? [0, bad] : [1, 0])
            return undefined
          },
          x0,
          map,
          stepSizes: [0.1, 0.1, 0.1, 0.1],
          average: true,
        })
        const mean = seen[0].map((_, i) => seen.reduce((sum, x) => sum + x[i], 0) / 3)
        expect(distance(answer.average!, mean)).toBeLessThan(1e-15)
        expect([answer.status, answer.steps, seen.length]).toEqual(['diverged', 2, 3])
        expect(answer.x).toEqual(seen[2])
        expect(answer.message).toBe('csmd: diverged after 2 iterations: step 3 is not finite')
        expect(answer.state).toBeUndefined()
      }
    const overflow = csmd({ subgradient: () => [1e300], x0: [0], stepSizes: [1e300] })
    expect([overflow.status, [...overflow.x]]).toEqual(['diverged', [0]])
  })

  test('takes frozen arrays and strided views, and leaves them alone', () => {
    const x0 = ndarray(Float64Array.of(0, 9, 1, 9, 2), [3], [-2], 4)
    const steps = Object.freeze([0.5, 0.25])
    const seen = csmd({ subgradient: (x) => Object.freeze(Array.from(x)), x0, stepSizes: steps })
    expect([...seen.x]).toEqual([2, 1, 0].map((v) => v * 0.5 * 0.75))
    const columns = csmd({ subgradient: (x) => ndarray(x.slice(), [3]), x0, stepSizes: steps })
    expect(columns.x).toEqual(seen.x)
  })
})

describe('quantiles', () => {
  const many = () => ({ ...options(), minimum: 0.2, seeds: 8, average: true })
  test('run k has the bits of csmd with the k-th split', () => {
    const { x, gaps, averageGaps, halfAverageGaps, mean } = quantiles(many())
    const parent = random(3)
    for (let k = 0; k < 8; k++) {
      const alone = csmd({ ...options(), random: parent.split(), average: true })
      expect(Float64Array.from({ length: 5 }, (_, i) => x.get(k, i))).toEqual(alone.x)
      const F = (at: Float64Array) => model.objective(at) + l1Norm(0.05).value(at) - 0.2
      expect(gaps[k]).toBe(F(alone.x))
      expect(averageGaps![k]).toBe(F(alone.average!))
      expect(halfAverageGaps![k]).toBe(F(alone.halfAverage!))
    }
    expect(mean).toBeCloseTo(gaps.reduce((sum, v) => sum + v, 0) / 8, 14)
  })

  test('at most a fraction delta of the gaps is above each quantile, and no smaller gap does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (seeds, delta) => {
        const answer = quantiles({ ...many(), seeds, deltas: [delta], stepSizes: [0.5, 0.3] })
        const above = (value: number) => answer.gaps.filter((gap) => gap > value).length
        expect(above(answer.quantiles[0])).toBeLessThanOrEqual(delta * seeds + 1e-6)
        const smaller = answer.gaps.filter((gap) => gap < answer.quantiles[0])
        if (smaller.length > 0) expect(above(Math.max(...smaller))).toBeGreaterThan(delta * seeds - 1e-6)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  test('steps of many runs allocate no vector', () => {
    const run = quantiles.steps({ ...many(), stepSizes: new Float64Array(400).fill(0.01), every: 20, history: false })
    run.next()
    expect(vectorBytes(() => Array.from({ length: 10 }, () => run.next()))).toBeLessThanOrEqual(0)
    run.return(undefined as never)
  })

  test('runs that are stopped go on to the same bits', () => {
    const whole = quantiles(many())
    for (const stop of [1, 30, 60]) {
      const first = quantiles({ ...many(), stopWhen: ({ step }) => step >= stop })
      const state = JSON.parse(JSON.stringify(first.state))
      const rest = quantiles({ ...many(), random: random(8), state })
      for (const key of ['gaps', 'averageGaps', 'halfAverageGaps', 'quantiles', 'state'] as const)
        expect([key, rest[key]]).toEqual([key, whole[key]])
      expect(() => quantiles({ ...many(), seeds: 7, state })).toThrow('quantiles: state.randoms must be 7 generators')
      expect(() => quantiles({ ...many(), average: false, state })).toThrow(/^quantiles: state.arrays must be arrays/)
    }
  })

  test('a run that is not finite is told', () => {
    const subgradient = (x: Float64Array, out: Float64Array, t: number) => {
      out.set(t > 1 && x[0] > 0 ? [Infinity] : [x[0]])
      return undefined
    }
    const answer = quantiles({
      subgradient,
      objective: (x) => x[0] * x[0],
      noise: noise.sign(1),
      x0: [0],
      stepSizes: [1, 1],
      minimum: 0,
      seeds: 20,
    })
    expect(answer.status).toBe('diverged')
    expect(answer.gaps.some((gap) => gap === Infinity)).toBe(true)
    expect(answer.gaps.some((gap) => gap < Infinity)).toBe(true)
  })
})

describe('lastIterate', () => {
  const known = { x0: new Float64Array(5), L: 0, M: model.M, sigma: model.sigma!, distance: 3, steps: 50, delta: 0.05 }
  test('takes the steps of csmd, from gradients anywhere', () => {
    const learner = lastIterate({ ...known, term: l1Norm(0.05) })
    const { stepSizes: etas } = learner.plan!
    const run = csmd({ ...options(), stepSizes: etas! })
    const chance = random(3)
    const g = new Float64Array(5)
    for (let t = 1; t <= 50; t++) {
      model.subgradient(learner.point(), g, t, chance)
      learner.step(t % 2 ? g : Array.from(g))
    }
    expect(learner.point()).toEqual(run.x)
    expect(learner.steps).toBe(50)
    expect(() => learner.step(g)).toThrow('lastIterate.step: t must be one of the 50 planned steps, got step 51')
  })

  test('is saved and loaded bit for bit, on every map', () => {
    for (const make of [
      () => lastIterate({ ...known, steps: undefined, term: indicator(box({ dimension: 5 })) }),
      () => lastIterate({ ...known, x0: new Array(5).fill(0.2), map: entropy() }),
      () => lastIterate({ ...known, p: 1.5, map: power(1.5) }),
    ]) {
      const [left, right] = [make(), make()]
      const draws = random(1)
      const gradient = () => Float64Array.from({ length: 5 }, () => draws.normal())
      for (let t = 0; t < 9; t++) left.step(gradient())
      const state = JSON.parse(JSON.stringify(left.state()))
      right.load(state)
      for (let t = 0; t < 9; t++) {
        const g = gradient()
        left.step(g)
        right.step(g)
      }
      expect(right.point()).toEqual(left.point())
      expect(right.state()).toEqual(left.state())
      expect(right.guarantee()).toEqual(left.guarantee())
      for (const bad of [
        { ...state, map: 'lp' },
        { ...state, steps: -1 },
        { ...state, steps: 0.5 },
        { ...state, x: 'AAAA' },
        { ...state, x: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from([9, 9, 9, 9, NaN]).buffer))) },
        null,
      ]) {
        const before = right.state()
        expect(() => right.load(bad)).toThrow(/^lastIterate.load: state/)
        expect(right.state()).toEqual(before)
      }
    }
  })

  test('refuses bad gradients and is then unchanged', () => {
    const learner = lastIterate(known)
    learner.step([1, 0, 0, 0, 0])
    const state = learner.state()
    for (const bad of [[1, 2], [NaN, 0, 0, 0, 0], [0, 0, Infinity, 0, 0], 'abcde', undefined, ['1', 0, 0, 0, 0]])
      expect(() => learner.step(bad as never)).toThrow(/^lastIterate.step: gradient/)
    const own = lastIterate({ x0: [1], stepSizes: (t) => (t < 3 ? 1e300 : NaN) })
    expect(() => own.step([1e300])).toThrow('lastIterate.step: gradient must be such that the next point is finite')
    own.step([1e-300])
    own.step([1e-300])
    expect(() => own.step([1])).toThrow('lastIterate.step: stepSizes(3) must be a positive number, got NaN')
    expect([own.guarantee(), own.plan, [...own.point()]]).toEqual([undefined, undefined, [-1]])
    expect(learner.state()).toEqual(state)
  })

  test('what point() returns may be written into', () => {
    const learner = lastIterate({ x0: [1, 2], stepSizes: [1] })
    learner.point().fill(7)
    expect([...learner.point()]).toEqual([1, 2])
    expect(learner.guarantee()).toBeUndefined()
  })
})

test('the last point of a game comes near its value, within the guarantee', () => {
  const C = [
    [0, 1, -1],
    [-1, 0, 1],
    [1, -1, 0],
  ]
  const game = maxAffine(C, { map: entropy() })
  const steps = 4000
  const etas = stepSizes.linear({ steps, L: 0, M: game.M, sigma: 0, distance: Math.log(3) })
  const { x } = csmd({ ...game, map: entropy(), x0: [0.8, 0.1, 0.1], stepSizes: etas })
  expect(game.objective(x)).toBeLessThan(0.02)
  expect(game.objective(x)).toBeGreaterThanOrEqual(0)
})
