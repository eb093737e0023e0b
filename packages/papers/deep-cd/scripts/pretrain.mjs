// Trains the network of pretrained() and writes src/pretrained-weights.ts, the same bits on every machine; with --check
// it compares instead. Build the package first. About 15 s.
import { readFileSync, writeFileSync } from 'node:fs'
import { multiLevelNetwork, poisson2d, ritzDataset, trainDirections } from '@opt/deep-cd'

const FILE = new URL('../src/pretrained-weights.ts', import.meta.url)
const SIZES = [
  { size: 16, batch: 16, vectors: 128, count: 1000 },
  { size: 32, batch: 4, vectors: 256, count: 1000 },
  { size: 64, batch: 1, vectors: 400, count: 400 },
]

const sets = SIZES.map(({ size, batch, vectors, count }) => {
  const { A, shape } = poisson2d({ size })
  return { A, shape, batch, samples: ritzDataset(A, { vectors, count, seed: size }) }
})
const network = multiLevelNetwork({ seed: 2 })
const { loss } = trainDirections(network, sets, { steps: 1500, seed: 2 })
const text = `// Written by scripts/pretrain.mjs: 1194 numbers in float32, base64.
export const parameters =
  '${network.state().parameters}'
`
const same = readFileSync(FILE, 'utf8') === text
if (process.argv.includes('--check')) {
  console.log(same ? 'the same bits' : 'other bits')
  process.exitCode = same ? 0 : 1
} else {
  writeFileSync(FILE, text)
  console.log(`loss ${loss.toPrecision(4)}; ${same ? 'nothing has changed' : 'written'}`)
}
