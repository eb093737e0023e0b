// Penalty and gradients beside PyTorch's double backward, interleaved in one run, by CPU time on one thread.
// node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { alignmentPenalty, trainAcrossDomains } from '@opt/hessian-alignment'
import { cpuClock, duration, median, printTable, ratio } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 15
const torch = await startPeer(new URL('torch_peer.py', import.meta.url))
const ask = async (line) => (torch ? Number((await torch.ask(line)).split(' ')[0]) : Number.NaN)

function problem(K, d, n, E) {
  const rng = random(1)
  const domains = Array.from({ length: E }, () => ({
    features: Float32Array.from({ length: n * d }, () => Math.max(0, rng.normal())),
    targets: Int32Array.from({ length: n }, () => rng.integer(0, Math.max(2, K))),
  }))
  const weight = Array.from({ length: d }, () => Float64Array.from({ length: K }, () => 0.1 * rng.normal()))
  return { domains, head: { weight, bias: new Float64Array(K) } }
}

/** The mean of three calls after one of the same method, whose memory they use again, as in training. */
function ours({ domains, head }, method) {
  const call = () => alignmentPenalty(domains, head, { method, detached: true, lossWeight: 1 })
  call()
  const start = cpuClock()
  for (let k = 0; k < 3; k++) call()
  return (cpuClock() - start) / 3
}

const sizes = quick
  ? [[10, 128, 256, 3]]
  : [
      [1, 128, 1000, 2],
      [10, 128, 256, 3],
      [10, 512, 128, 3],
      [10, 128, 1024, 3],
      [10, 512, 1024, 3],
      [100, 512, 256, 3],
    ]
const rows = []
const ratios = []
for (const [K, d, n, E] of sizes) {
  const given = problem(K, d, n, E)
  for (let k = 0; k < 10; k++) for (const method of ['hgp', 'diagonal']) ours(given, method)
  const times = { hgp: [], diagonal: [], torch: [], probes: [] }
  for (let k = 0; k < REPEATS; k++) {
    times.hgp.push(ours(given, 'hgp'))
    times.diagonal.push(ours(given, 'diagonal'))
    times.torch.push(await ask(`hgp ${K} ${d} ${n} ${E}`))
    if (k < 5) times.probes.push(await ask(`hutchinson ${K} ${d} ${n} ${E}`))
  }
  const [hgp, diagonal, theirs, probes] = [times.hgp, times.diagonal, times.torch, times.probes].map(median)
  ratios.push({ hgp: hgp / theirs, diagonal: diagonal / theirs, probes: probes / diagonal })
  rows.push([
    `${K}, ${d}, ${n}, ${E}`,
    ...[hgp, theirs].map(duration),
    ratio(hgp, theirs),
    ...[diagonal, probes].map(duration),
    ratio(probes, diagonal),
    (((n * E * (d + 1) * 2 + n * E * K * 5) * 8) / 1e6).toPrecision(2),
  ])
}
printTable(
  [
    'classes, features, rows, domains',
    'HGP',
    'torch',
    'ratio',
    'exact diagonal',
    'torch, 30 probes',
    'times as fast',
    'memory, MB',
  ],
  rows,
)

/** CPU time of a step of training, median over blocks of steps. */
function step(method, unbiased) {
  const rng = random(2)
  const [n, inputs] = [2000, 392]
  const domains = [0, 1].map(() => ({
    inputs: Float32Array.from({ length: n * inputs }, () => (rng.uniform() < 0.8 ? 0 : rng.uniform())),
    targets: Int32Array.from({ length: n }, () => rng.integer(0, 2)),
  }))
  const steps = quick ? 10 : 60
  const start = { at: 0, last: 0 }
  const times = []
  trainAcrossDomains([inputs, 128, 1], domains, {
    method,
    unbiased,
    steps,
    history: false,
    onProgress: () => {
      const now = cpuClock()
      if (start.at++ > 5) times.push(now - start.last)
      start.last = now
    },
  })
  return median(times)
}
const steps = [
  ['ERM', 'erm'],
  ['V-REx', 'vrex'],
  ['gradient', 'gradient', true],
  ['HGP', 'hgp', false],
  ['HGP unbiased', 'hgp', true],
  ['diagonal unbiased', 'diagonal', true],
]
const all = steps.map(() => [])
for (let k = 0; k < (quick ? 1 : 5); k++)
  steps.forEach(([, method, unbiased], i) => void all[i].push(step(method, unbiased)))
const [erm, ...others] = all.map(median)
printTable(
  ['a step of 2 x 1000 rows, 392-128-1, float32', 'time', 'beside ERM'],
  [erm, ...others].map((time, i) => [steps[i][0], duration(time), `${Math.round((time / erm - 1) * 100)} % more`]),
)
const most = Math.max(...others.slice(1)) / erm - 1
const met = (yes) => (yes ? 'met' : 'missed')
function judge(where, some) {
  const hgp = Math.max(...some.map((one) => one.hgp))
  const diagonal = Math.max(...some.map((one) => one.diagonal))
  const probes = Math.min(...some.map((one) => one.probes))
  console.log(
    `- ${where}: HGP at most ${hgp.toPrecision(2)} times the time of torch, target 2: ${met(hgp <= 2)}; exact diagonal at most ${diagonal.toPrecision(2)} times that of torch's HGP, target 1: ${met(diagonal <= 1)}, and at least ${probes.toPrecision(2)} times as fast as 30 probes, target 10: ${met(probes >= 10)}`,
  )
}
if (torch) {
  judge('the first three sizes', ratios.slice(0, 3))
  if (ratios.length > 3) judge('larger ones', ratios.slice(3))
} else console.log(NO_PEER)
console.log(`- penalty: at most ${Math.round(most * 100)} % on top of a step of ERM, target 40 %: ${met(most <= 0.4)}`)
console.log(`\n${torch ? `${torch.version}, float32` : ''}; ours in float64. Medians of interleaved runs, one thread.`)
torch?.stop()
