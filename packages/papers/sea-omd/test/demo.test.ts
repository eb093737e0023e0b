import type { ControlValues } from '@opt/core'
import demo from '../demo/index.ts'

const start = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as ControlValues

test.each([{}, { domain: 'triangle' }, { noise: 0, speed: 0, jump: false }, { noise: 3, corruption: 0.5 }])(
  'the demo runs to its end with %j, and shows what it says',
  (change) => {
    const values = { ...start, ...change }
    const frames = [...demo.run(values)]
    expect(frames).toHaveLength(100)
    const { figures, readout, progress } = frames[99]
    expect(progress).toBe(1)
    expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'bar'])
    for (const figure of figures)
      for (const { x, y } of 'series' in figure ? (figure.series as unknown as { x: unknown[]; y: number[] }[]) : []) {
        expect(y.length).toBe(x.length)
        expect(y.every(Number.isFinite)).toBe(true)
      }
    expect(Object.fromEntries(readout)['noise a round (sigma)']).toBe(Number(values.noise).toFixed(3))
    expect(demo.code(values)).toContain('@opt/sea-omd')
  },
)
