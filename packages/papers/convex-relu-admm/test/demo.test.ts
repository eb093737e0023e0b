import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const values = (changes: object) => ({
  ...Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])),
  ...changes,
})

describe('the demo', () => {
  test('closes in from both sides, with back-propagation above', () => {
    const { frames, last } = playDemo(demo, { lines: true })
    expect(frames.length).toBe(101)
    expect(last.progress).toBe(1)
    const [pictures, objective] = last.figures
    if (pictures.kind !== 'images' || objective.kind !== 'line') throw new Error('other figures')
    for (const { width, height, data } of pictures.images) expect(data.length).toBe(width * height)
    const [upper, lower, back] = objective.series.map(({ y }) => y[y.length - 1])
    expect(lower).toBeLessThanOrEqual(upper * 1.001)
    expect(lower).toBeGreaterThan(0.9 * upper)
    expect(back).toBeGreaterThan(lower)
  })

  test('trains robustly and says how many points are certified', () => {
    const frames = demo.run(values({ epsilon: 0.3 }))
    let readout: [string, string][] = []
    for (let k = 0; k < 12; k++) readout = frames.next().value?.readout ?? []
    expect(Object.fromEntries(readout).certified).toMatch(/^\d of 8 points$/)
  })

  test('has nothing to show without points', () => {
    expect([...demo.run(values({ positive: [], negative: [] }))]).toEqual([])
  })

  test('accepts points of one class, or one on another', () => {
    for (const points of [{ negative: [] }, { positive: [[0.5, 0.5]], negative: [[0.5, 0.5]] }])
      expect(demo.run(values(points)).next().done).toBe(false)
  })
})
