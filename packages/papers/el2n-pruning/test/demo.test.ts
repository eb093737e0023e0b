import { playDemo } from '@opt/testing'

test('the demo draws a frame for each network and two decision maps, and its controls do something', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const { values, frames, last } = playDemo(demo)
  expect(frames.length).toBe(7)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'images'])
  const auroc = Number(last.readout[1][1])
  expect(auroc).toBeGreaterThan(0.8)
  expect(playDemo(demo, { noise: 0 }).last.readout[1][1]).toBe('none are wrong')
  expect(demo.code(values)).toContain('networks: 5')
})
