// Computes the answers of test/digest.test.ts and the kernels of test/kernel-calls.ts of every package in Node 20 and 24,
// Bun, Deno, Chromium (also where its page forbids WebAssembly) and Firefox, those that this machine has, and fails when one bit differs from
// what the package has recorded. Packages must be built.
// node scripts/checks/same-bits.mjs [--write] [package...]; --write renews test/golden/digests.json from Node 20.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { concurrently } from '../lib/concurrently.mjs'
import { engines } from '../lib/engines.mjs'
import { allPackages, root } from '../lib/packages.mjs'

const args = process.argv.slice(2)
const only = args.filter((arg) => !arg.startsWith('--'))
const has = (folder, file) => existsSync(join(folder, 'test', file))
const packages = allPackages().filter(
  ({ folder, manifest }) =>
    (has(folder, 'digest.test.ts') || has(folder, 'kernel-calls.ts')) &&
    (only.length === 0 || only.some((name) => manifest.name.endsWith(`/${name}`))),
)
const goldenOf = (folder) => join(folder, 'test', 'golden', 'digests.json')

/** Of @opt/testing, tests of digests use `digest`, which alone runs in every engine. */
const testing = {
  name: 'testing',
  setup({ onResolve }) {
    const file = join(root, 'packages', 'testing', 'dist', 'digest.js')
    onResolve({ filter: /^@opt\/testing$/ }, () => ({ path: file }))
  },
}

async function bundled(folder, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    plugins: [testing],
    // A test file has side effects, whatever its package says.
    ignoreAnnotations: true,
    logLevel: 'error',
  })
  return outputFiles[0].text
}

/** Adds the package's tests to `digests.tests`. */
const answersOf = async ({ folder, manifest }) =>
  `digests.package = ${JSON.stringify(manifest.name)};\n${await bundled(folder, "import './test/digest.test.ts'")}`

/** Adds a function to `digests.kernels` that returns fingerprints of the package's kernels. */
const kernelsOf = ({ folder, manifest }) =>
  bundled(
    folder,
    `import * as core from '@opt/core'
    import { kernelDigests } from '@opt/testing/kernels'
    import * as module from './test/kernel-calls.ts'
    const { sets, calls, others } = { ...module }
    const fingerprints = (plain) => Object.assign({}, ...sets.map((set) => kernelDigests(core, set, calls, { plain })))
    digests.kernels[${JSON.stringify(manifest.name)}] = () => ({
      wasm: sets.every((set) => set.module() !== null),
      compiled: { ...fingerprints(false), ...others?.() },
      plain: { ...fingerprints(true), ...others?.() },
    })`,
  )

const withKernels = packages.filter(({ folder }) => has(folder, 'kernel-calls.ts'))
const withAnswers = packages.filter(({ folder }) => has(folder, 'digest.test.ts'))
const prelude = readFileSync(join(root, 'scripts', 'lib', 'digest-prelude.js'), 'utf8')
const end = 'globalThis.answer = digests.answer()'
const kernelParts = await Promise.all(withKernels.map(kernelsOf))
const script = [prelude, ...kernelParts, ...(await Promise.all(withAnswers.map(answersOf))), end].join('\n')
// ndarray makes its accessors by `new Function`.
const withoutEvaluation = [prelude, ...kernelParts, end].join('\n')

const problems = []
await concurrently(engines, async ({ name, run, wasm, evaluates }) => {
  const answer = await run(evaluates ? script : withoutEvaluation)
  if (!answer) return console.log(`${name}: not on this machine`)
  const { engine, failures, kernels } = JSON.parse(answer)
  const wrong = failures.map((failure) => `${failure.package}, ${failure.name}: ${failure.message}`)
  for (const { folder, manifest } of withKernels) {
    const found = kernels[manifest.name]
    if (found.wasm !== wasm)
      wrong.push(`${manifest.name}: WebAssembly ${wasm ? 'is missing' : 'should have been refused'}`)
    if (args.includes('--write') && name === 'Node 20')
      writeFileSync(goldenOf(folder), `${JSON.stringify(found.compiled, null, 2)}\n`)
    const wanted = JSON.parse(readFileSync(goldenOf(folder), 'utf8'))
    for (const form of ['compiled', 'plain'])
      for (const kernel of Object.keys({ ...wanted, ...found[form] }))
        if (found[form][kernel] !== wanted[kernel]) wrong.push(`${manifest.name}, kernel ${kernel}, ${form}`)
  }
  const verdict = wrong.length === 0 ? 'the same bits' : 'other bits'
  console.log(
    `${name} (${engine}), kernels of ${withKernels.length} packages, answers of ${evaluates ? withAnswers.length : 0}: ${verdict}`,
  )
  problems.push(...wrong.map((what) => `${name}: ${what}`))
})
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
