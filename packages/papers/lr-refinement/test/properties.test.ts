// Invariants, analytic cases, brute force, finite differences and bad input.
import { random } from '@opt/core'
import { centralDifference, near } from '@opt/testing'
import fc from 'fast-check'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { randomRun } from '../src/experiment/random-bounds.ts'
import { descend, WorstFunction } from '../src/experiment/worst-function.ts'
import {
  asFunction,
  constantWeights,
  fitPolynomial,
  lastIterateBound,
  lastIterateBoundGradient,
  linearDecay,
  medianFilter,
  optimalSchedule,
  optimalWeights,
  optimizeSchedule,
  refineSchedule,
  regretBound,
  type ScheduleName,
  schedule,
  stepsFromWeights,
} from '../src/index.ts'

const norms = (maxLength: number) =>
  fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength })
const check = (numRuns: number) => ({ numRuns, seed: 1 })

describe('medianFilter', () => {
  test('is the median of each window, brute force', () => {
    const series = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: -9, max: 9, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(series, fc.nat(), (x, k) => {
        const width = 2 * (k % x.length) + 1
        const half = (width - 1) / 2
        const at = (s: number) => x[s < 0 ? 0 : s < x.length ? s : 2 * (x.length - 1) - s]
        const expected = x.map((_, t) => {
          const window = Array.from({ length: width }, (_, i) => at(t - half + i))
          return window.sort((a, b) => a - b)[half]
        })
        expect(Array.from(medianFilter(x, width), (v) => v + 0)).toEqual(expected.map((v) => v + 0))
      }),
      check(1000),
    )
  })

  test('refuses even and too large widths', () => {
    expect(() => medianFilter([1, 2, 3], 2)).toThrow('medianFilter: width must be odd, got 2')
    expect(() => medianFilter([1, 2, 3], 7)).toThrow('medianFilter: width must be an integer between 1 and 5, got 7')
    expect(() => medianFilter([], 1)).toThrow('medianFilter: values must be nonempty')
  })
})

describe('refineSchedule', () => {
  test('is scale-free, ends at 0, has its peak where it says, and changes nothing of the caller', () => {
    fc.assert(
      fc.property(
        norms(60),
        fc.constantFrom(0.1, 0.3, 1),
        fc.constantFrom(1, 2, 0.7),
        fc.constantFrom(2 ** -900, 2 ** 900),
        (G, smoothing, power, scale) => {
          const given = Object.freeze(G.slice())
          const { values, smoothed, weights, peakStep, decay, warning, width } = refineSchedule(given, {
            smoothing,
            power,
            peak: 3,
          })
          const T = G.length
          expect(values[T - 1]).toBe(0)
          expect(Math.max(...values)).toBe(T === 1 ? 0 : 3)
          expect(values[peakStep]).toBe(Math.max(...values))
          expect(width % 2).toBe(1)
          expect(width).toBeLessThanOrEqual(Math.max(1, smoothing * T + 1))
          expect(Math.max(...weights)).toBe(1)
          near(decay, smoothed[0] / smoothed[T - 1], { relative: 1e-15 })
          expect(warning).toBe(decay > 10 ? 'vanishing-norms' : undefined)
          near(
            refineSchedule(
              G.map((v) => v * scale),
              { smoothing, power, peak: 3 },
            ).values,
            values,
            { relative: 1e-12 },
          )
          const strided = new Float64Array(2 * T).map((_, i) => (i % 2 === 0 ? G[T - 1 - i / 2] : -1))
          const backwards = ndarray(strided, [T], [-2], 2 * (T - 1))
          expect(refineSchedule(backwards, { smoothing, power, peak: 3 }).values).toEqual(values)
          expect(refineSchedule(new Matrix([G]), { smoothing, power, peak: 3 }).values).toEqual(values)
        },
      ),
      check(1000),
    )
  })

  test('constant norms give linear decay, warm-up comes from large early norms', () => {
    near(
      refineSchedule(new Float64Array(100).fill(7)).values,
      linearDecay(100).map((v) => v / 0.99),
      { absolute: 1e-14 },
    )
    const falling = Float64Array.from({ length: 1000 }, (_, t) => 1 + 20 * Math.exp(-t / 100))
    const { values, peakStep, warning } = refineSchedule(falling)
    expect(values[0]).toBeLessThan(0.05)
    expect(peakStep).toBeGreaterThan(150)
    expect(warning).toBe('vanishing-norms')
    expect(fitPolynomial(values).warmup).toBeGreaterThan(0.15)
  })

  test('the smoothing and the floor', () => {
    const G = [1, 1, 1, 0, 0, 0, 1, 1, 1, 1]
    expect(() => refineSchedule(G)).toThrow(
      'refineSchedule: smoothed[3] must be positive (where gradients vanish, use linear decay or a floor), got 0',
    )
    const { smoothed } = refineSchedule(G, { floor: 0.1 })
    expect([...smoothed]).toEqual([1, 1, 1, 0.1, 0.1, 0.1, 1, 1, 1, 1])
    expect(refineSchedule(G, { smoothing: 1 }).width).toBe(11)
    expect(() => refineSchedule([0, 0, 0], { floor: 1 })).toThrow('refineSchedule: smoothed[0] must be positive')
  })

  test('one step, and bad input', () => {
    expect(refineSchedule([2])).toMatchObject({ values: Float64Array.of(0), width: 1, peakStep: 0, decay: 1 })
    const refuses = (given: unknown, options: unknown, message: string) =>
      expect(() => refineSchedule(given as never, options as never)).toThrow(message)
    refuses([], {}, 'refineSchedule: norms must be nonempty')
    refuses([1, -1], {}, 'refineSchedule: norms[1] must be nonnegative, got -1')
    refuses([1, Number.NaN], {}, 'refineSchedule: norms[1] must be a finite number, got NaN')
    refuses([1, Infinity], {}, 'refineSchedule: norms[1] must be a finite number, got Infinity')
    refuses([1], { smoothing: 0 }, 'refineSchedule: smoothing must be a positive number of at most 1, got 0')
    refuses([1], { smoothing: 1.1 }, 'refineSchedule: smoothing')
    refuses([1], { power: 0 }, 'refineSchedule: power must be a positive number, got 0')
    refuses([1], { peak: -1 }, 'refineSchedule: peak')
    refuses([1], { floor: 2 }, 'refineSchedule: floor must be a finite number between 0 and 1, got 2')
    refuses([1e-200, 1e200, 1], {}, 'refineSchedule: smoothed must be within a factor')
    refuses([1], 3, 'refineSchedule: options must be an object')
  })
})

