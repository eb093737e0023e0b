import fc from 'fast-check'
import { Batches, random } from '../src/index.ts'

test('each round draws every example at most once, and begins anew when too few are left', () => {
  const batches = new Batches(10, random(1))
  for (let round = 0; round < 5; round++) {
    const drawn = [0, 1, 2].flatMap(() => Array.from(batches.draw(3)))
    expect(new Set(drawn).size).toBe(9)
    drawn.forEach((i) => expect(i >= 0 && i < 10).toBe(true))
  }
})

test('a batch of all examples has them in order, and draws nothing', () => {
  const batches = new Batches(4, random(1))
  const before = batches.state()
  expect(Array.from(batches.draw(4))).toEqual([0, 1, 2, 3])
  expect(Array.from(batches.last(4))).toEqual([0, 1, 2, 3])
  expect(batches.state()).toEqual(before)
})

test('saved anywhere and restored through JSON, it goes on alike, with the last batch', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }),
      fc.nat(19),
      (sizes, cut) => {
        const whole = new Batches(12, random(3))
        let other = new Batches(12, random(3))
        sizes.forEach((size, t) => {
          const batch = Array.from(whole.draw(size))
          expect(Array.from(other.draw(size))).toEqual(batch)
          if (t !== cut) return
          const saved = JSON.parse(JSON.stringify(other.state()))
          other = new Batches(12, random(99))
          other.load(saved)
          expect(Array.from(other.last(size))).toEqual(batch)
        })
      },
    ),
    { numRuns: 1000 },
  )
})

test('a refused state changes nothing', () => {
  const batches = new Batches(5, random(1))
  batches.draw(2)
  const good = batches.state()
  for (const bad of [
    null,
    { ...good, order: [0, 1, 2, 3] },
    { ...good, order: [0, 0, 1, 2, 3] },
    { ...good, drawn: 6 },
    { ...good, random: {} },
  ])
    expect(() => batches.load(bad as never, 'resume.batches')).toThrow(/resume\.batches|Random/)
  expect(batches.state()).toEqual(good)
})

test.each([
  [() => new Batches(0, random(1)), 'Batches: count must be an integer of at least 1, got 0'],
  [() => new Batches(3, 1 as never), 'Batches: random must be a Random, got 1'],
  [() => new Batches(3, random(1)).draw(4), 'Batches.draw: size'],
  [() => new Batches(3, random(1)).last(0), 'Batches.last: size'],
])('errors name what is wrong, %#', (call, words) => expect(call).toThrow(words))
