import fc from 'fast-check'
import { BatchSizeTest } from '../src/index.ts'

const asking = (s: number, eta = 0.1) => ({ count: 4, squaredNorm: 1, varianceSum: s * eta * eta })

test('the size grows to what the test asks for, rounded up, never shrinks, and stops at the largest', () => {
  const test = new BatchSizeTest({ initial: 4, max: 50, eta: 0.5 })
  expect(test.needs).toEqual({ products: false, variances: false })
  expect(test.update(asking(3.9, 0.5))).toBe(4)
  expect(test.update(asking(4.1, 0.5))).toBe(5)
  expect(test.update(asking(2, 0.5))).toBe(5)
  expect(test.suggested).toBeCloseTo(2)
  expect(test.update(asking(1e9, 0.5))).toBe(50)
  expect(test.needs).toBeNull()
  expect(test.update()).toBe(50)
  expect(test.suggested).toBeUndefined()
})

test('an interval of 3 tests every third step', () => {
  const test = new BatchSizeTest({ initial: 4, interval: 3 })
  expect([test.needs, test.update(), test.needs, test.update()]).toEqual([null, 4, null, 4])
  expect(test.needs).not.toBeNull()
  expect(() => test.update()).toThrow('statistics must be given for this step')
  expect(test.update(asking(10))).toBe(10)
  expect(test.needs).toBeNull()
})

test('a zero gradient asks for everything', () => {
  const zero = { count: 4, squaredNorm: 0, varianceSum: 1 }
  expect(new BatchSizeTest({ max: 100 }).update(zero)).toBe(100)
  expect(new BatchSizeTest().update(zero)).toBe(Number.MAX_SAFE_INTEGER)
  expect(new BatchSizeTest({ population: 77 }).update(zero)).toBe(77)
})

test('a batch of more examples than there are is refused', () => {
  const test = new BatchSizeTest({ population: 3, initial: 2 })
  expect(() => test.update(asking(10))).toThrow(
    'BatchSizeTest.update: population must be at least the 4 examples of the batch, got 3',
  )
  expect(test.batchSize).toBe(2)
})

test('what a test needs', () => {
  expect(new BatchSizeTest({ test: 'augmented' }).needs).toEqual({ products: true, variances: false })
  expect(new BatchSizeTest({ test: 'coordinate' }).needs).toEqual({ products: false, variances: true })
})

test('saved, and restored anywhere in between, it goes on alike', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 20 }),
      fc.nat(19),
      fc.integer({ min: 1, max: 3 }),
      (sizes, cut, interval) => {
        const options = { initial: 2, max: 50, interval }
        const whole = new BatchSizeTest(options)
        let other = new BatchSizeTest(options)
        sizes.forEach((s, t) => {
          if (t === cut) {
            const saved = JSON.parse(JSON.stringify(other.state()))
            other = new BatchSizeTest(options)
            other.load(saved)
          }
          expect(other.update(asking(s))).toBe(whole.update(asking(s)))
          expect(other.state()).toEqual(whole.state())
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('a refused update and a refused state change nothing', () => {
  const test = new BatchSizeTest({ initial: 4, max: 50 })
  const before = test.state()
  expect(() => test.update({ count: 4, squaredNorm: NaN, varianceSum: 1 })).toThrow('BatchSizeTest.update')
  for (const state of [null, {}, { batchSize: 51, steps: 0 }, { batchSize: 4, steps: -1 }, { batchSize: 0, steps: 1 }])
    expect(() => test.load(state as never)).toThrow('BatchSizeTest.load: state')
  expect(test.state()).toEqual(before)
})

test.each([
  [{ initial: 0 }, 'BatchSizeTest: initial'],
  [{ initial: 2.5 }, 'BatchSizeTest: initial'],
  [{ initial: 9, max: 8 }, 'BatchSizeTest: max must be at least initial = 9, got 8'],
  [{ eta: 0 }, 'BatchSizeTest: eta'],
  [{ theta: NaN }, 'BatchSizeTest: theta'],
  [{ nu: Infinity }, 'BatchSizeTest: nu'],
  [{ interval: 0 }, 'BatchSizeTest: interval'],
  [{ quantile: 0 }, 'BatchSizeTest: quantile'],
  [{ population: 0 }, 'BatchSizeTest: population'],
  [{ test: 'all' as never }, 'BatchSizeTest: test'],
])('options out of range: %j', (options, words) => expect(() => new BatchSizeTest(options)).toThrow(words))
