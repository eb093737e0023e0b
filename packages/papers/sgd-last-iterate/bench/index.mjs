// A step of linear regression, one example a step, beside scikit-learn's compiled SGD, interleaved in one run; and how
// the cost grows with the dimension and the number of seeds. node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { csmd, entropy, l1Norm, lastIterate, linearModel, lp, power, quantiles, stepSizes } from '@opt/sgd-last-iterate'
import { median, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 9
const TARGETS = { 100: 2 }
const stepsOf = (d) => Math.ceil((d > 500 ? 20_000 : 100_000) / (quick ? 4 : 1))

/** 1000 rows and targets, as the peer draws them. */
function dataOf(d) {
  const rng = random(0)
  const A = Array.from({ length: 1000 }, () => Float64Array.from({ length: d }, () => rng.normal()))
  const b = A.map((a) => a.reduce((sum, v, i) => sum + v * (i % 3), 0) + rng.normal())
  return { A, b }
}

/** Nanoseconds a step. */
function nanoseconds(steps, work) {
  const start = performance.now()
  work()
  return ((performance.now() - start) / steps) * 1e6
}

const show = (ns) => ns.toFixed(0)
const peer = await startPeer(new URL('sklearn_peer.py', import.meta.url))
const table = []
const misses = []
for (const d of [20, 100, 1000])
  for (const l1 of [0, 0.01]) {
    console.error(`d = ${d}, l1 = ${l1}`)
    const T = stepsOf(d)
    const { A, b } = dataOf(d)
    const { subgradient } = linearModel(A, b, { loss: 'squared', batchSize: 1 })
    const run = { x0: new Float64Array(d), stepSizes: stepSizes.sqrt({ steps: T, eta: 0.1 / d }) }
    if (l1 > 0) run.term = l1Norm(l1)
    const forms = [
      () => csmd({ ...run, subgradient }),
      () => {
        const learner = lastIterate(run)
        const g = new Float64Array(d)
        for (let t = 0; t < T; t++) {
          const [a, x] = [A[t % 1000], learner.point()]
          let residual = -b[t % 1000]
          for (let i = 0; i < d; i++) residual += a[i] * x[i]
          for (let i = 0; i < d; i++) g[i] = residual * a[i]
          learner.step(g)
        }
      },
      () =>
        quantiles({
          ...run,
          subgradient,
          objective: () => 0,
          minimum: 0,
          seeds: 10,
          every: T / 10,
          stepSizes: run.stepSizes.subarray(0, T / 10),
        }),
    ]
    for (const form of forms) form()
    const times = [[], [], [], []]
    for (let k = 0; k < REPEATS; k++) {
      for (const [j, form] of forms.entries()) times[j].push(nanoseconds(T, form))
      if (peer) times[3].push((Number(await peer.ask(`${d} ${T} ${l1}`)) / T) * 1e9)
    }
    const ratio = peer ? median(times[0].map((ns, k) => ns / times[3][k])) : undefined
    const target = TARGETS[d]
    if (ratio > target)
      misses.push(`d = ${d}, l1 = ${l1}: ${ratio.toPrecision(2)} times scikit-learn, target ${target}`)
    table.push([
      d,
      l1 > 0 ? 'l1' : 'none',
      ...times.slice(0, 3).map((list) => show(median(list))),
      ratio === undefined ? '-' : show(median(times[3])),
      ratio === undefined ? '-' : ratio.toPrecision(2),
      target ?? '-',
    ])
  }
peer?.stop()

printTable(
  [
    'd',
    'term',
    'csmd, ns a step',
    'lastIterate',
    '10 seeds side by side',
    'scikit-learn',
    'csmd / scikit-learn',
    'target',
  ],
  table,
)
console.log(
  `Linear regression, one example a step, without objective; lastIterate computes the gradient in plain JavaScript. Median of ${REPEATS} interleaved runs, ratios of neighbouring ones. ${peer ? peer.version : NO_PEER}`,
)
console.log()
console.log(misses.length > 0 ? 'Targets not met:' : peer ? 'All targets met.' : 'Targets not judged.')
for (const miss of misses) console.log(`- ${miss}`)
console.log()

/** Seeds side by side at d = 100: one model, one step at a time for all of them. */
const growth = []
for (const seeds of [1, 10, 100, 1000]) {
  console.error(`${seeds} seeds`)
  const T = Math.max(Math.ceil(40_000 / seeds), 400)
  const { A, b } = dataOf(100)
  const { subgradient } = linearModel(A, b, { loss: 'squared', batchSize: 1 })
  const run = { subgradient, x0: new Float64Array(100), objective: () => 0, minimum: 0, seeds, every: T }
  const etas = stepSizes.sqrt({ steps: T, eta: 1e-3 })
  const work = () => quantiles({ ...run, stepSizes: etas })
  work()
  const ns = median(Array.from({ length: 5 }, () => nanoseconds(T * seeds, work)))
  growth.push([seeds, show(ns), ((8 * 100 * (seeds + 4)) / 1e6).toPrecision(2)])
}
printTable(['seeds', 'ns a step of one seed', 'vectors, MB'], growth)

/** The other maps: their powers, logarithms and exponentials dominate. */
const maps = { 'lp(1.5)': [lp(1.5), 0.1], 'power(1.5)': [power(1.5), 0.1], 'entropy()': [entropy(), 1] }
const rows = []
for (const [name, [map, scale]] of Object.entries(maps))
  rows.push([
    name,
    ...[20, 100, 1000].map((d) => {
      console.error(`${name}, d = ${d}`)
      const T = stepsOf(d) / 10
      const g = Float64Array.from({ length: d }, (_, i) => (i % 2 ? scale : -scale))
      const run = { subgradient: (_, out) => void out.set(g), x0: new Float64Array(d).fill(1 / d), map }
      const etas = new Float64Array(T).fill(1e-4)
      const work = () => csmd({ ...run, stepSizes: etas })
      work()
      return show(median(Array.from({ length: 5 }, () => nanoseconds(T, work))))
    }),
  ])
printTable(['map, ns a step', 'd = 20', 'd = 100', 'd = 1000'], rows)
