// A step of the supernet beside PyTorch's, what sampling by norms adds to it, norms of examples, and Kendall's tau beside
// SciPy's; in turns in one run, by CPU time on one thread.
// node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { kendallTau, Supernet, trainSupernet } from '@opt/pa-da'
import ndarray from 'ndarray'
import { cpuClock, duration, median, printTable, ratio } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 15
const torch = await startPeer(new URL('torch_peer.py', import.meta.url))
const ask = async (line) => (torch ? Number(await torch.ask(line)) : Number.NaN)
const met = (yes) => (yes ? 'met' : 'missed')

const COUNT = 10_000
const rng = random(1)
const inputs = ndarray(
  Float64Array.from({ length: COUNT * 196 }, () => (rng.uniform() < 0.7 ? 0 : 3.5 * rng.uniform())),
  [COUNT, 196],
)
const labels = Int32Array.from({ length: COUNT }, () => rng.integer(0, 10))
const network = (channels) => new Supernet({ inputs: 196, classes: 10, channels, seed: 1 })

/** CPU time of a step over whole epochs, without the first, in which data are read and checked. */
function step(sampling, batchSize, channels) {
  const epochs = 3
  const run = trainSupernet.steps(network(channels), { inputs, labels }, { ...sampling, epochs, batchSize })
  run.next()
  const start = cpuClock()
  for (let epoch = 1; epoch < epochs; epoch++) run.next()
  return (cpuClock() - start) / (epochs - 1) / Math.floor(COUNT / batchSize)
}

// tauMax 0: norms are recorded, and paths and examples stay uniform, so that the steps are the same work.
const arms = { plain: { method: 'spos' }, both: { tauMax: 0 }, paths: { tauMax: 0, data: false } }
const rows = []
let headline
for (const [batch, channels] of quick
  ? [[128, 24]]
  : [
      [128, 24],
      [32, 24],
      [512, 24],
      [128, 48],
      [128, 96],
    ]) {
  const times = { plain: [], both: [], paths: [], torch: [] }
  for (const sampling of Object.values(arms)) step(sampling, batch, channels)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, sampling] of Object.entries(arms)) times[name].push(step(sampling, batch, channels))
    times.torch.push(await ask(`step ${batch} ${channels} ${Math.ceil(20_000 / batch)}`))
  }
  const [plain, both, theirs] = [times.plain, times.both, times.torch].map(median)
  // Of neighbours in time, so that both had the same machine.
  const share = (arm) => median(times[arm].map((time, k) => time / times.plain[k] - 1))
  const added = { both: share('both'), paths: share('paths') }
  const memory = network(channels).memory.parameters.buffer.byteLength / 1e6
  headline ??= { plain, theirs, added: added.both }
  const percent = (part) => `${(100 * part).toFixed(0)} %`
  rows.push([
    `${batch}, ${channels}`,
    ...[plain, both, theirs].map(duration),
    ratio(theirs, both),
    percent(added.paths),
    percent(added.both),
    memory.toPrecision(2),
  ])
}
printTable(
  [
    'a step: batch, channels',
    'SPOS',
    'PA&DA',
    'torch, SPOS',
    'times as fast',
    'norms of operations add',
    'and of examples',
    'memory, MB',
  ],
  rows,
)

/** CPU time of a call, over a few. */
function each(work, count = 5) {
  const start = cpuClock()
  for (let k = 0; k < count; k++) work()
  return (cpuClock() - start) / count
}
const net = network(24)
const X = ndarray(inputs.data.slice(0, 128 * 196), [128, 196])
const y = labels.slice(0, 128)
const path = [3, 2, 3]
const gradient = () => net.lossAndGradient(X, y, path)
const norms = () => net.perExampleNorms(X, y, path)
const sizes = quick ? [15_625] : [1000, 15_625, 250_000]
const pairs = sizes.map((n) => {
  const a = Float64Array.from({ length: n }, () => rng.integer(0, 5000) / 5000)
  return [a, a.map((v) => v + rng.normal(0, 0.1))]
})
for (let k = 0; k < 30; k++) for (const work of [gradient, norms, () => kendallTau(...pairs[0])]) work()
const others = { gradient: [], norms: [], vmap: [], ours: sizes.map(() => []), scipy: sizes.map(() => []) }
for (let round = 0; round < ROUNDS; round++) {
  others.gradient.push(each(gradient, 20))
  others.norms.push(each(norms, 20))
  if (round < 3) others.vmap.push(await ask('norms 128 24 5'))
  for (const [k, n] of sizes.entries()) {
    others.ours[k].push(each(() => kendallTau(...pairs[k]), n > 1e5 ? 1 : 5))
    others.scipy[k].push(await ask(`tau ${n}`))
  }
}
const cost = median(others.norms.map((time, k) => time / others.gradient[k]))
const [gradientTime, normsTime, vmapTime] = [others.gradient, others.norms, others.vmap].map(median)
printTable(
  ['', 'ours', 'Python', 'times as fast'],
  [
    ['loss and gradient of 128 examples, dense-thin-dense', duration(gradientTime), '', ''],
    ['gradient norms of each of them (torch: vmap(grad))', normsTime, vmapTime],
    ...sizes.map((n, k) => [
      `Kendall's tau of ${n.toLocaleString('en')} pairs (SciPy)`,
      median(others.ours[k]),
      median(others.scipy[k]),
    ]),
  ].map(([name, ours, theirs, text]) =>
    text === undefined ? [name, duration(ours), duration(theirs), ratio(theirs, ours)] : [name, ours, theirs, text],
  ),
)

const tauTime = median(others.ours[sizes.indexOf(15_625)])
const { plain, theirs, added } = headline
console.log(`- a step of 128 examples: ${duration(plain)}, target 0.45 ms: ${met(plain <= 0.45e-3)}`)
if (torch) console.log(`- ${ratio(theirs, plain)} times as fast as torch, target 1.5: ${met(theirs / plain >= 1.5)}`)
else console.log(NO_PEER)
console.log(`- sampling by norms: ${(100 * added).toFixed(0)} % on top of a step, target 15 %: ${met(added <= 0.15)}`)
console.log(`- norms of examples: ${cost.toPrecision(2)} times a gradient, target 1.6: ${met(cost <= 1.6)}`)
console.log(`- Kendall's tau of 15,625 pairs: ${duration(tauTime)}, target 6 ms: ${met(tauTime <= 6e-3)}`)
console.log(
  `\n${torch ? `${torch.version}, ` : ''}float32, 196 inputs, 10 classes, two cells. Medians of runs in turns, one thread.`,
)
torch?.stop()
