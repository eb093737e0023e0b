import type { Frame } from '@opt/core'
import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const count = (readout: [string, string][], label: string) =>
  Number.parseInt(readout.find(([name]) => name === label)![1], 10)

test('the demo: the network needs few iterations at every size; all three reach the same pressure', () => {
  for (const size of ['32', '64']) {
    const { values, frames, last } = playDemo(demo, { size })
    expect(last.progress).toBe(1)
    expect(frames.every(({ progress = -1 }) => progress >= 0 && progress <= 1)).toBe(true)
    expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'images', 'images', 'line'])
    expect(count(last.readout, 'DCDM')).toBeLessThanOrEqual(14)
    expect(count(last.readout, 'CG')).toBeGreaterThan(4 * count(last.readout, 'DCDM'))
    expect(frames.length).toBeLessThan(80)
    expect(demo.code(values)).toContain(`size = ${size}`)
    const pressures = last.figures.slice(0, 3) as unknown as { images: { data: Uint8ClampedArray }[] }[]
    const [a, , c] = pressures.map(({ images }) => images[0].data)
    expect(Math.max(...a.map((v, i) => Math.abs(v - c[i])))).toBeLessThan(16)
  }
})

test('the demo: the loss falls, an untrained network is saved by CG, walls all over the place', () => {
  const { values, last: untrained } = playDemo(demo, { size: '32', network: 'untrained', k: 0 })
  expect(untrained.readout[0][1]).toContain('CG since')
  expect(demo.code(values)).toContain('multiLevelNetwork({ seed: 1 })')
  const run = demo.run({ ...values, network: 'train it now' })
  // 80 of its 400 steps; the experiment trains to the end.
  const frames = Array.from({ length: 10 }, () => run.next().value as Frame)
  expect(frames[9].readout[0]).toEqual(['training on empty boxes, step', '80 of 400'])
  expect(frames[9].progress).toBe(0.2)
  const [{ y: losses }] = (frames[9].figures[0] as unknown as { series: { y: number[] }[] }).series
  expect(losses).toHaveLength(80)
  expect(losses[79]).toBeLessThan(losses[0] / 2)
  const solid = playDemo(demo, { size: '32', obstacles: new Array<number>(1024).fill(255) }).last
  expect(solid.readout[2][1]).toContain('0 iterations')
})
