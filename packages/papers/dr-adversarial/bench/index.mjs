// Attacks, steps of training and KL weights beside PyTorch, interleaved in one run, by CPU time on one thread; and how a
// step grows. node bench/index.mjs [--quick]
import v8 from 'node:v8'
import vm from 'node:vm'
import { random } from '@opt/core'
import { barrierAttack, klWeights, marginPgd, trainRobust } from '@opt/dr-adversarial'
import { mlp, pgd } from '@opt/nn'
import { cpuTime, duration, median, printTable, ratio } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 2 : 9
const EPSILON = 0.1
const torch = await startPeer(new URL('torch_peer.py', import.meta.url))
const ask = async (line) => (torch ? Number(await torch.ask(line)) : Number.NaN)

function problem(rows, d, hidden = 64, batch = 256) {
  const rng = random(1)
  const inputs = Float64Array.from({ length: rows * d }, () => (rng.uniform() < 0.6 ? 0 : rng.uniform()))
  const targets = Int32Array.from({ length: rows }, () => rng.integer(0, 10))
  return { inputs, targets, network: mlp({ sizes: [d, hidden, 10], dtype: 'float32', batch, seed: 1 }) }
}

/** The median CPU time of a call. */
function timed(call, repeats) {
  call()
  return median(Array.from({ length: repeats }, () => cpuTime(call).time))
}

/** The median CPU time of a step of training, over blocks of five steps. */
function step(method, d, hidden, batchSize = 100) {
  const { inputs, targets, network } = problem(10 * batchSize, d, hidden, batchSize)
  const options = { epsilon: EPSILON, method, batchSize, epochs: 8, burnIn: 0, reportEvery: 5, history: false }
  const run = trainRobust.steps(network, { inputs, targets }, options)
  run.next()
  run.next()
  const times = Array.from({ length: quick ? 3 : 10 }, () => cpuTime(() => run.next()).time / 5)
  run.return()
  return median(times)
}

/** Runs the tasks in turns; returns the median of each. */
async function inTurns(tasks) {
  const times = tasks.map(() => [])
  for (let k = 0; k < REPEATS; k++) for (const [i, task] of tasks.entries()) times[i].push(await task())
  return times.map(median)
}

const met = (yes) => (yes ? 'met' : 'missed')
const sizes = quick ? [[196, 64]] : [[64, 32], [196, 64], [784, 256]] // biome-ignore format: pairs

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')
function bytes() {
  for (let k = 0; k < 3; k++) collect()
  return process.memoryUsage().external
}

/** The bytes that a run holds, of typed arrays and of WebAssembly. */
function memory(d, batchSize) {
  const { inputs, targets, network } = problem(500, d, 64, batchSize)
  const before = bytes()
  const run = trainRobust.steps(network, { inputs, targets }, { epsilon: EPSILON, batchSize, reportEvery: 1 })
  run.next()
  const held = bytes() - before
  run.return()
  return held
}

// Before anything else leaves memory behind, and after the kernels are compiled.
memory(64, 50)
const growthSizes = (quick ? [196] : [64, 196, 784, 3072]).flatMap((d) =>
  (quick ? [100] : [50, 200]).map((batch) => [d, batch]),
)
const held = growthSizes.map(([d, batch]) => memory(d, batch))

const attacks = []
let worstPgd = 0
for (const [d, hidden] of sizes) {
  const { inputs, targets, network } = problem(100, d, hidden)
  const options = { epsilon: EPSILON, steps: 10 }
  const [ours, margin, barrier, theirs] = await inTurns([
    () => timed(() => pgd(network, inputs, targets, { ...options, lower: 0, upper: 1, random: random(1) }), 20),
    () => timed(() => marginPgd(network, inputs, targets, { ...options, random: random(1) }), 20),
    () => timed(() => barrierAttack(network, inputs, targets, { ...options, random: random(1) }), 20),
    () => ask(`pgd ${d} ${hidden}`),
  ])
  worstPgd = Math.max(worstPgd, ours / theirs)
  attacks.push([
    `${d}-${hidden}-10`,
    ...[ours, theirs].map(duration),
    ratio(ours, theirs),
    ...[margin, barrier].map(duration),
  ])
}
printTable(['10 steps on 100 rows, float32', 'PGD', 'torch', 'ratio', 'marginPgd', 'barrierAttack'], attacks)

const steps = []
let worstDone = 0
for (const [d, hidden] of sizes) {
  const [at, done, torchAt, torchDone] = await inTurns([
    () => step('at', d, hidden),
    () => step('done', d, hidden),
    () => ask(`at ${d} ${hidden}`),
    () => ask(`done ${d} ${hidden}`),
  ])
  worstDone = Math.max(worstDone, done / at)
  const name = `${d}-${hidden}-10`
  steps.push([
    name,
    ...[at, done].map(duration),
    ratio(done, at),
    ...[torchAt, torchDone].map(duration),
    ratio(done, torchDone),
  ])
}
printTable(
  ['a step of training, 100 rows', 'AT', 'DONE', 'DONE / AT', 'AT, torch', 'DONE, torch', 'DONE, ours / torch'],
  steps,
)

const METHODS = ['at', 'dro-at', 'bilevel-at', 'done', 'gairat', 'mail', 'mart']
const methods = await inTurns(METHODS.map((method) => () => step(method, 196, 64)))
printTable(
  ['a step, 196-64-10', ...METHODS],
  [
    ['time', ...methods.map(duration)],
    ['beside AT', ...methods.map((time) => ratio(time, methods[0]))],
  ],
)

const losses = []
let million = Number.NaN
for (const n of quick ? [1e4] : [1e3, 1e4, 1e5, 1e6]) {
  const rng = random(1)
  const l = Float64Array.from({ length: n }, () => Math.exp(rng.normal()))
  const [ours, theirs] = await inTurns([() => timed(() => klWeights(l, 2), n > 1e5 ? 5 : 50), () => ask(`kl ${n}`)])
  if (n === 1e6) million = ours
  losses.push([n.toLocaleString('en'), ...[ours, theirs].map(duration), ratio(ours, theirs)])
}
printTable(['losses, float64', 'klWeights', 'torch, softmax and logsumexp', 'ratio'], losses)

const growth = growthSizes.map(([d, batch], k) => {
  const time = median(Array.from({ length: quick ? 1 : 3 }, () => step('done', d, 64, batch)))
  return [`${d}, ${batch}`, duration(time), duration(time / (d * batch)), (held[k] / 1e6).toPrecision(3)]
})
printTable(['inputs, batch: a step of DONE, 64 hidden units', 'time', 'per input and row', 'memory, MB'], growth)

if (torch)
  console.log(`- PGD: at most ${worstPgd.toPrecision(2)} times the time of torch, target 2.5: ${met(worstPgd <= 2.5)}`)
else console.log(NO_PEER)
console.log(
  `- a step of DONE: at most ${worstDone.toPrecision(3)} times that of AT, target 1.35: ${met(worstDone <= 1.35)}`,
)
if (!quick) console.log(`- klWeights of a million losses: ${duration(million)}, target 30 ms: ${met(million <= 0.03)}`)
console.log('- Memory: all that a run holds besides the network, with its copy of 500 rows of data.')
console.log(
  `\n${torch ? `${torch.version}, float32 networks. ` : ''}Medians of interleaved runs, one thread, CPU time.`,
)
torch?.stop()
