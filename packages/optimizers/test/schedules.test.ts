import fc from 'fast-check'
import { constant, cosineDecay, exponentialDecay, linearDecay, sequence, stepDecay, warmup } from '../src/index.ts'

const values = (schedule: (step: number) => number, steps: number[]) => steps.map(schedule)

describe('schedules', () => {
  test('constant', () => expect(values(constant(0.3), [0, 1, 1e9])).toEqual([0.3, 0.3, 0.3]))

  test('linearDecay', () => {
    expect(values(linearDecay(1, 4), [0, 1, 2, 3, 4, 5])).toEqual([1, 0.75, 0.5, 0.25, 0, 0])
    expect(values(linearDecay(0.5, 2, 1), [0, 1, 2, 3])).toEqual([0.5, 0.75, 1, 1])
  })

  test('cosineDecay', () => {
    const schedule = cosineDecay(2, 6, 1)
    expect(schedule(0)).toBe(2)
    expect(schedule(2)).toBeCloseTo(1.75, 15)
    expect(schedule(3)).toBeCloseTo(1.5, 15)
    expect(values(schedule, [6, 7])).toEqual([1, 1])
  })

  test('exponentialDecay and stepDecay', () => {
    expect(values(exponentialDecay(8, 0.5), [0, 1, 2, 3])).toEqual([8, 4, 2, 1])
    expect(exponentialDecay(8, 0.25, 2)(1)).toBeCloseTo(4, 14)
    expect(values(stepDecay(8, 0.5, 3), [0, 2, 3, 5, 6])).toEqual([8, 8, 4, 4, 2])
  })

  test('warmup rises to the start of what follows, which then counts from 0', () => {
    expect(values(warmup(3, 1), [0, 1, 2, 3, 9])).toEqual([0.25, 0.5, 0.75, 1, 1])
    expect(values(warmup(1, linearDecay(1, 2)), [0, 1, 2, 3])).toEqual([0.5, 1, 0.5, 0])
    expect(warmup(0, 0.1)(0)).toBe(0.1)
  })

  test('sequence hands over at its boundaries', () => {
    const schedule = sequence([constant(5), linearDecay(4, 2), (step) => step], [2, 4])
    expect(values(schedule, [0, 1, 2, 3, 4, 5, 6])).toEqual([5, 5, 4, 2, 0, 1, 2])
  })

  test('decays stay between their ends', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1, max: 1000 }), fc.nat(2000), (a, b, steps, step) => {
        for (const schedule of [linearDecay(a, steps, b), cosineDecay(a, steps, b)]) {
          expect(schedule(step)).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-15)
          expect(schedule(step)).toBeLessThanOrEqual(Math.max(a, b) + 1e-15)
        }
      }),
    )
  })

  test.each<[() => unknown, RegExp]>([
    [() => constant(-1), /constant: value must be a nonnegative number, got -1/],
    [() => linearDecay(1, 0), /linearDecay: steps must be an integer of at least 1, got 0/],
    [() => cosineDecay(NaN, 3), /cosineDecay: initial/],
    [() => cosineDecay(1, 3, -2), /cosineDecay: final/],
    [() => exponentialDecay(1, 0), /exponentialDecay: rate/],
    [() => stepDecay(1, 0.5, 0), /stepDecay: every/],
    [() => warmup(-1, 1), /warmup: steps/],
    [() => warmup(1, 'x' as never), /warmup: schedule/],
    [() => sequence([], []), /sequence: boundaries/],
    [() => sequence([constant(1), constant(1)], []), /sequence: boundaries must be of length 1/],
    [() => sequence([constant(1), 2 as never], [1]), /sequence: schedules\[1\]/],
    [() => sequence([constant(1), constant(1), constant(1)], [5, 5]), /sequence: boundaries\[1\]/],
  ])('%s is refused', (act, words) => expect(act).toThrow(words))
})
