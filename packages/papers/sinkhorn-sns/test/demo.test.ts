import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test('histograms: both solvers end, and the kept entries are fewer than all', () => {
  const { figures, readout } = playDemo(demo).last
  expect(readout.map(([label]) => label)).toEqual(['SNS', 'transport cost', 'Sinkhorn'])
  expect(readout[0][1]).toMatch(/converged$/)
  expect(readout[2][1]).toMatch(/^done after \d{3,} iterations/)
  const kept = Number(/\d+/.exec(figures[1].title)?.[0])
  expect(kept).toBeGreaterThan(64)
  expect(kept).toBeLessThan(64 * 64)
  const [picture] = figures[1].kind === 'heatmap' ? [figures[1].image] : []
  expect(Array.from(picture!.data).filter((v) => v === 255).length).toBe(kept)
})

test('point clouds: each point starts where it is and ends on the ring', () => {
  const { frames, last } = playDemo(demo, { show: 'point clouds' })
  const radii = ([figure]: (typeof frames)[number]['figures']) => {
    if (figure.kind !== 'scatter') throw new Error('the figure is no scatter')
    const { x, y } = figure.series[1]
    return Array.from(x as ArrayLike<number>, (v, i) => Math.hypot(v, y[i]))
  }
  expect(Math.max(...radii(frames[0].figures))).toBeLessThan(0.75)
  expect(Math.min(...radii(last.figures))).toBeGreaterThan(0.6)
  expect(last.progress).toBe(1)
})
