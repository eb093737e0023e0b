// One gap, one divergence and one training step, each with its gradient, here and in OTT (JAX, jitted, one thread):
// the same points, regularisation and tolerance 1e-3, by CPU time. node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { euclidean, learnMap, mongeGap, sinkhornDivergence, sqEuclidean } from '@opt/monge-gap'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { cpuClock, leastTime, median } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const sizes = process.argv.includes('--quick') ? [128, 256] : [128, 256, 512]
const STEPS = 40
const REPEATS = 7

function problem(n) {
  const rng = random(n)
  const cloud = (move) => Array.from({ length: n }, () => [rng.normal() + move, rng.normal() + move])
  const [x, z] = [cloud(0), cloud(2)]
  const y = x.map(([u, v]) => [0.5 * u - v + 1 + 0.1 * rng.normal(), u + 0.3 * v + 1 + 0.1 * rng.normal()])
  const mean = (cost, from, to) => {
    const C = new Float64Array(n * n)
    const flat = (points) => Float64Array.from(points.flat())
    cost.matrix(flat(from), flat(to), 2, { data: C, rows: n, columns: n, stride: n })
    return C.reduce((sum, c) => sum + c / C.length, 0)
  }
  const epsilonFitting = 0.1 * mean(sqEuclidean(), z, z)
  const epsilonGap = 0.01 * mean(euclidean(), x, z)
  return { x, y, z, epsilonFitting, epsilonGap, strength: 2, learningRate: 1e-3 }
}

const network = (seed) =>
  mlp({ sizes: [2, 32, 64, 32, 2], activation: 'tanh', initialization: 'lecun', loss: 'squared', seed, batch: 512 })

/** CPU seconds of a step, the median of the last half. */
function training({ x, z, learningRate, epsilonFitting, epsilonGap, strength }, fresh) {
  const net = network(1)
  const optimizer = new Adam(net.parameters, { learningRate })
  const rng = random(3)
  const jitter = (points) => () => points.map((p) => p.map((v) => v + 0.3 * rng.normal()))
  const sources = fresh ? [jitter(x), jitter(z)] : [x, z]
  const times = []
  let last = cpuClock()
  const options = { epsilonFitting, epsilonGap, strength, cost: euclidean() }
  const settings = { ...options, optimizer, steps: STEPS, batchSize: x.length, history: false }
  for (const _ of learnMap.steps(net, ...sources, settings)) {
    times.push(cpuClock() - last)
    last = cpuClock()
  }
  return median(times.slice(STEPS / 2))
}

const peer = await startPeer(new URL('ott_peer.py', import.meta.url))
const ask = async (request) => (peer ? JSON.parse(await peer.ask(JSON.stringify(request))).seconds : undefined)
const layersOf = (net) =>
  net
    .layers()
    .map(({ weight, bias, inputs, outputs }) => [
      Array.from({ length: inputs }, (_, i) => Array.from(weight.subarray(i * outputs, (i + 1) * outputs))),
      Array.from(bias),
    ])

const ms = (seconds) => (seconds === undefined ? '' : (1000 * seconds).toPrecision(3))
const times = (theirs, ours) => (theirs === undefined ? '' : (theirs / ours).toPrecision(3))
console.log(
  '| task | n | ours, float64, ms | OTT float64, ms | OTT float32, ms | times as fast | as float32 |\n| --- | --: | --: | --: | --: | --: | --: |',
)
for (const n of sizes) {
  const data = problem(n)
  const { x, y, z, epsilonFitting, epsilonGap } = data
  const cost = euclidean()
  const ours = {
    gap: leastTime(() => mongeGap(x, y, { cost, epsilon: epsilonGap, tolerance: 1e-3 }), REPEATS),
    divergence: leastTime(() => sinkhornDivergence(y, z, { epsilon: epsilonFitting, tolerance: 1e-3 }), REPEATS),
    step: training(data, false),
    fresh: training(data, true),
  }
  const theirs = {}
  for (const task of ['gap', 'divergence', 'step']) {
    const request = {
      ...data,
      task,
      cost: 'euclidean',
      repeats: task === 'step' ? STEPS : REPEATS,
      parameters: layersOf(network(1)),
    }
    theirs[task] = [await ask({ ...request, dtype: 'float64' }), await ask({ ...request, dtype: 'float32' })]
  }
  const rows = [
    ['gap and gradient, from zeros', ours.gap, theirs.gap],
    ['divergence and gradient, from zeros', ours.divergence, theirs.divergence],
    ['training step, the same points', ours.step, theirs.step],
    ['training step, new points', ours.fresh, theirs.step],
  ]
  for (const [name, seconds, [double, single]] of rows)
    console.log(
      `| ${name} | ${n} | ${ms(seconds)} | ${ms(double)} | ${ms(single)} | ${times(double, seconds)} | ${times(single, seconds)} |`,
    )
}
console.log(
  `\nCPU time on one thread: the fastest of ${REPEATS} calls; for a step of a network 2-32-64-32-2 the median of the last ${STEPS / 2} of ${STEPS}. Plans to an L1 error of 1e-3, Euclidean cost. ${peer ? `${peer.version}, jitted.` : NO_PEER}`,
)
peer?.stop()
