import { playDemo } from '@opt/testing'
import demo from '../demo/index.ts'

test('below the threshold the approximations are close, above they are not', () => {
  const wrong = (change: object) => Number.parseFloat(Object.fromEntries(playDemo(demo, change).last.readout).reverse)
  expect(wrong({ scale: 0.05, length: 200 })).toBeLessThan(5)
  expect(wrong({ scale: 5, length: 200 })).toBeGreaterThan(30)
  const { values, last, frames } = playDemo(demo, {})
  expect(frames.length).toBe(4)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['images', 'bar', 'bar'])
  expect(demo.code(values)).toContain('@opt/lora-limits')
})

test('training with auto follows exact gradients', () => {
  const { last } = playDemo(demo, { show: 'training' })
  const loss = Object.fromEntries(last.readout)
  expect(last.figures.map(({ kind }) => kind)).toEqual(['line'])
  expect(Number(loss.auto)).toBeLessThan(3 * Number(loss.exact))
})
