import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

function play(change: object) {
  const { values, last } = playDemo(demo, change)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar', 'line'])
  expect(last.progress).toBe(1)
  expect(demo.code(values)).toContain('@opt/hessian-alignment')
  return last
}

test('the demo runs to its end with other settings', () => {
  play({ weight: 1, batch: 20, unbiased: true })
})

test('with the first settings ERM is wrong in the test domain, HGP less so, and both are better without colour', () => {
  const { readout } = play({})
  const right = Object.fromEntries(readout.map(([name, text]) => [name, Number.parseFloat(text)]))
  expect(right.ERM).toBeLessThan(35)
  expect(right.HGP).toBeGreaterThan(50)
  expect(right['V-REx']).toBeGreaterThan(50)
  for (const [, text] of readout.slice(0, 3)) {
    const [withColour, without] = text.match(/\d+/g)!.map(Number)
    expect(withColour).toBeLessThan(without)
  }
})
