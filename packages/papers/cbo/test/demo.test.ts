import { playDemo } from '@opt/testing'

test('the demo: gradient descent is caught, wide hops and the cloud are not, narrow hops are', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const { values, frames, last } = playDemo(demo)
  expect(frames).toHaveLength(60)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'line', 'line'])
  const ends = (frame: typeof last) => frame.readout.map(([, text]) => Number(text.replace('f = ', '')))
  const [descent, , hops, cloud] = ends(last)
  expect(descent).toBeCloseTo(3.862, 2)
  expect(Math.max(hops, cloud)).toBeLessThan(2)
  expect(demo.code(values)).toContain('const x0 = [8.00, 8.00]')
  const narrow = playDemo(demo, { width: 0.4, particles: 50, alpha: 10, start: [[0.9, 0.8]] })
  expect(ends(narrow.last)[2]).toBeGreaterThan(3)
})
