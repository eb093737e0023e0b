import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const [panda, spos, , others] = (demo.controls[0] as { options: string[] }).options
const tauOf = (sampling: string, seed = 0) => {
  const { last } = playDemo(demo, { sampling, seed })
  return Number.parseFloat(last.readout[1][1])
}

test('the demo runs to its end, and its code names the package', () => {
  const { values, frames, last } = playDemo(demo, { sampling: spos, epochs: 40, seed: 3 })
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'bar', 'images', 'bar'])
  expect(last.progress).toBe(1)
  expect(frames.length).toBeGreaterThan(20)
  expect(demo.code(values)).toContain('@opt/pa-da')
})

test('it shows what its words say: after 120 epochs PA&DA ranks better than SPOS, and the opposite drift does not', () => {
  const tau = [0, 1, 2].map((seed) => tauOf(panda, seed) - Math.max(tauOf(spos, seed), tauOf(others, seed)))
  for (const gain of tau) expect(gain).toBeGreaterThan(0)
})
