import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a page that imports one name carries, as text. */
async function bundle(name: string): Promise<string> {
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const stdin = { contents: `export { ${name} } from ${JSON.stringify(index)}`, resolveDir: '.' }
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false })
  return outputFiles[0].text
}

const MODULE = /0061736d/g

test.each([
  ['workspace', 1, 'sinkhornRow', 'amsgrad'],
  ['allocate', 1, 'sinkhornRow', 'amsgrad'],
  ['ready', 1, 'sinkhornRow', 'amsgrad'],
  ['plainKernels', 0, 'sinkhornRow', 'amsgrad'],
  ['allocateUpdates', 1, 'amsgrad', 'sinkhornRow'],
  ['readyUpdates', 1, 'amsgrad', 'sinkhornRow'],
  ['plainUpdates', 0, 'amsgrad', 'sinkhornRow'],
])('a bundle of %s carries the kernels of its own set only', async (name, modules, own, other) => {
  const text = await bundle(name)
  expect([...text.matchAll(MODULE)]).toHaveLength(modules)
  expect(text).toContain(own)
  expect(text).not.toContain(other)
})

test('a bundle of anything else carries none', async () => {
  const text = await bundle('solver, random, exp, conjugateGradient')
  for (const word of [MODULE, 'sinkhornRow', 'amsgrad']) expect(text).not.toMatch(word)
})
