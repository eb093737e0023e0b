// A round of clipped gradients and of clipped differences by this package, torch.func and opacus, by turns in one run; the
// accountant beside those of opacus and dp-accounting; growth with the records. Prints markdown tables.
import { random } from '@opt/core'
import { gaussianEpsilon, networkClient, privacySchedule, rdpPoisson, secureNoise } from '@opt/diff2'
import { mlp } from '@opt/nn'
import { duration, leastTime, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5
const peers = await startPeer(new URL('./peers.py', import.meta.url))
const ask = async (line) => (peers ? JSON.parse(await peers.ask(line)) : null)

function client(n, sizes = [8, 10, 1]) {
  const rng = random(1)
  const network = mlp({ sizes, activation: 'softplus', loss: 'squared', batch: 256 })
  const inputs = Float64Array.from({ length: n * sizes[0] }, () => rng.uniform(-1, 1))
  const targets = Float64Array.from({ length: n }, () => rng.integer(0, 2))
  const x = network.parameters.slice()
  const previous = x.map((v) => v + 1e-3)
  const out = new Float64Array(x.length)
  const own = networkClient(network, inputs, targets)
  let [at, last] = [x, previous]
  return {
    d: x.length,
    gradient: () => own.clippedMean(x, 1.5, out),
    // As in a run: to the point of the last round, from another each time.
    difference() {
      ;[at, last] = [last, at]
      own.clippedDifference(at, last, 1e-3, out)
    },
    // The last round was at x, not at the other point.
    both: () => own.clippedDifference(x, previous, 1e-3, out),
  }
}

/** Seconds of a call, the least of several. */
const { gradient, difference, both } = client(13000)
const names = {
  vmap64: 'torch vmap, float64',
  opacus64: 'opacus, float64',
  vmap32: 'torch vmap, float32',
  opacus32: 'opacus, float32',
}
const times = { gradient: Infinity, difference: Infinity, both: Infinity, difference64: Infinity }
for (let round = 0; round < ROUNDS; round++) {
  times.gradient = Math.min(times.gradient, leastTime(gradient, 7))
  times.difference = Math.min(times.difference, leastTime(difference, 7))
  times.both = Math.min(times.both, leastTime(both, 7))
  for (const name of [...Object.keys(names), 'difference64'])
    times[name] = Math.min(times[name] ?? Infinity, (await ask(`${name} 13000 5`)) ?? Infinity)
}
const against = (time, ours) => [duration(time), Number.isFinite(time) ? (time / ours).toFixed(1) : '-']
printTable(
  ['13,000 records, 8-10-1, one round', 'time', 'times ours'],
  [
    ['clipped gradients, @opt/diff2', duration(times.gradient), '1'],
    ...Object.entries(names).map(([name, label]) => [
      `clipped gradients, ${label}`,
      ...against(times[name], times.gradient),
    ]),
    ['clipped differences, @opt/diff2', duration(times.difference), '1'],
    ['clipped differences, @opt/diff2, both points anew', ...against(times.both, times.difference)],
    ['clipped differences, torch vmap, float64', ...against(times.difference64, times.difference)],
  ],
)

const ORDERS = [1.25, 1.5, 1.75, ...Array.from({ length: 31 }, (_, k) => k + 2), 40, 48, 64]
const rows = []
for (const [q, s] of [
  [0.01, 1.1],
  [0.05, 0.8],
  [0.2, 4],
]) {
  const run = () => ORDERS.map((order) => rdpPoisson(q, s, order))
  const ours = run()
  const theirs = (await ask(`curve ${q} ${s}`)) ?? {}
  const off = (values) =>
    values ? Math.max(...values.map((v, k) => (v === null ? 0 : Math.abs(v / ours[k] - 1)))).toExponential(0) : '-'
  const unknown = theirs.google ? theirs.google.filter((v) => v === null).length : '-'
  rows.push([
    `${q}, ${s}`,
    duration(leastTime(run, 7)),
    duration(theirs.opacusTime),
    off(theirs.opacus),
    duration(theirs.googleTime),
    off(theirs.google),
    unknown,
  ])
}
printTable(
  [
    'Poisson curve, 37 orders: q, s',
    'ours',
    'opacus',
    'differs by',
    'dp-accounting',
    'differs by',
    'orders without an answer',
  ],
  rows,
)

const budgets = []
for (const [epsilon, rounds] of [
  [1, 500],
  [3, 500],
  [8, 2000],
]) {
  const options = { epsilon, delta: 1e-5, rounds, restart: 1 }
  const { multipliers } = privacySchedule(options)
  const theirs = (await ask(`epsilon ${multipliers.gradient} ${rounds} 1e-5`)) ?? {}
  budgets.push([
    `${epsilon}, ${rounds}`,
    duration(leastTime(() => privacySchedule(options), 7)),
    gaussianEpsilon(Math.sqrt(rounds) / multipliers.gradient, 1e-5).toFixed(6),
    theirs.epsilon?.toFixed(6) ?? '-',
    duration(theirs.time),
  ])
}
printTable(['epsilon, rounds of DP-GD', 'schedule, ours', 'its epsilon', 'by dp-accounting (PLD)', 'its time'], budgets)
peers?.stop()

printTable(
  ['records', 'network', 'parameters', 'gradients', 'a record', 'differences', 'a record'],
  (quick
    ? [[1000, [8, 10, 1]]]
    : [
        [1000, [8, 10, 1]],
        [10_000, [8, 10, 1]],
        [100_000, [8, 10, 1]],
        [10_000, [8, 100, 1]],
        [10_000, [64, 100, 1]],
      ]
  ).map(([n, sizes]) => {
    const own = client(n, sizes)
    const [g, h] = [leastTime(own.gradient, 3), leastTime(own.difference, 3)]
    return [n, sizes.join('-'), own.d, duration(g), duration(g / n), duration(h), duration(h / n)]
  }),
)

const sources = { 'secure (default)': secureNoise(), 'secure, exact': secureNoise({ exact: true }) }
printTable(
  ['noise', 'a coordinate'],
  Object.entries(sources).map(([name, noise]) => {
    const out = new Float64Array(5000)
    const run = () => (noise.addOnGrid ? noise.addOnGrid(out, 0.1) : noise.normals(out))
    return [name, duration(leastTime(run, 3) / out.length)]
  }),
)
console.log(
  `Node ${process.version}${peers ? `, ${peers.version}` : ''}; one thread each, CPU time, the least of several runs in turns.`,
)
if (!peers) console.log(NO_PEER)
