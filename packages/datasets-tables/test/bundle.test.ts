// What a page gets: no Node API, and only the tables that it asks for.
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))
const code = `
  import { loadTable } from './src/index.ts'
  globalThis.answer = (async () => {
    const sums = {}
    for (const name of ['breastCancer', 'diabetes', 'digits', 'iris', 'wine'])
      sums[name] = (await loadTable(name)).features.reduce((sum, v) => sum + v, 0)
    return JSON.stringify(sums)
  })()
`
const settings = {
  stdin: { contents: code, resolveDir: folder },
  bundle: true,
  minify: true,
  platform: 'browser',
  write: false,
} as const

test('a bundle runs where there is nothing but JavaScript', async () => {
  const { outputFiles } = await build({ ...settings, format: 'iife' })
  const context: { answer?: Promise<string> } = {}
  runInNewContext(outputFiles[0]!.text, context)
  const sums = JSON.parse((await context.answer)!)
  expect(sums.digits).toBe(561718)
  expect(sums.iris).toBeCloseTo(2078.7, 9)
  expect(sums.wine).toBeCloseTo(159975.295999, 5)
  expect(sums.breastCancer).toBeCloseTo(1056474.4596356, 5)
})

test('every table is a file of its own', async () => {
  const { outputFiles } = await build({ ...settings, format: 'esm', splitting: true, outdir: folder })
  const names = ['breast-cancer', 'diabetes', 'digits', 'iris', 'wine']
  const sizes = names.map((name) => outputFiles.find(({ path }) => path.includes(name))?.contents.length)
  expect(sizes.every((size) => size! > 500 && size! < 60_000)).toBe(true)
  const others = outputFiles.filter(({ path }) => !names.some((name) => path.includes(name)))
  expect(Math.max(...others.map(({ contents }) => contents.length))).toBeLessThan(5000)
})
