import { playDemo } from '@opt/testing'

const accuracies = (text: string) => text.match(/\d+(?= %)/g)!.map(Number)

test('the demo draws three networks, of which the robust ones withstand more', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const { values, frames, last } = playDemo(demo)
  expect(frames.length).toBe(10)
  expect(last.progress).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar'])
  const [[, ordinary], [, at], [name, done]] = last.readout
  expect(name).toBe('DONE')
  expect(accuracies(at)[1]).toBeGreaterThan(accuracies(ordinary)[1])
  expect(accuracies(done)[2]).toBeGreaterThan(accuracies(at)[2])
  expect(demo.code(values)).toContain("attack: 'barrier'")
  const short = { epochs: 20, epsilon: 0.05 }
  expect(playDemo(demo, { ...short, weights: false }).last.readout[2][0]).toBe('bilevel AT')
  const plain = playDemo(demo, { ...short, weights: false, bilevel: false })
  expect(plain.last.readout[2]).toEqual(plain.last.readout[1])
  expect(demo.code(plain.values)).toContain("weights: 'uniform'")
})
