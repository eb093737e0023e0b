import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runExperiment } from '@opt/core/experiment'
import { a9a } from '@opt/datasets'
import { golden } from '@opt/testing'
import { experiment } from '../src/experiment.ts'
import { adagradNorm, ball, logisticStream, oftrl, ogd, seaConvex, seaDynamic, seaExpConcave } from '../src/index.ts'

test('every judged claim holds at the quick scale; without a9a the rest is still judged', async () => {
  const read = await runExperiment(experiment, { scale: 'quick', dataFolder: '/no such folder' })
  expect(read.complete).toBe(true)
  expect(read.claims.filter(({ pass }) => pass === false)).toEqual([])
  expect(read.claims.filter(({ pass }) => pass).length).toBeGreaterThanOrEqual(12)
  expect(read.figures).toHaveLength(4)
  expect(read.notes.join()).toContain('a9a stream is left out')
  await expect(a9a({ folder: '/no such folder' })).rejects.toMatchObject({ code: 'OPT_DATA_ABSENT' })
})

const folder = process.env.OPT_DATA_DIR
const withData = folder && existsSync(join(folder, 'a9a.t')) ? describe : describe.skip
withData('golden a9a, where OPT_DATA_DIR has it', () => {
  for (const part of ['short', 'full']) {
    const { radius: R, rows, learners } = golden(import.meta.url, 'a9a.json')[part]
    const domain = ball({ dimension: 124, radius: R })
    const make = {
      seaConvex: () => seaConvex({ domain, G: 1, L: 0.25 }),
      seaExpConcave: () => seaExpConcave({ domain, G: 1, beta: 0.3 }),
      seaDynamic: () => seaDynamic({ domain, G: 1, L: 0.25, horizon: rows[1] }),
      oftrl: () => oftrl({ domain, G: 1, L: 0.25 }),
      ogd: () => ogd({ domain, G: 1 }),
      adagradNorm: () => adagradNorm({ domain, k: R / Math.SQRT2 }),
    }
    test.each(Object.entries(make))(`${part}: %s`, async (name, learner) => {
      const { labels, indptr, indices, values } = await a9a({ folder: folder! })
      const stream = logisticStream({ learner: learner(), scale: 1 / Math.sqrt(15) })
      for (let i = rows[0]; i < rows[1]; i++) {
        const [from, to] = [indptr[i], indptr[i + 1]]
        stream.see({ label: labels[i], indices: indices.subarray(from, to), values: values.subarray(from, to) })
      }
      const { total, errors, finalNorm } = learners[name]
      expect(Math.abs(stream.total - total) / total).toBeLessThan(1e-7)
      expect(Math.abs(stream.errors - errors)).toBeLessThanOrEqual(2)
      const x = stream.learner.predict()
      expect(Math.sqrt(x.reduce((s, v) => s + v * v, 0))).toBeCloseTo(finalNorm, 6)
    })
  }
})
