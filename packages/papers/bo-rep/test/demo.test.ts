import demo from '../demo/index.ts'

const values = (changes: object = {}) => ({
  ...Object.fromEntries(demo.controls.map(({ name, value }) => [name, value])),
  ...changes,
})
const last = (changes: object) => [...demo.run(values(changes))].at(-1)!
const said = (changes: object) => Object.fromEntries(last(changes).readout)

describe('the demo', () => {
  test('BO-REP comes down the wall, momentum explodes or crawls', () => {
    const readout = said({})
    expect(Math.abs(Number(readout['x of BO-REP']))).toBeLessThan(1)
    expect(readout['x of momentum']).toMatch(/exploded/)
    expect(Number(readout['y lags by at most'])).toBeLessThanOrEqual(Number(readout.bound))
    expect(Number(said({ momentum: 1e-6 })['x of momentum'])).toBeGreaterThan(5)
    expect(last({}).progress).toBe(1)
    expect(demo.code(values())).toMatch('boRep')
  })

  test('wrong labels fade', () => {
    const readout = said({ view: 'images' })
    expect(Number(readout['wrong labels among the first 36 suspects'])).toBeGreaterThan(24)
    const [images] = last({ view: 'images' }).figures
    expect(images.kind === 'images' && images.images.length).toBe(36)
    expect(demo.code(values({ view: 'images' }))).toMatch('cleaningTask')
  })

  test('shows its extremes', () => {
    for (const changes of [
      { start: 20, eta: 0.5, momentum: 0.5, period: 20 },
      { start: 2, eta: 0.01, momentum: 1e-6, period: 1 },
      { view: 'images', wrong: 0 },
      { view: 'images', wrong: 50 },
    ])
      for (const { figures } of demo.run(values(changes)))
        for (const figure of figures)
          if ('series' in figure)
            for (const series of figure.series)
              if ('y' in series) expect(Array.from(series.y).every(Number.isFinite)).toBe(true)
  })
})
