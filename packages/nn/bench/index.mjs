// Steps, Hessian-vector products and what per-example gradients say against PyTorch on one thread, in turns.
// node bench/index.mjs [--quick]     Python with torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { cpuClock } from '../../../scripts/lib/bench.mjs'
import { startPeer } from '../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const SECONDS = quick ? 0.3 : 1
const ROUNDS = quick ? 2 : 5

async function startTorch() {
  const peer = await startPeer(new URL('torch_peer.py', import.meta.url))
  return (
    peer && {
      ...peer,
      time: async (request) => Number(await peer.ask(JSON.stringify({ ...request, seconds: SECONDS }))),
    }
  )
}

/** Seconds of processor time of one call, the best of many. */
function time(work) {
  const end = cpuClock() + SECONDS
  let [inner, best] = [1, Infinity]
  work()
  while (cpuClock() < end) {
    const start = cpuClock()
    for (let i = 0; i < inner; i++) work()
    const took = (cpuClock() - start) / inner
    best = Math.min(best, took)
    inner = Math.max(1, Math.min(1000, Math.floor(0.01 / took)))
  }
  return best
}

function workOf({ kind, sizes, n, dtype }) {
  const network = mlp({ sizes, dtype, batch: n, seed: 0 })
  const Numbers = dtype === 'float32' ? Float32Array : Float64Array
  const rng = random(1)
  const x = Numbers.from({ length: n * sizes[0] }, () => rng.uniform())
  const y = Int32Array.from({ length: n }, (_, i) => i % sizes.at(-1))
  const v = Numbers.from(network.parameters, () => rng.normal())
  const out = new Numbers(v.length)
  if (kind === 'step') {
    return () => {
      network.lossAndGradient(x, y)
      network.descend(1e-3)
    }
  }
  if (kind === 'hvp') return () => network.hvp(x, y, v, out)
  if (kind === 'gradient statistics') return () => network.gradientStatistics(x, y)
  const norms = new Float64Array(n)
  return () => network.perExampleGradientNorms(x, y, { out: norms })
}

const wide = { sizes: [784, 256, 10], n: 128 }
const tiny = { sizes: [20, 16, 4], n: 32 }
const rows = ['float32', 'float64'].flatMap((dtype) => [
  { ...wide, dtype, kind: 'step', target: dtype === 'float32' ? 0.45 : null },
  // The faster of PyTorch's two ways, forward over reverse and double backward.
  { ...wide, dtype, kind: 'hvp', ways: ['hvp', 'hvp, double backward'], target: 0.45 },
  { ...wide, dtype, kind: 'per-example norms', target: 10 },
  { ...wide, dtype, kind: 'gradient statistics', target: 10 },
  { ...tiny, dtype, kind: 'step', target: 10 },
])

const show = (s) => (s >= 1e-3 ? `${(s * 1e3).toPrecision(3)} ms` : `${(s * 1e6).toPrecision(3)} us`)
const torch = await startTorch()
const table = []
for (const row of rows) {
  const name = `${row.kind}, ${row.sizes.join('-')}, batch ${row.n}, ${row.dtype}`
  console.error(name)
  const work = workOf(row)
  let [ours, theirs] = [Infinity, Infinity]
  for (let round = 0; round < ROUNDS; round++) {
    ours = Math.min(ours, time(work))
    for (const kind of torch ? (row.ways ?? [row.kind]) : [])
      theirs = Math.min(theirs, await torch.time({ ...row, kind }))
  }
  const ratio = theirs / ours
  const target = row.target === null || !torch ? '' : `${row.target}: ${ratio >= row.target ? 'met' : 'not met'}`
  table.push([
    name,
    show(ours),
    torch ? show(theirs) : '-',
    torch ? (ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(2)) : '-',
    target,
  ])
}
torch?.stop()
console.log(`| | @opt/nn | PyTorch ${torch?.version ?? '(not found)'} | times as fast | target |`)
console.log('| --- | --- | --- | --- | --- |')
for (const cells of table) console.log(`| ${cells.join(' | ')} |`)
console.log(`\nNode ${process.version}, one thread each, processor time, best of ${ROUNDS} rounds in turns.`)
if (!torch) console.log('No Python with torch was found (OPT_PYTHON), so there is nothing to compare with.')
