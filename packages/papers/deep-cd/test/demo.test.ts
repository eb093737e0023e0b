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

test('the demo: training falls, an untrained network is saved by CG, walls all over the place', () => {
  const { frames, last } = playDemo(demo, { size: '32', network: 'train it now' })
  expect(frames[0].readout[0][0]).toContain('training')
  expect(last.figures).toHaveLength(5)
  expect(count(last.readout, 'DCDM')).toBeLessThanOrEqual(15)
  const untrained = playDemo(demo, { size: '32', network: 'untrained', k: 0 }).last
  expect(untrained.readout[0][1]).toContain('CG since')
  expect(demo.code({ ...playDemo(demo, { size: '32' }).values, network: 'untrained' })).toContain(
    'multiLevelNetwork({ seed: 1 })',
  )
  const solid = playDemo(demo, { size: '32', obstacles: new Array<number>(1024).fill(255) }).last
  expect(solid.readout[2][1]).toContain('0 iterations')
})
