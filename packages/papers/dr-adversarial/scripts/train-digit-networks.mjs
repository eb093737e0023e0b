// Trains the two networks of the demo's digit, as its code does, and writes demo/digit-networks.ts; with --check it
// compares instead. Build the package first. About 2 s.
import { readFileSync, writeFileSync } from 'node:fs'
import { random } from '@opt/core'
import { digits } from '@opt/datasets'
import { robustReport, trainRobust } from '@opt/dr-adversarial'
import { mlp } from '@opt/nn'

const FILE = new URL('../demo/digit-networks.ts', import.meta.url)
const { features, labels } = await digits()
// Class c keeps 130 x .1^(c/9) pictures for training: 130 zeros, 13 nines.
const room = Array.from({ length: 10 }, (_, c) => Math.round(130 * 0.1 ** (c / 9)))
const [kept, left] = [[], []]
for (const i of random(0).permutation(labels.length)) (room[labels[i]]-- > 0 ? kept : left).push(i)
const rows = (places) => ({
  inputs: places.map((i) => Array.from(features.data.subarray(64 * i, 64 * i + 64), (v) => v / 16)),
  targets: places.map((i) => labels[i]),
})
const [train, test] = [rows(kept), rows(left)]

const trained = (options) => {
  const network = mlp({ sizes: [64, 32, 10], dtype: 'float32', seed: 0 })
  trainRobust(network, train, { epsilon: 0.1, epochs: 80, batchSize: 50, ...options })
  const { clean, strong } = robustReport(network, test.inputs, test.targets, { epsilon: 0.1 })
  return `{
  clean: ${clean.accuracy.toFixed(3)},
  strong: ${strong.accuracy.toFixed(3)},
  parameters:
    '${network.state().parameters}',
}`
}
const text = `// Written by scripts/train-digit-networks.mjs: two 64-32-10 networks, parameters in float32, base64; and the shares of
// ${left.length} other digits that are right, without an attack and under the strong one of epsilon .1.
export const AT = ${trained({ method: 'at' })}
export const DONE = ${trained({ method: 'done', r: 1, c: 1e-3 })}
`
if (process.argv.includes('--check')) {
  const same = readFileSync(FILE, 'utf8') === text
  console.log(same ? 'the same bits' : 'other bits')
  process.exitCode = same ? 0 : 1
} else writeFileSync(FILE, text)
