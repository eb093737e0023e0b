import { playDemo } from '@opt/testing'

test('the demo: surrogates need fewer expensive gradients, and Adam less work', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const { frames, last } = playDemo(demo)
  expect(frames).toHaveLength(40)
  const { figures, readout, progress } = last
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'line'])
  const ends = (figure: unknown) => (figure as { series: { y: number[] }[] }).series.map(({ y }) => y.at(-1)!)
  const path = (figures[1] as unknown as { series: { label: string; x: number[]; y: number[] }[] }).series
  const of = (label: string) => path.find((one) => one.label === label)!
  // The accepted inner steps, from z on, and contours of the loss that passes through z.
  expect(of('inner steps from z').x.length).toBe(Number(Object.fromEntries(readout)['inner steps']) + 1)
  expect(of('inner steps from z').x[0]).toBe(of('z to z - eta g').x[0])
  expect(of('loss as at z').x.length).toBeGreaterThan(1)
  const [surrogates, descent, adam] = ends(figures[2])
  expect(surrogates).toBeLessThan(0.5 * Math.min(descent, adam))
  expect(Number(readout[1][1])).toBeCloseTo(surrogates, 3)
  const work = playDemo(demo, { axis: 'total work' })
  expect(work.frames).toHaveLength(41)
  const [again, , longer] = ends(work.last.figures[2])
  expect(again).toBe(surrogates)
  expect(longer).toBeLessThan(surrogates)
  for (const rule of ['Armijo search', 'scalar AdaGrad']) {
    const { frames, values } = playDemo(demo, { rule, m: 1 })
    expect(frames).toHaveLength(40)
    expect(demo.code(values)).toContain('stepFrom')
  }
})
