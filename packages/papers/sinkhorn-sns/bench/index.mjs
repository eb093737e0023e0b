// SNS to an L1 error of 1e-9 against our own Sinkhorns and POT's, on every row of the paper's families.
// node bench/index.mjs [--quick]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@opt/core'
import { isDataAbsent, mnist } from '@opt/datasets'
import { densities1d, imagePair, randomAssignment, sinkhorn, sinkhornNewton } from '@opt/sinkhorn-sns'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const CAP = quick ? 5_000 : 40_000

/** Two MNIST digits, drawn larger by bilinear interpolation when side is not 28. */
async function digitPair(side, metric) {
  const { features } = await mnist({ split: 'test' })
  const draw = (k) =>
    Float64Array.from({ length: side * side }, (_, p) => {
      const at = (t) => Math.min((t * 27) / (side - 1), 26.999999)
      const [y, x] = [at(Math.floor(p / side)), at(p % side)]
      const [i, j] = [Math.floor(y), Math.floor(x)]
      const pixel = (di, dj) => features.get(k, 28 * (i + di) + j + dj)
      const [s, t] = [y - i, x - j]
      return (1 - s) * ((1 - t) * pixel(0, 0) + t * pixel(0, 1)) + s * ((1 - t) * pixel(1, 0) + t * pixel(1, 1))
    })
  return imagePair(draw(0), draw(1), { height: side, width: side, metric, maxPixel: 255 })
}

const sides = [28, 32, 45]
const lengths = [500, 1000, 2000]
const rows = [
  ['assignment', 500, 1200, () => randomAssignment(500, random(0))],
  ['assignment', 1000, 2400, () => randomAssignment(1000, random(0))],
  ['assignment', 1000, 1200, () => randomAssignment(1000, random(0))],
  ['assignment', 2000, 4800, () => randomAssignment(2000, random(0))],
  ...sides.map((side) => ['digits, squared L2', side * side, 1200, () => digitPair(side, 'sqeuclidean')]),
  ...sides.map((side) => ['digits, L1', side * side, 1200, () => digitPair(side, 'cityblock')]),
  ...lengths.map((n) => ['densities, W2', n, 1200, () => densities1d(n, 2)]),
  ...lengths.map((n) => ['densities, W1', n, 1200, () => densities1d(n, 1)]),
].filter(([, n]) => !quick || n < 800)

const peer = await startPeer(new URL('pot_peer.py', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'opt-bench-'))

/** Seconds of POT's solvers on a problem. */
async function timePot({ cost, a, b }, epsilon) {
  for (const [name, data] of Object.entries({ a, b, C: cost.data })) writeFileSync(join(folder, name), data)
  return JSON.parse(await peer.ask(`${folder} ${a.length} ${b.length} ${epsilon}`))
}

function seconds(work, runs) {
  let best = Infinity
  let value
  for (let k = 0; k < runs; k++) {
    const start = performance.now()
    value = work()
    best = Math.min(best, (performance.now() - start) / 1000)
  }
  return [value, best]
}

const show = (s) => (s >= 100 ? s.toFixed(0) : s.toPrecision(2))
const table = []
const misses = []
for (const [family, n, eta, make] of rows) {
  const name = `${family}, n = ${n}, eta = ${eta}`
  console.error(name)
  let problem
  try {
    problem = await make()
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    console.error(error.message)
    continue
  }
  const { cost, a, b } = problem
  const options = { epsilon: 1 / eta, tolerance: 1e-9, history: false }
  const [sns, snsTime] = seconds(() => sinkhornNewton(cost, a, b, options), quick ? 2 : 5)
  const [plain, kernelTime] = seconds(() => sinkhorn(cost, a, b, { ...options, maxIterations: CAP }), 1)
  const probe = 40
  const [, logTime] = seconds(
    () => sinkhorn(cost, a, b, { ...options, domain: 'log', maxIterations: probe, tolerance: 0 }),
    2,
  )
  const logTotal = (logTime / (probe + 1)) * plain.iterations
  const pot = peer && (await timePot(problem, 1 / eta))
  const capped = plain.status === 'converged' ? '' : '> '
  const total = (perIteration) => perIteration * plain.iterations

  const fewer = plain.iterations / sns.iterations
  const speed = Math.min(kernelTime, logTotal) / snsTime
  const lost = []
  if (sns.status !== 'converged') lost.push(`SNS: ${sns.status}`)
  if (fewer < 10 && !(family === 'assignment' && eta / n < 2))
    lost.push(`only ${fewer.toFixed(1)} times fewer iterations (target 10)`)
  if (plain.iterations > 3000 && speed < 2)
    lost.push(`only ${speed.toFixed(1)} times faster than our Sinkhorn (target 2)`)
  if (speed < 1) lost.push(`our own Sinkhorn is ${(1 / speed).toFixed(1)} times faster`)
  if (pot) {
    for (const method of ['log', 'stabilized'])
      if (total(pot[method]) < snsTime)
        lost.push(`POT sinkhorn_${method} is ${(snsTime / total(pot[method])).toFixed(1)} times faster`)
    if (pot.emd < snsTime) lost.push(`the exact network simplex is ${(snsTime / pot.emd).toFixed(1)} times faster`)
  }
  misses.push(...lost.map((text) => `${name}: ${text}`))
  table.push([
    `${family}, ${n}, ${eta}`,
    `${sns.sinkhornIterations} + ${sns.newtonIterations}`,
    `${capped}${plain.iterations}`,
    show(snsTime),
    `${capped}${show(kernelTime)}`,
    `${capped}${show(logTotal)}`,
    ...(pot
      ? [`${capped}${show(total(pot.stabilized))}`, `${capped}${show(total(pot.log))}`, show(pot.emd)]
      : ['-', '-', '-']),
  ])
}
peer?.stop()
rmSync(folder, { recursive: true })

const header = [
  'problem, n, eta',
  'SNS: Sinkhorn + Newton',
  'Sinkhorn',
  'SNS, s',
  'ours kernel, s',
  'ours log, s',
  'POT stabilized, s',
  'POT log, s',
  'POT emd, s',
]
for (const row of [header, header.map((_, k) => (k === 0 ? '---' : '--:')), ...table])
  console.log(`| ${row.join(' | ')} |`)
console.log()
console.log(
  `Seconds to an L1 error of 1e-9 on one thread, best of ${quick ? 2 : 5} for SNS; "ours log" and POT's Sinkhorns are time an iteration times the iterations of ours; emd solves the unregularised problem exactly. ${peer ? peer.version : NO_PEER}`,
)
console.log()
console.log(misses.length > 0 ? 'Where SNS does not win:' : 'SNS wins on every row.')
for (const miss of misses) console.log(`- ${miss}`)
