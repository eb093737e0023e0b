test('the demo: surrogates need fewer expensive gradients, and Adam less work', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const values = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const frames = [...demo.run(values)]
  expect(frames).toHaveLength(40)
  const { figures, readout, progress } = frames.at(-1)!
  expect(progress).toBe(1)
  expect(figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'line'])
  const ends = (figure: unknown) => (figure as { series: { y: number[] }[] }).series.map(({ y }) => y.at(-1)!)
  const [surrogates, descent, adam] = ends(figures[2])
  expect(surrogates).toBeLessThan(0.5 * Math.min(descent, adam))
  expect(Number(readout[1][1])).toBeCloseTo(surrogates, 3)
  const work = [...demo.run({ ...values, axis: 'total work' })]
  expect(work).toHaveLength(41)
  const [again, , longer] = ends(work.at(-1)!.figures[2])
  expect(again).toBe(surrogates)
  expect(longer).toBeLessThan(surrogates)
  for (const rule of ['Armijo search', 'scalar AdaGrad']) {
    expect([...demo.run({ ...values, rule, m: 1 })]).toHaveLength(40)
    expect(demo.code({ ...values, rule })).toContain('stepFrom')
  }
})
