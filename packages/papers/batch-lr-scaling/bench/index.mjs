// Spectral density of a network's Hessian beside PyHessian, in turns; what Lanczos adds to its products; the learner.
// node bench/index.mjs [--quick]     Python with torch and pyhessian: OPT_PYTHON, or .venv-peers in the repository's root.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RateLearner } from '@opt/batch-lr-scaling'
import { random } from '@opt/core'
import { spectrum, symmetric } from '@opt/curvature'
import { loadTable } from '@opt/datasets-tables'
import { curvatureOperator, mlp } from '@opt/nn'
import { cpuTime, duration, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 1 : 8
const COUNT = 1400
const [PROBES, STEPS] = [4, 40]

const { features, labels } = await loadTable('digits')
const inputs = features.slice(0, COUNT * 64).map((pixel) => pixel / 16)
const targets = labels.slice(0, COUNT)

const seconds = (work) => {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}
const cpuSeconds = (work) => cpuTime(work).time

/** The Hessian of a network over rows, counting the seconds of its products. */
function timed(network, rows) {
  const hessian = curvatureOperator(network, inputs.subarray(0, rows * 64), targets.subarray(0, rows))
  const clock = { products: 0 }
  const operator = symmetric(network.parameters.length, (v, out) => {
    const start = performance.now()
    hessian.apply(v, out)
    clock.products += (performance.now() - start) / 1000
  })
  return { operator, clock }
}

const folder = mkdtempSync(join(tmpdir(), 'opt-bench-'))
const peer = await startPeer(new URL('pyhessian_peer.py', import.meta.url))
const file = (name, values) => {
  writeFileSync(join(folder, name), values)
  return join(folder, name)
}
// Half of the pixels are 0, which is skipped, as are the units that a ReLU switches off. Nothing is in the last network.
const shifted = inputs.map((pixel) => pixel - 0.3)
const cases = [
  { hidden: 32, activation: 'relu', rows: inputs },
  { hidden: 128, activation: 'relu', rows: inputs },
  { hidden: 32, activation: 'tanh', rows: shifted },
]
const density = []
const notes = []
for (const { hidden, activation, rows } of quick ? cases.slice(0, 1) : cases) {
  const sizes = [64, hidden, 10]
  const name = `${sizes.join('-')}, ${activation}${rows === shifted ? ', no zeros' : ''}`
  console.error(`density, ${name}`)
  const networks = {
    float64: mlp({ sizes, activation, seed: 0, batch: COUNT }),
    float32: mlp({ sizes, activation, seed: 0, batch: COUNT, dtype: 'float32' }),
  }
  const request = {
    sizes,
    activation,
    steps: STEPS,
    probes: PROBES,
    inputs: file('inputs', rows),
    labels: file('labels', targets),
    parameters: file('parameters', networks.float64.parameters),
  }
  const row = [name, networks.float64.parameters.length]
  for (const dtype of ['float64', 'float32']) {
    const best = { ours: Infinity, theirs: Infinity }
    let [highest, there] = [0, 0]
    // PyHessian's answer too is nodes and weights, and begins with a forward and a backward pass.
    const work = () => {
      const hessian = curvatureOperator(networks[dtype], rows, targets)
      highest = spectrum(hessian, { probes: PROBES, steps: STEPS, history: false }).highest
    }
    work()
    for (let round = 0; round < ROUNDS; round++) {
      best.ours = Math.min(best.ours, cpuSeconds(work))
      if (!peer) continue
      const reply = JSON.parse(await peer.ask(JSON.stringify({ ...request, dtype })))
      best.theirs = Math.min(best.theirs, reply.seconds)
      there = reply.highest
    }
    row.push(
      duration(best.ours),
      peer ? duration(best.theirs) : '-',
      peer ? (best.theirs / best.ours).toPrecision(2) : '-',
    )
    if (peer)
      notes.push(`${name}, ${dtype}: largest node ${highest.toPrecision(5)} here, ${there.toPrecision(5)} there`)
  }
  density.push(row)
}
peer?.stop()
rmSync(folder, { recursive: true })

const overhead = []
for (const hidden of quick ? [32] : [32, 128, 512, 1333])
  for (const [rows, steps] of [
    [COUNT, 40],
    [128, 6],
  ]) {
    console.error(`overhead, 64-${hidden}-10, ${rows} rows`)
    const network = mlp({ sizes: [64, hidden, 10], seed: 0, batch: rows })
    const { operator, clock } = timed(network, rows)
    const rng = random(1)
    const starts = [Float64Array.from({ length: operator.rows }, () => rng.normal())]
    const best = { lanczos: Infinity, products: Infinity }
    for (let round = 0; round < (rows !== COUNT ? 4 * ROUNDS : hidden > 128 ? 2 : ROUNDS); round++) {
      clock.products = 0
      const total = seconds(() => spectrum(operator, { starts, steps, history: false }))
      best.products = Math.min(best.products, clock.products)
      best.lanczos = Math.min(best.lanczos, total - clock.products)
    }
    overhead.push([
      network.parameters.length,
      rows,
      steps,
      duration(best.products),
      duration(best.lanczos),
      `${((100 * best.lanczos) / best.products).toFixed(1)}%`,
    ])
  }

const learner = []
for (const batch of quick ? [32] : [1, 16, 256]) {
  console.error(`learner, batch ${batch}`)
  const network = mlp({ sizes: [64, 32, 10], seed: 0, batch: Math.max(batch, 128) })
  const measure = new RateLearner({ products: { network, inputs, targets, operator: curvatureOperator }, batch })
  const data = network.examples(inputs, targets)
  const order = Int32Array.from({ length: COUNT }, (_, i) => i)
  const epoch = () => {
    for (let at = 0; at + batch <= COUNT; at += batch) {
      network.lossAndGradientAt(data, order.subarray(at, at + batch))
      network.descend(1e-4)
    }
  }
  let best = [Infinity, Infinity]
  for (let round = 0; round < 3 * ROUNDS; round++)
    best = [
      Math.min(best[0], seconds(epoch)),
      Math.min(
        best[1],
        seconds(() => measure.measure()),
      ),
    ]
  learner.push([batch, duration(best[0]), duration(best[1])])
}

console.log(
  `Spectral density of the Hessian of a network on ${COUNT} digits, ${PROBES} random vectors, ${STEPS} steps:\n`,
)
printTable(
  ['network', 'parameters', 'float64', 'PyHessian', 'times as fast', 'float32', 'PyHessian', 'times as fast'],
  density,
)
console.log('\nOne Lanczos run: what it costs beyond its products (full reorthogonalisation):\n')
printTable(['parameters', 'rows', 'steps', 'products', 'Lanczos', 'share'], overhead)
console.log('\nThe learner on 64-32-10, 12 products of 128 examples, beside an epoch of 1400 examples:\n')
printTable(['batch', 'epoch', 'measurement'], learner)
console.log(
  `\nNode ${process.version}, one thread each; the density by CPU time, the best of ${ROUNDS} rounds in turns; the rest the best of 2 to ${4 * ROUNDS}.`,
)
for (const note of notes) console.log(`- ${note}`)
if (!peer) console.log(NO_PEER)
