// A training step with and without a test of its batch, against torch.func.vmap on one thread, in turns.
// node bench/index.mjs [--quick]     Python with torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { AdaGradNorm, BatchSizeTest, networkOracle, statisticsOf, suggestedBatchSize } from '@opt/adadagrad'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 15

/** Milliseconds of one call of each, the least of many rounds in turns. */
function compare(works) {
  const least = works.map(() => Infinity)
  const counts = works.map((work) => {
    work()
    const start = performance.now()
    work()
    return Math.max(1, Math.round(20 / (performance.now() - start)))
  })
  for (let round = 0; round < ROUNDS; round++)
    works.forEach((work, k) => {
      const start = performance.now()
      for (let i = 0; i < counts[k]; i++) work()
      least[k] = Math.min(least[k], (performance.now() - start) / counts[k])
    })
  return least
}

/** A step of AdaGradNorm on a batch of n examples, with the statistics of a test or none. */
function stepOf(sizes, n, dtype, test) {
  const network = mlp({ sizes, activation: 'tanh', dtype, batch: n, seed: 0 })
  const rng = random(1)
  const inputs = Float32Array.from({ length: n * sizes[0] }, () => rng.normal())
  const labels = Int32Array.from({ length: n }, (_, i) => i % sizes.at(-1))
  const oracle = networkOracle(network, inputs, labels)
  const indices = Int32Array.from(labels, (_, i) => i)
  const x = Float64Array.from(network.parameters)
  const optimizer = new AdaGradNorm(x, { learningRate: 1e-3 })
  return () => {
    // A size that never changes, so that every step is tested.
    const growing = new BatchSizeTest({ test: test ?? 'norm', initial: n, max: test ? 2 * n : n })
    const { gradient, statistics } = oracle.evaluate(x, indices, growing.needs)
    optimizer.step(gradient)
    growing.update(statistics)
  }
}

const cases = [
  { sizes: [64, 10], n: 1440, dtype: 'float64' },
  { sizes: [64, 32, 10], n: 128, dtype: 'float64' },
  { sizes: [784, 256, 10], n: 128, dtype: 'float32' },
  { sizes: [784, 256, 10], n: 128, dtype: 'float64' },
]
const torch = await startPeer(new URL('torch_peer.py', import.meta.url))
const rows = []
const misses = []
for (const { sizes, n, dtype } of quick ? cases.slice(0, 2) : cases) {
  const name = `${sizes.join('-')}, ${n} examples, ${dtype}`
  console.error(name)
  const [plain, norm, augmented] = compare([null, 'norm', 'augmented'].map((test) => stepOf(sizes, n, dtype, test)))
  const ask = async (what) => (torch ? 1000 * Number(await torch.ask(`${sizes.join('-')};${n};${what}`)) : null)
  const theirs = [await ask('norm'), await ask('augmented')]
  const text = (value) => (value === null ? '-' : value.toPrecision(3))
  const over = (value) => (value === null ? '-' : value.toFixed(value < 10 ? 2 : 0))
  const against = [theirs[0] && theirs[0] / norm, theirs[1] && theirs[1] / augmented]
  rows.push([
    name,
    text(plain),
    text(norm),
    over(norm / plain),
    text(augmented),
    over(augmented / plain),
    text(theirs[0]),
    over(against[0]),
    text(theirs[1]),
    over(against[1]),
  ])
  if (norm / plain > 1.25) misses.push(`${name}: the norm test takes ${over(norm / plain)} plain steps, target 1.25`)
  if (augmented / plain > 1.6)
    misses.push(`${name}: the augmented test takes ${over(augmented / plain)} plain steps, target 1.6`)
  for (const ratio of against)
    if (ratio !== null && ratio < 20) misses.push(`${name}: ${over(ratio)} times faster than torch, target 20`)
}
torch?.stop()

const header = [
  'network',
  'plain step, ms',
  'norm test, ms',
  'steps',
  'augmented, ms',
  'steps',
  'torch norm, ms',
  'times',
  'torch augmented, ms',
  'times',
]
for (const row of [header, header.map((_, k) => (k === 0 ? '---' : '--:')), ...rows])
  console.log(`| ${row.join(' | ')} |`)
console.log()
console.log(
  `Whole steps: gradient, statistics, AdaGradNorm, test; the least of ${ROUNDS} rounds in turns. ${torch ? `torch ${torch.version}, float32, one thread, gradients and statistics only, as the authors' code computes them.` : NO_PEER}`,
)

console.log()
console.log('| per-example gradients that you have | statisticsOf and a size, ms | memory, MB |')
console.log('| --- | --: | --: |')
for (const [b, d] of [
  [8, 1000],
  [128, 1000],
  [128, 100_000],
]) {
  if (quick && d > 1000) continue
  const rng = random(2)
  const gradients = Array.from({ length: b }, () => Float64Array.from({ length: d }, () => rng.normal()))
  const [least] = compare([() => suggestedBatchSize(statisticsOf(gradients), { test: 'augmented' })])
  console.log(`| ${b} x ${d} | ${least.toPrecision(3)} | ${((8 * d * (b + 2)) / 1e6).toPrecision(3)} |`)
}
console.log()
console.log(
  'Memory by the largest arrays: one flat copy of the gradients, and two vectors. The closed forms of a network need none of it.',
)
console.log()
console.log(misses.length > 0 ? 'Targets not met:' : 'All targets met.')
for (const miss of misses) console.log(`- ${miss}`)