describe('weights and bounds', () => {
  const run = fc.record({ G: norms(30), distance: fc.double({ min: 1e-3, max: 1e3, noNaN: true }), seed: fc.integer() })

  test('the optimal weights minimise the regret bound, and are never above constant ones', () => {
    fc.assert(
      fc.property(run, ({ G, distance, seed }) => {
        const rng = random(seed)
        const [optimal, constant] = [optimalWeights({ norms: G, distance }), constantWeights({ norms: G, distance })]
        const bound = (weights: ArrayLike<number>) => regretBound({ weights, norms: G, distance })
        near(bound(optimal.weights), optimal.bound, { relative: 1e-12 })
        near(bound(constant.weights), constant.bound, { relative: 1e-12 })
        expect(optimal.bound).toBeLessThanOrEqual(constant.bound * (1 + 1e-12))
        const other = optimal.weights.map((w) => w * (0.5 + rng.uniform()))
        expect(bound(other)).toBeGreaterThanOrEqual(optimal.bound * (1 - 1e-12))
      }),
      check(1000),
    )
  })

  test('the refined schedule is that of the optimal weights, and linear decay that of the constant ones', () => {
    const G = Float64Array.from({ length: 50 }, (_, t) => 1 + (t % 7))
    const { weights } = optimalWeights({ norms: G, distance: 2 })
    const steps = stepsFromWeights(weights)
    const largest = Math.max(...steps)
    near(
      refineSchedule(G, { smoothing: 0.01 }).values,
      steps.map((v) => v / largest),
      { relative: 1e-12 },
    )
    const constant = constantWeights({ norms: new Float64Array(50).fill(3), distance: 2 })
    near(stepsFromWeights(constant.weights), linearDecay(50, { distance: 2, lipschitz: 3 }), { relative: 1e-12 })
  })

  test('both bounds hold for SGD on random maxima of affine functions', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { error, bounds } = randomRun(random(seed))
        for (const bound of bounds) expect(error).toBeLessThanOrEqual(bound + 1e-9)
      }),
      check(1000),
    )
  })

  /** As the paper states it, with s_k and q_k. */
  function asInThePaper(eta: ArrayLike<number>, G: ArrayLike<number>, D: number): number {
    const T = eta.length
    const [s, q] = [new Float64Array(T + 1), new Float64Array(T + 1)]
    for (let k = T - 1; k >= 0; k--) {
      s[k] = s[k + 1] + eta[k]
      q[k] = q[k + 1] + eta[k] * eta[k] * G[k] * G[k]
    }
    let bound = (D * D + q[0]) / (2 * s[0])
    for (let k = 0; k < T - 1; k++) bound += (eta[k] * q[k]) / (2 * s[k + 1] * s[k])
    return bound
  }

  test('the bound of a schedule is the one of the paper, convex, and scales as it must', () => {
    fc.assert(
      fc.property(run, ({ G, distance, seed }) => {
        const rng = random(seed)
        const draw = () => Float64Array.from(G, () => 0.01 + rng.uniform())
        const [a, b] = [draw(), draw()]
        const bound = (steps: Float64Array) => lastIterateBound({ steps, norms: G, distance })
        near(bound(a), asInThePaper(a, G, distance), { relative: 1e-11 })
        const middle = a.map((v, t) => (v + b[t]) / 2)
        expect(bound(middle)).toBeLessThanOrEqual(((bound(a) + bound(b)) / 2) * (1 + 1e-12))
        const scale = 2 ** 300
        near(
          lastIterateBound({ steps: a.map((v) => v / scale), norms: G.map((v) => v * scale), distance }),
          bound(a) * scale,
          { relative: 1e-12 },
        )
      }),
      check(1000),
    )
  })

  test('its gradient against central differences', () => {
    fc.assert(
      fc.property(run, ({ G, distance, seed }) => {
        const rng = random(seed)
        const steps = Float64Array.from(G, () => 0.1 + rng.uniform())
        const { bound, gradient } = lastIterateBoundGradient({ steps, norms: G, distance })
        const j = rng.integer(0, G.length)
        const boundAt = (steps: Float64Array) => lastIterateBound({ steps, norms: G, distance })
        const slope = centralDifference(boundAt, steps, j, 1e-5 * steps[j])
        near(slope, gradient[j], { relative: 1e-5, absolute: (1e-9 * bound) / steps[j] })
      }),
      check(1000),
    )
  })

  test('the optimal schedule: its bound is what it says, stationary, certified by the gap, and below every other', () => {
    fc.assert(
      fc.property(run, ({ G, distance, seed }) => {
        const rng = random(seed)
        const { steps, bound } = optimalSchedule({ norms: G, distance })
        const { bound: again, gradient } = lastIterateBoundGradient({ steps, norms: G, distance })
        near(bound, again, { relative: 1e-12 })
        near(
          gradient.map((v, t) => v * steps[t]),
          new Float64Array(G.length),
          { absolute: 1e-12 * bound },
        )
        near(lowerBound(steps, gradient, distance), bound, { relative: 1e-7 })
        const other = steps.map((v) => v * (0.2 + 2 * rng.uniform()))
        expect(lastIterateBound({ steps: other, norms: G, distance })).toBeGreaterThanOrEqual(bound * (1 - 1e-12))
        expect(bound).toBeLessThanOrEqual(2.01 * constantWeights({ norms: G, distance }).bound)
      }),
      check(1000),
    )
    const T = 1000
    const { steps, bound } = optimalSchedule({ norms: new Float64Array(T).fill(1), distance: 1 })
    for (const part of [0.25, 0.5, 0.75]) near(steps[T * part] / steps[0], 1 - part, { absolute: 2e-3 })
    near(bound * Math.sqrt(T), 2.003, { absolute: 1e-3 })
    for (const scale of [1e-300, 1e300]) {
      const extreme = optimalSchedule({ norms: [1, 2, 3].map((v) => v * scale), distance: 1 })
      near(extreme.bound, optimalSchedule({ norms: [1, 2, 3], distance: 1 }).bound * scale, { relative: 1e-12 })
    }
  })

  /** D sqrt(2 min_t dH/deta_t), which no schedule goes below. */
  function lowerBound(steps: Float64Array, gradient: Float64Array, D: number): number {
    const total = steps.reduce((a, b) => a + b)
    return D * Math.sqrt(2 * Math.max(0, Math.min(...gradient) + (D * D) / (2 * total * total)))
  }

  test('the optimiser finds the optimal schedule; converged means that the gap is closed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 }), (G) => {
        const { steps, bound, status, history } = optimizeSchedule(G, { distance: 2 })
        const { gradient } = lastIterateBoundGradient({ steps, norms: G, distance: 2 })
        if (status === 'converged')
          expect(bound - lowerBound(steps, gradient, 2)).toBeLessThanOrEqual(1.001e-6 * bound + 1e-15)
        const exact = optimalSchedule({ norms: G, distance: 2 })
        near(bound, exact.bound, { relative: 1e-6 })
        expect(bound).toBeGreaterThanOrEqual(exact.bound * (1 - 1e-12))
        expect(history.every(({ bound: value }, i) => i === 0 || value <= history[i - 1].bound * (1 + 1e-9))).toBe(true)
      }),
      check(200),
    )
  })

  test('the optimiser is a solver: progress, abort, limits, a start of its own', async () => {
    const G = Float64Array.from({ length: 200 }, (_, t) => 1 + 9 * Math.exp(-t / 10))
    const seen: number[] = []
    const stopped = optimizeSchedule(G, {
      distance: 1,
      maxIterations: 3,
      onProgress: ({ bound }) => void seen.push(bound),
    })
    expect([stopped.status, stopped.iterations, seen.length]).toEqual(['max-iterations', 3, 3])
    near(stopped.bound, lastIterateBound({ steps: stopped.steps, norms: G, distance: 1 }), { relative: 1e-12 })
    const controller = new AbortController()
    const aborted = await optimizeSchedule.async(G, {
      distance: 1,
      tolerance: 0,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    expect([aborted.status, aborted.iterations]).toEqual(['aborted', 1])
    const warm = optimizeSchedule(G, { distance: 1, initial: stopped.steps })
    expect(warm.status).toBe('converged')
    const exact = optimalSchedule({ norms: G, distance: 1 })
    near(warm.bound, exact.bound, { relative: 1e-6 })
    const elsewhere = optimizeSchedule(G, { distance: 1, initial: stopped.steps.map((v) => 1e-290 * v) })
    near(elsewhere.bound, exact.bound, { relative: 1e-6 })
    expect(() => optimizeSchedule([1, 1], { distance: 1, initial: [1e-200, 1] })).toThrow(
      'optimizeSchedule: initial must be of',
    )
    for (const scale of [1e-150, 1e-100, 1e100, 1e150]) {
      const { bound, status } = optimizeSchedule(
        G.map((v) => v * scale),
        { distance: 1 / scale },
      )
      expect(status).toBe('converged')
      near(bound, exact.bound, { relative: 1e-6 })
    }
    expect(() => optimizeSchedule([1, 0], { distance: 1 })).toThrow(
      'optimizeSchedule: norms[1] must be positive, got 0',
    )
    expect(() => optimizeSchedule([1, 1], {} as never)).toThrow('optimizeSchedule: distance must be a positive number')
    expect(() => optimizeSchedule([1e-200, 1], { distance: 1 })).toThrow(
      'optimizeSchedule: norms must be within a factor',
    )
  })

  test('bad input of bounds and weights', () => {
    expect(() => lastIterateBound({ steps: [1, 0, 1], norms: [1, 1, 1], distance: 1 })).toThrow(
      'lastIterateBound: steps[1] must be positive, got 0',
    )
    expect(() => lastIterateBound({ steps: linearDecay(3), norms: [1, 1, 1], distance: 1 })).toThrow(
      'lastIterateBound: steps[2] must be positive (the last one moves no iterate: any positive placeholder will do), got 0',
    )
    expect(() => lastIterateBound({ steps: [1, 1], norms: [1], distance: 1 })).toThrow('norms must be of length 2')
    expect(() => lastIterateBound(undefined as never)).toThrow('lastIterateBound: steps must be a vector')
    expect(() => lastIterateBoundGradient(undefined as never)).toThrow(
      'lastIterateBoundGradient: steps must be a vector',
    )
    expect(() => lastIterateBound({ steps: [1e300], norms: [1e300], distance: 1 })).toThrow('float64 can hold')
    expect(() => regretBound({ weights: [1, -1], norms: [1, 1], distance: 1 })).toThrow(
      'regretBound: weights[1] must be positive, got -1',
    )
    expect(() => optimalWeights({ norms: [1, 0], distance: 1 })).toThrow(
      'optimalWeights: norms[1] must be positive, got 0',
    )
    expect(() => constantWeights({ norms: [1], distance: 0 })).toThrow(
      'constantWeights: distance must be a positive number, got 0',
    )
    expect(() => stepsFromWeights([1, 0])).toThrow('stepsFromWeights: weights[1] must be positive, got 0')
    expect(regretBound({ weights: [1], norms: [0], distance: 0 })).toBe(0)
    near(stepsFromWeights([3e307, 3e307, 3e307]), [2e307, 1e307, 0], { relative: 1e-12 })
  })
})

