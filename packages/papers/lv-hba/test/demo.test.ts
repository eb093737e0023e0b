import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const values = (changes: object = {}) => ({
  ...Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])),
  ...changes,
})

describe('the demo', () => {
  test('the wrong labels fade, and the loss falls', () => {
    const { frames, last } = playDemo(demo)
    expect(frames).toHaveLength(60)
    const { readout, progress } = last
    expect(progress).toBe(1)
    const said = Object.fromEntries(readout)
    expect(said['wrong labels faded']).toMatch(/^(1[0-9]|[89]) of 15$/)
    expect(Number(said['right labels faded'])).toBeLessThan(15)
    const [before, after] = said['validation loss'].split(' to ').map(Number)
    expect(after).toBeLessThan(0.9 * before)
    expect(demo.code(values())).toMatch('weightedSvm')
  })

  test('shows its extremes', () => {
    for (const changes of [
      { wrong: 0, points: 20 },
      { wrong: 40, points: 120, c: 0.2 },
      { c: 0.002, seed: 20 },
    ]) {
      const frames = demo.run(values(changes))
      for (let k = 0; k < 3; k++) expect(frames.next().value?.figures).toHaveLength(2)
    }
  })
})
