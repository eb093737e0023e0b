import { reproduce } from '../src/index.ts'
import { papers } from './fixtures/papers.mjs'

const named = (...names: string[]) => names.map((name) => papers.find((paper) => paper.name === name)!)

test.each([
  [0, 'claim.ours must be a string, got 1'],
  [1, 'claim.pass must be true, false or null, got undefined'],
  [2, 'table.rows[0][0] must be a string or a number, got an object'],
  [3, "figure.kind must be 'line', 'scatter', 'bar', 'histogram', 'images' or 'heatmap', got \"pie\""],
  [4, 'figure.images[0].data must be of length 4, got length 3'],
  [5, 'note must be a string, got undefined'],
  [6, 'progress: label must be a string, got undefined'],
])('an experiment that says what no report can show has failed (%j)', async (seed, message) => {
  const { results } = await reproduce(named('nonsense'), { seed })
  expect(results[0]).toMatchObject({ outcome: 'failed', failure: { message }, notes: ['Said before the nonsense'] })
})

test.each(['onStart', 'onProgress', 'onPrint', 'onResult'])('what %s throws comes out', async (name) => {
  const mine = new Error('mine')
  let calls = 0
  const options = {
    [name]() {
      calls++
      throw mine
    },
  }
  // One that never ends, but where its end is waited for.
  const papers = named(name === 'onResult' ? 'short' : 'slow', 'good')
  await expect(reproduce(papers, { onPrint: () => {}, ...options })).rejects.toBe(mine)
  expect(calls).toBe(1)
})
