// Gradients of one head over the length, beside numpy (the same algorithms) and torch autograd.
// node bench/index.mjs [--quick]     Python with numpy and torch: OPT_PYTHON, or .venv-peers in the root.
import { random } from '@opt/core'
import { loraGradients, normCondition, sampledGradients } from '@opt/lora-limits'
import ndarray from 'ndarray'
import { countMemory, cpuTime, duration, leastTime, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const [D, H, RANK] = [16, 8, 4]

const wasmBytes = countMemory()

function problem(length) {
  const rng = random(0)
  const draw = (rows, columns, scale) =>
    ndarray(
      Float64Array.from({ length: rows * columns }, () => scale * rng.normal()),
      [rows, columns],
    )
  const adapter = () => ({ A: draw(RANK, H, 0.3), B: draw(D, RANK, 0.05) })
  const head = {
    weights: { Q: draw(D, H, 0.15), K: draw(D, H, 0.15), V: draw(D, H, 0.15) },
    adapters: { Q: adapter(), K: adapter(), V: adapter() },
  }
  return { head, batch: { query: draw(length, D, 1), target: draw(length, H, 1) } }
}

/** The least time of some runs; a warm one first. */
const python = await startPeer(new URL('attention_peer.py', import.meta.url))
async function peer(length, rounds, task) {
  if (!python) return Number.NaN
  let best = Infinity
  for (let round = 0; round < rounds + 1; round++) {
    const reply = JSON.parse(await python.ask(JSON.stringify({ L: length, d: D, h: H, rank: RANK, ...task })))
    best = Math.min(best, reply.seconds)
  }
  return best
}

const rows = []
for (const length of [512, 1024, 2048, 4096, 8192, 16384].slice(0, quick ? 3 : 6)) {
  console.error(`${length} tokens`)
  const { head, batch } = problem(length)
  const rounds = length <= 2048 ? 4 : 1
  const time = (options) => leastTime(() => loraGradients(head, batch, options), rounds)
  const before = wasmBytes()
  loraGradients(head, batch, { maxIterations: 1 })
  const memory = (wasmBytes() - before) / 1e6
  const exact = length <= 2048 ? time({ method: 'exact' }) : cpuTime(() => loraGradients(head, batch)).time
  const reverse = time({ method: 'reverse', degree: 3 })
  const numpy = await peer(length, length <= 4096 ? rounds : 0, { what: 'exact' })
  const numpyReverse = await peer(length, rounds, { what: 'reverse', degree: 3 })
  rows.push([
    length,
    duration(exact),
    duration(numpy),
    (exact / numpy).toFixed(2),
    length <= 8192 ? duration(await peer(length, length <= 2048 ? rounds : 0, { what: 'fused' })) : '-',
    length <= 4096 ? duration(await peer(length, length <= 2048 ? rounds : 0, { what: 'plain' })) : '-',
    duration(reverse),
    duration(numpyReverse),
    (reverse / numpyReverse).toFixed(2),
    duration(time({ method: 'reverse', degree: 1 })),
    duration(time({ method: 'chained', degree: 3 })),
    duration(leastTime(() => sampledGradients(head, batch), rounds)),
    (exact / reverse).toFixed(1),
    memory.toFixed(1),
  ])
}
printTable(
  [
    'tokens',
    'exact',
    'numpy',
    'ours / numpy',
    'torch, fused',
    'torch, plain',
    'reverse 3',
    'numpy',
    'ours / numpy',
    'reverse 1',
    'chained 3',
    '32 sampled rows',
    'exact / reverse 3',
    'memory of exact, MB',
  ],
  rows,
)
console.log(
  `CPU time of one thread, the least of some runs, for all gradients of one head: d = 16, h = h_V = 8, adapters of rank 4 of Q, K and V, float64. numpy: the same algorithms, blocks of 512 queries in two passes, and of 1024 tokens; torch: autograd, fused attention or L x L arrays. ${python ? `Peers: ${python.version}.` : NO_PEER}\n`,
)

// Where reverse 3 begins to pay.
const { degrees } = normCondition(...Object.values(problem(64)))
const found = []
for (const degree of [1, 2, 3]) {
  if (quick && degree > 2) break
  const predicted = degrees[degree - 1].crossover.reverse
  let measured = Infinity
  for (const factor of [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4]) {
    const length = Math.max(8, Math.round(predicted * factor))
    const { head, batch } = problem(length)
    // Many calls in one measurement: the clock has steps.
    const many = (options) =>
      leastTime(() => {
        for (let i = 0; i < Math.max(1, 2000 / length); i++) loraGradients(head, batch, options)
      }, 3)
    if (many({ method: 'reverse', degree }) <= many({ method: 'exact' })) {
      measured = length
      break
    }
  }
  found.push([
    degree,
    degrees[degree - 1].features,
    predicted,
    Number.isFinite(measured) ? measured : `more than ${4 * predicted}`,
  ])
}
printTable(['degree of reverse', 'features', 'pays from, counted', 'pays from, measured'], found)
python?.stop()
