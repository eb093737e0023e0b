// The critical rate against numpy and scipy: the dense eigenproblem of all second moments, and eigsh without forming
// it; and what estimates cost beside their Hessian-vector products. In turns. node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { criticalRate, estimateSharpness } from '@opt/sgd-stability'
import ndarray from 'ndarray'
import { duration } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 7
const scipy = await startPeer(new URL('scipy_peer.py', import.meta.url))
const ask = async (request) => (scipy ? JSON.parse(await scipy.ask(JSON.stringify(request))) : undefined)

function seconds(work) {
  const start = performance.now()
  const answer = work()
  return [(performance.now() - start) / 1000, answer]
}

const rows = []
const misses = []
const sizes = [
  [20, 30],
  [40, 330],
  [100, 300],
  [300, 1000],
  [1000, 50],
  [1000, 2000],
]
for (const [n, d] of quick ? sizes.slice(0, 4) : sizes)
  for (const batchSize of n === 1000 ? [1] : [1, 8]) {
    console.error(`n = ${n}, d = ${d}, batch ${batchSize}`)
    const rng = random(1)
    const A = ndarray(
      Float64Array.from({ length: n * d }, () => rng.normal()),
      [n, d],
    )
    await ask({ n, d, A: Array.from(A.data) })
    const fits = Math.min(n, d) <= 40
    const runs = n <= 100 ? 10 : 1
    const best = { ours: Infinity, dense: undefined, eigsh: undefined }
    let [iterations, rate] = [0, 0]
    for (let round = 0; round < (n * d > 1e6 ? 2 : ROUNDS); round++) {
      for (let run = 0; run < runs; run++) {
        const [time, answer] = seconds(() => criticalRate(A, { batchSize }))
        best.ours = Math.min(best.ours, time)
        iterations = answer.iterations
        rate = answer.rate
      }
      for (const kind of scipy ? ['eigsh', ...(fits ? ['dense'] : [])] : []) {
        const reply = await ask({ kind, c: 1 / batchSize, runs: kind === 'dense' ? 1 : runs })
        best[kind] = Math.min(best[kind] ?? Infinity, reply.seconds)
        if (Math.abs(reply.rate / rate - 1) > 1e-8) throw new Error(`${kind} finds ${reply.rate}, not ${rate}`)
      }
    }
    const r = Math.min(n, d)
    const steps = Math.min(100, Math.max(8, Math.floor(32e6 / (r * (r + 1)))))
    const times = best.dense === undefined ? undefined : best.dense / best.ours
    if (times !== undefined && times < 5)
      misses.push(`${n} x ${d}: ${times.toPrecision(2)} times the dense one, 5 wanted`)
    if (n === 300 && best.ours > 1) misses.push(`300 x 1000 takes ${duration(best.ours)}, 1 s allowed`)
    rows.push([
      n,
      d,
      batchSize,
      duration(best.ours),
      iterations,
      `${((8 * (3 * n * r + 2 * r * r + (Math.min(steps, iterations) * r * (r + 1)) / 2)) / 1e6).toPrecision(2)} MB`,
      duration(best.dense),
      times === undefined ? '-' : times.toPrecision(2),
      duration(best.eigsh),
      best.eigsh === undefined ? '-' : (best.eigsh / best.ours).toPrecision(2),
    ])
  }
scipy?.stop()

/** What estimates take beside the Hessian-vector products of a network with so many examples. */
function overhead(examples) {
  const network = mlp({ sizes: [100, 64, 10], activation: 'tanh', loss: 'squared' })
  const rng = random(2)
  const inputs = Float64Array.from({ length: 100 * examples }, () => rng.normal())
  const targets = Array.from({ length: examples }, () => Array.from({ length: 10 }, () => rng.normal()))
  let spent = 0
  const hessian = {
    rows: network.parameters.length,
    columns: network.parameters.length,
    apply(v, out) {
      const start = performance.now()
      network.hvp(inputs, targets, v, out)
      spent += performance.now() - start
    },
  }
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    spent = 0
    const [time] = seconds(() => estimateSharpness(hessian))
    least = Math.min(least, (time * 1000) / spent - 1)
  }
  return least
}
const [batch, set] = [128, 1024].map(overhead)
if (set > 0.1) misses.push(`estimates take ${Math.round(100 * set)}% more than their products, 10% allowed`)

console.log(
  'The largest stable learning rate to a relative residual of 1e-8, from n gradients of d parameters; memory by its largest arrays:\n',
)
const head = [
  'n',
  'd',
  'batch',
  'criticalRate',
  'iterations',
  'memory',
  'dense eigh',
  'times as fast',
  'eigsh',
  'times as fast',
]
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`)
const percent = (share) => `${(100 * share).toPrecision(2)}%`
console.log(
  `\nestimateSharpness on a 100-64-10 network takes ${percent(set)} more than its Hessian-vector products with 1024 examples (at most 10%), ${percent(batch)} more with 128.`,
)
console.log(
  `\nNode ${process.version}${scipy ? `, scipy ${scipy.version}` : ''}, one thread each, the best of ${ROUNDS} or more rounds in turns.${scipy ? '' : ` ${NO_PEER}`}`,
)
console.log(misses.length === 0 ? '\nAll targets met.' : `\nTargets not met: ${misses.join('; ')}.`)
