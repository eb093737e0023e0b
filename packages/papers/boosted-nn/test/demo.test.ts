import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

const losses = (frame: { figures: object[] }) => (frame.figures[1] as { series: { y: number[] }[] }).series[0].y

describe('the demo', () => {
  test('grows a surface that separates the moons', () => {
    const { values, frames, last } = playDemo(demo)
    expect(frames.length).toBe(21)
    expect(last.progress).toBe(1)
    expect(Object.fromEntries(last.readout).wrong).toBe('0 of 28')
    const curve = losses(last)
    expect(curve.every((loss, t) => t === 0 || loss <= curve[t - 1])).toBe(true)
    expect(demo.code(values)).toContain('@opt/boosted-nn')
  })

  test('cuts units off', () => {
    const { last } = playDemo(demo, { unitsOn: 7 })
    expect(Object.fromEntries(last.readout)['units on']).toBe('6 of 60')
    expect(Object.fromEntries(playDemo(demo, { unitsOn: 0 }).last.readout)['units on']).toBe('0 of 60')
  })

  test('blows up at learning rate 1 without the safeguard', () => {
    const { last } = playDemo(demo, { learningRate: 1, safeguard: false })
    const curve = losses(last)
    expect(curve.some((loss, t) => t > 0 && loss > 2 * curve[t - 1])).toBe(true)
    expect(Math.max(...curve)).toBeGreaterThan(2)
  })

  test('shows nothing for points of one class', () => {
    const values = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
    expect([...demo.run({ ...values, negative: [] })]).toEqual([])
  })
})
