import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { playDemo } from '@opt/testing'
import { AT, DONE } from '../demo/digit-networks.ts'
import { imbalanced, loadDigits } from '../src/experiment/pictures.ts'
import { trainRobust } from '../src/index.ts'

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

test('the demo attacks a drawn digit, and the weights that it ships are those that its code trains', async () => {
  const { default: demo } = await import('../demo/index.ts')
  const { values, frames, last } = playDemo(demo, { subject: 'a digit of yours' })
  expect(frames.length).toBe(1)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar', 'images', 'bar'])
  for (const figure of last.figures) {
    if (figure.kind === 'images') {
      const [drawn, ...attacked] = figure.images.slice(0, 3).map(({ data }) => Array.from(data))
      for (const picture of attacked) {
        const moved = Math.max(...picture.map((v, p) => Math.abs(v - drawn[p]) / 255))
        expect(moved).toBeGreaterThan(0)
        expect(moved).toBeLessThanOrEqual((values.epsilon as number) + 1e-12)
        expect(Math.min(...picture)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...picture)).toBeLessThanOrEqual(255)
      }
    } else if (figure.kind === 'bar') {
      const [drawn, ...attacked] = figure.series.map(({ y }) => Array.from(y))
      for (const p of [drawn, ...attacked]) expect(p.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 12)
      const digit = drawn.indexOf(Math.max(...drawn))
      for (const p of attacked) expect(p[digit]).toBeLessThan(drawn[digit])
    }
  }
  expect(demo.code(values)).toContain("method: 'done'")
  // An empty canvas is drawn too.
  playDemo(demo, { subject: 'a digit of yours', drawing: (values.drawing as number[]).map(() => 0) })
  const { train } = imbalanced(await loadDigits(), 130, random(0))
  for (const [shipped, options] of [
    [AT, { method: 'at' }],
    [DONE, { method: 'done', r: 1, c: 1e-3 }],
  ] as const) {
    const network = mlp({ sizes: [64, 32, 10], dtype: 'float32', seed: 0 })
    const data = { inputs: train.inputs, targets: train.labels }
    trainRobust(network, data, { epsilon: 0.1, epochs: 80, batchSize: 50, ...options })
    expect(network.state().parameters).toBe(shipped.parameters)
  }
})
