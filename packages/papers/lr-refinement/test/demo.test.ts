import type { ControlValues } from '@opt/core'
import demo from '../demo/index.ts'

const start = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])) as ControlValues

test.each([{}, { source: 'the live run' }, { smoothing: 0.3, power: '1 (Adam)' }, { curve: new Array(24).fill(0) }])(
  'the demo runs to its end with %j, and shows what it says',
  (change) => {
    const values = { ...start, ...change }
    const frames = [...demo.run(values)]
    const { figures, readout, progress } = frames.at(-1)!
    expect(progress).toBe(1)
    expect(figures.map(({ kind }) => kind)).toEqual(['line', 'line', 'line'])
    for (const figure of figures)
      for (const { x, y } of 'series' in figure
        ? (figure.series as { x: ArrayLike<number>; y: ArrayLike<number> }[])
        : []) {
        expect(y.length).toBe(x.length)
        expect(Array.from(y).every(Number.isFinite)).toBe(true)
      }
    expect(readout.map(([label]) => label)).toContain('is like')
    expect(demo.code(values)).toContain('@opt/lr-refinement')
  },
)
