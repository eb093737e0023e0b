// Scores per second: EL2N, GraNd and last-layer GraNd beside PyTorch on one thread, in turns, on MNIST
// digits in float32; and the logits of a million examples as a stream.
// node bench/index.mjs [--quick]     Python with torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import v8 from 'node:v8'
import vm from 'node:vm'
import { random } from '@opt/core'
import { isDataAbsent, mnist } from '@opt/datasets'
import { createMlp, el2n, grand, scoreStream } from '@opt/el2n-pruning'
import { startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const SECONDS = quick ? 0.3 : 1
const ROUNDS = quick ? 2 : 5
const COUNT = 2048

async function startTorch() {
  const peer = await startPeer(new URL('torch_peer.py', import.meta.url))
  return (
    peer && {
      ...peer,
      rate: async (request) => Number(await peer.ask(JSON.stringify({ ...request, seconds: SECONDS }))),
    }
  )
}

/** Digits in 0..1, or noise with as many zeros where MNIST is not there. */
async function pictures() {
  try {
    const { features, source } = await mnist({ split: 'train' })
    return { pixels: Float32Array.from(features.data.subarray(0, COUNT * 784), (v) => v / 255), source }
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    const rng = random(0)
    const noise = Float32Array.from({ length: COUNT * 784 }, () => Math.max(0, rng.uniform(-4, 1)))
    return { pixels: noise, source: 'noise, 80% zeros (MNIST is not installed)' }
  }
}

function halved(pixels) {
  const out = new Float32Array(COUNT * 196)
  for (let i = 0; i < COUNT; i++)
    for (let p = 0; p < 196; p++) {
      const at = i * 784 + 56 * Math.floor(p / 14) + 2 * (p % 14)
      out[i * 196 + p] = (pixels[at] + pixels[at + 1] + pixels[at + 28] + pixels[at + 29]) / 4
    }
  return out
}

/** Examples a second, the best of many. */
function rate(work, n) {
  const end = performance.now() + 1000 * SECONDS
  let best = Infinity
  work()
  while (performance.now() < end) {
    const start = performance.now()
    work()
    best = Math.min(best, (performance.now() - start) / 1000)
  }
  return n / best
}

const { pixels, source } = await pictures()
const folder = mkdtempSync(join(tmpdir(), 'opt-bench-'))
const torch = await startTorch()
const labels = Int32Array.from({ length: COUNT }, (_, i) => i % 10)
const table = []
const notes = []
const show = (value) => (value === null ? '-' : Math.round(value).toLocaleString('en'))
for (const [sizes, x] of [
  [[784, 256, 10], pixels],
  [[196, 128, 10], halved(pixels)],
]) {
  const file = join(folder, `${sizes[0]}`)
  writeFileSync(file, x)
  const network = createMlp(sizes, { seed: 0 })
  const logits = new Float32Array(COUNT * 10)
  const out = new Float64Array(COUNT)
  const ours = {
    el2n: () => el2n(network.predict(x, logits), labels, { classes: 10, out }),
    last: () => grand(network, x, labels, { layers: 'last', out }),
    grand: () => grand(network, x, labels, { out }),
  }
  const kinds = ['el2n', 'last', 'grand']
  const best = Object.fromEntries([...kinds, 'vmap'].map((kind) => [kind, { ours: 0, torch: 0 }]))
  for (let round = 0; round < ROUNDS; round++)
    for (const kind of [...kinds, 'vmap']) {
      console.error(`${sizes.join('-')} ${kind}, round ${round + 1} of ${ROUNDS}`)
      if (ours[kind]) best[kind].ours = Math.max(best[kind].ours, rate(ours[kind], COUNT))
      const n = kind === 'vmap' ? 256 : COUNT
      if (torch) best[kind].torch = Math.max(best[kind].torch, await torch.rate({ kind, sizes, n, file }))
    }
  const names = { el2n: 'EL2N', last: 'GraNd, last layer', grand: 'GraNd' }
  for (const kind of kinds)
    table.push([
      `${names[kind]}, ${sizes.join('-')}`,
      show(best[kind].ours),
      torch ? show(best[kind].torch) : '-',
      torch && kind === 'grand' ? show(best.vmap.torch) : '',
    ])
  const cost = best.el2n.ours / best.grand.ours
  notes.push(
    `${sizes.join('-')}: GraNd takes ${cost.toFixed(2)} times the time of EL2N (target 1.5: ${cost <= 1.5 ? 'met' : 'not met'})`,
  )
  if (torch) {
    const times = best.grand.ours / best.vmap.torch
    notes[notes.length - 1] +=
      `, and is ${times.toFixed(0)} times as fast as vmap(grad) (target 10: ${times >= 10 ? 'met' : 'not met'})`
  }
}

console.error('a million logits')
const million = quick ? 100_000 : 1_000_000
const rng = random(0)
const batch = {
  logits: Float64Array.from({ length: 10_000 }, () => rng.normal()),
  labels: Int32Array.from({ length: 1000 }, (_, i) => i % 10),
}
const scores = new Float64Array(1000)
function* batches() {
  for (let at = 0; at < million; at += 1000) yield batch
}
let done = 0
v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')
const memory = () => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
const before = memory()
const start = performance.now()
for await (const scored of scoreStream(batches(), (b) => el2n(b.logits, b.labels, { classes: 10, out: scores })))
  done += scored.scores.length
const seconds = (performance.now() - start) / 1000
const grown = Math.max(0, memory() - before)
const theirs = torch ? await torch.rate({ kind: 'logits', sizes: [0, 0, 10], n: 10_000, file: '' }) : null
table.push([`EL2N of ${show(million)} examples' logits, 10 classes, float64`, show(done / seconds), show(theirs), ''])
notes.push(
  `The million logits are a stream of batches of 1000, scored in ${seconds.toFixed(2)} s; ${grown.toFixed(2)} MB more are held at the end than at the start.`,
)
torch?.stop()
rmSync(folder, { recursive: true })

console.log(`| examples a second | ours | PyTorch ${torch?.version ?? '(not found)'}, same formula | vmap(grad) |`)
console.log('| --- | --- | --- | --- |')
for (const cells of table) console.log(`| ${cells.join(' | ')} |`)
console.log(
  `\nPictures: ${source}. Node ${process.version}, one thread each, batches of 128, best of ${ROUNDS} rounds in turns.\n`,
)
for (const note of notes) console.log(`- ${note}`)
if (!torch) console.log('\nNo Python with torch was found (OPT_PYTHON), so there is nothing to compare with.')
