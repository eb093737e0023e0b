test('the demo draws a frame for each network and two decision maps, and its controls do something', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const values = Object.fromEntries(demo.controls.map(({ name, value }) => [name, value]))
  const frames = [...demo.run(values)]
  expect(frames.length).toBe(7)
  const last = frames[6]
  expect(last.figures.map(({ kind }) => kind)).toEqual(['scatter', 'line', 'images'])
  const auroc = Number(last.readout[1][1])
  expect(auroc).toBeGreaterThan(0.8)
  expect([...demo.run({ ...values, noise: 0 })].at(-1)?.readout[1][1]).toBe('none are wrong')
  expect(demo.code(values)).toContain('networks: 5')
})
