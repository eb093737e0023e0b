import { playDemo } from '@opt/testing'

test('the demo: SGD leaves the sharp minimum above its critical rate, gradient descent does not; the network trains', async () => {
  // The demo imports the package by its name, as its page does.
  const { default: demo } = await import('../demo/index.ts')
  const last = (changes: Record<string, string | number>) => playDemo(demo, changes).last
  const told = (changes: Record<string, string | number>) => last(changes).readout.map(([, value]) => value)
  expect(told({})).toEqual([
    '0.0429 at batch 1',
    '0.0790',
    '0.744 at batch 1',
    'at the flat minimum',
    'at the sharp minimum',
  ])
  expect(told({ rate: 0.02 }).slice(3)).toEqual(['at the sharp minimum', 'at the sharp minimum'])
  expect(last({}).figures.map(({ kind }) => kind)).toEqual(['line', 'bar'])
  for (const [rate, trace] of [
    [0.02, 60],
    [0.06, 25],
  ]) {
    const { frames } = playDemo(demo, { scene: 'ReLU network', rate })
    expect(frames).toHaveLength(40)
    expect(Number(frames[39].readout[0][1])).toBeLessThan(0.05)
    expect(Number.parseFloat(frames[39].readout[1][1])).toBeLessThan(trace)
  }
  expect(told({ scene: 'ReLU network', rate: 0.2 })[0]).toContain('overflow')
  expect(demo.code(playDemo(demo).values)).toContain('batchSize: 1')
})
