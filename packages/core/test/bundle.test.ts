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
  { name: 'allocate, kernelSet', modules: 0, contains: [], lacks: ['gemm', 'rowLse'] },
  { name: 'vectorKernels', modules: 1, contains: ['axpy'], lacks: ['squaredNorm', 'gemm', 'rowLse'] },
  { name: 'scanKernels', modules: 1, contains: ['squaredNorm'], lacks: ['axpy', 'gemm', 'rowLse'] },
  { name: 'matrixKernels', modules: 1, contains: ['gemm'], lacks: ['squaredNorm', 'rowLse'] },
  { name: 'exponentialKernels', modules: 1, contains: ['rowLse'], lacks: ['squaredNorm', 'gemm'] },
  { name: 'activationKernels', modules: 1, contains: ['vsoftplus'], lacks: ['squaredNorm', 'gemm', 'rowLse'] },
])('a bundle of $name carries its own kernels only', async ({ name, modules, contains, lacks }) => {
  const text = await bundle(name)
  expect([...text.matchAll(MODULE)]).toHaveLength(modules)
  for (const word of contains) expect(text).toContain(word)
  for (const word of lacks) expect(text).not.toContain(word)
})

test('a bundle of anything else carries none', async () => {
  const text = await bundle('solver, random, exp, conjugateGradient')
  expect(text).not.toMatch(MODULE)
})