describe('schedules', () => {
  test('every shape: within 0 and 1, the warm-up rises to 1', () => {
    const names = fc.constantFrom(
      'flat',
      'inverse',
      'inverse-sqrt',
      'step',
      'cosine',
      'linear',
      'poly',
    ) as fc.Arbitrary<ScheduleName>
    fc.assert(
      fc.property(
        names,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (name, steps, warmup, power) => {
          const values = schedule(name, { steps, warmup, power })
          const W = Math.floor(warmup * steps + 0.5)
          expect(values.every((v) => v >= 0 && v <= 1)).toBe(true)
          near(
            values.subarray(0, W),
            Array.from({ length: W }, (_, t) => (t + 1) / W),
            { relative: 1e-15 },
          )
          expect(values.every((v, t) => t <= W || v <= values[t - 1])).toBe(true)
        },
      ),
      check(1000),
    )
    expect([...schedule('linear', { steps: 4, warmup: 1 })]).toEqual([0.25, 0.5, 0.75, 1])
    expect([...linearDecay(1)]).toEqual([0])
    expect([...linearDecay(4)]).toEqual([0.75, 0.5, 0.25, 0])
    near(linearDecay(10).subarray(0, 9), schedule('linear', { steps: 10 }).subarray(1), { absolute: 1e-15 })
    near(schedule('step', { steps: 4, milestones: [0.5] }), [1, 1, 0.1, 0.1], { relative: 1e-15 })
  })

  test('a fit finds the polynomial that it was given, long ones too', () => {
    for (const steps of [300, 40_000])
      for (const [warmup, power] of [
        [0, 1],
        [0.28, 1],
        [0.45, 0.8],
        [0.01, 3],
      ]) {
        const fit = fitPolynomial(schedule('poly', { steps, warmup, power }))
        near([fit.warmup, fit.power], [warmup, power], { relative: 1e-14 })
        expect(fit.rmse).toBeLessThan(1e-12)
      }
    expect(fitPolynomial([0.5], { warmups: [1, 0], powers: [2, 1] })).toEqual({ warmup: 1, power: 2, rmse: 0.5 })
  })

  test('a schedule as a function: beyond its end it keeps the last value', () => {
    const values = [1, 0.5, 0.25]
    const rate = asFunction(values, 2)
    values[0] = 9
    expect([0, 1, 2, 3, 1e6].map(rate)).toEqual([2, 1, 0.5, 0.5, 0.5])
    expect(() => rate(-1)).toThrow('asFunction: step must be an integer of at least 0, got -1')
    expect(() => rate(0.5)).toThrow('asFunction: step')
    expect(() => asFunction([-1])).toThrow('asFunction: values[0] must be nonnegative, got -1')
  })

  test('bad input', () => {
    expect(() => schedule('exponential' as never, { steps: 3 })).toThrow("schedule: name must be 'flat', 'inverse'")
    expect(() => schedule('flat', { steps: 0 })).toThrow('schedule: steps must be an integer between 1 and')
    expect(() => schedule('flat', { steps: 3, warmup: 2 })).toThrow('schedule: warmup')
    expect(() => schedule('step', { steps: 3, milestones: [2] })).toThrow('schedule: milestones[0]')
    expect(() => linearDecay(3, { distance: 1, lipschitz: 0 })).toThrow(
      'linearDecay: lipschitz must be a positive number',
    )
    expect(() => fitPolynomial([1], { warmups: [-1] })).toThrow('fitPolynomial: warmups[0]')
    expect(() => fitPolynomial([1], { powers: [] })).toThrow('fitPolynomial: powers must be nonempty')
    expect(() => fitPolynomial([1e200])).toThrow('fitPolynomial: values[0] must be of at most 1e100')
  })
})

test('the worst function: linear decay loses no logarithm, the steps 1 / sqrt t do', () => {
  const errors = [64, 256, 1024].map((T) => {
    const f = new WorstFunction(T)
    const scaled = (name: ScheduleName, by: number) =>
      Math.sqrt(T) *
      descend(
        f,
        schedule(name, { steps: T }).map((v) => v * by),
      )
    return [scaled('linear', 1 / Math.sqrt(T)), scaled('inverse-sqrt', 1)]
  })
  near(
    errors,
    [
      [0.0349, 0.243],
      [0.0342, 0.307],
      [0.0339, 0.372],
    ],
    { absolute: 5e-4 },
  )
})
