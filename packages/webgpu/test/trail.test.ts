import fc from 'fast-check'
import { Trail } from '../src/updates/trail.ts'

/** Counts that mostly grow by one, stand still at times, and start anew at times. */
const counts = fc
  .array(fc.constantFrom('grow', 'grow', 'grow', 'stand', 'restart'), { minLength: 1, maxLength: 60 })
  .map((kinds) => {
    let now = 3
    return kinds.map((kind) => {
      now = kind === 'grow' ? now + 1 : kind === 'restart' ? 1 : now
      return now
    })
  })

describe('the trail of a count', () => {
  test('gives back what was recorded, whatever has been forgotten before', () => {
    fc.assert(
      fc.property(counts, fc.nat(), fc.nat(), (values, start, cut) => {
        const trail = new Trail()
        values.forEach((value, k) => void trail.record(start + k, value))
        const forgotten = cut % values.length
        trail.forget(start + forgotten)
        for (let k = forgotten; k < values.length; k++) expect(trail.at(start + k)).toBe(values[k])
        trail.clear()
        trail.record(start + 5, 7)
        expect(trail.at(start + 5)).toBe(7)
      }),
    )
  })

  test('goes on after forgetting', () => {
    const trail = new Trail()
    for (let step = 0; step < 10; step++) trail.record(step, step)
    trail.forget(10)
    for (let step = 10; step < 20; step++) trail.record(step, step === 15 ? 0 : step)
    expect([10, 14, 15, 16, 19].map((step) => trail.at(step))).toEqual([10, 14, 0, 16, 19])
  })
})
