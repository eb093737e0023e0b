import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test.each([{}, { weight: 1, batch: 20, unbiased: true }])('the demo runs to its end with %j', (change) => {
  const { values, last } = playDemo(demo, change)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar', 'line'])
  expect(last.progress).toBe(1)
  expect(demo.code(values)).toContain('@opt/hessian-alignment')
})

test('with the first settings ERM is wrong in the test domain, HGP less so, and both are better without colour', () => {
  const { last } = playDemo(demo, {})
  const right = Object.fromEntries(last.readout.map(([name, text]) => [name, Number.parseFloat(text)]))
  expect(right.ERM).toBeLessThan(35)
  expect(right.HGP).toBeGreaterThan(50)
  expect(right['V-REx']).toBeGreaterThan(50)
  for (const [, text] of last.readout.slice(0, 3)) {
    const [withColour, without] = text.match(/\d+/g)!.map(Number)
    expect(withColour).toBeLessThan(without)
  }
})
