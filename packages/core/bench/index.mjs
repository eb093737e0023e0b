// The kernels against plain loops, ml-matrix and numpy on one thread: ratios in one run, each with the target it must reach.
// node bench/index.mjs [--quick] [name...]
import { readFileSync } from 'node:fs'
import { allocate, exp, log, vectorKernels } from '@opt/core'
import { assignments, exponentials, matrixVector, minimization, products, sparse } from './cases.mjs'
import { printCeilings, productCeilings } from './ceiling.mjs'
import { startNumpy } from './numpy.mjs'
import { compare } from './timing.mjs'

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const only = args.filter((arg) => !arg.startsWith('--'))
const settings = quick ? { rounds: 3, batch: 8 } : { rounds: 9, batch: 20 }
const numpy = await startNumpy()
const rows = []

const three = (value) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3))
const verdict = (met) => (met ? 'met' : 'not met')

/** Times `ours` against the others and notes a row for each target: { name: least ratio of their time to ours }. */
async function measure(task, n, contenders, targets) {
  if (only.length > 0 && !only.includes(task)) return
  console.error(`${task} ${n}`)
  for (const peer of ['numpy', 'scipy'])
    if (numpy && targets[peer]) contenders[peer] = { remote: () => numpy.time(task, n, settings.batch) }
  const times = await compare(contenders, settings)
  for (const [name, target] of Object.entries(targets)) {
    const theirs = times[name]
    if (theirs === undefined) continue
    const ratio = theirs / times.ours
    const [shown, goal] = target < 1 ? [`${Math.round(100 * ratio)} %`, `${100 * target} %`] : [three(ratio), target]
    rows.push([`${task}, n = ${n}`, name, three(times.ours), three(theirs), shown, goal, verdict(ratio >= target)])
  }
}

/** Largest error of exp and log over the 60-digit values of the tests, in units of the last place. */
function accuracy() {
  const golden = JSON.parse(readFileSync(new URL('../test/golden/exp-log.json', import.meta.url), 'utf8'))
  const bits = new Float64Array(1)
  const whole = new BigInt64Array(bits.buffer)
  const ulp = (x) => {
    bits[0] = Math.abs(x)
    whole[0] += 1n
    return bits[0] - Math.abs(x)
  }
  for (const [name, f] of Object.entries({ exp, log })) {
    const error = golden[name]
      .filter(([, value]) => Math.abs(value) < 1e308)
      .reduce((most, [x, value, rest]) => Math.max(most, Math.abs((f(x) - value) / ulp(value) - rest)), 0)
    rows.push([name, '60-digit values', '', '', `${error.toFixed(2)} ulp off`, 1.5, verdict(error <= 1.5)])
  }
}

/** Times the allocation of six views. */
async function allocationCost() {
  const layout = (views) => ({ x: [1, 2, 3, 4, 5, 6].map(() => views.f64(20)) })
  const make = () => allocate([vectorKernels], layout)
  const { ours } = await compare({ ours: make }, settings)
  rows.push([
    '`allocate` with six views',
    '',
    three(ours),
    '',
    `${three(1000 * ours)} us`,
    '3 us',
    verdict(ours <= 0.003),
  ])
}

const sizes = quick ? [256] : [256, 1024, 2048]
for (const n of sizes.filter((n) => n <= 1024)) await products(measure, n)
for (const n of sizes) await matrixVector(measure, n)
for (const n of sizes) await exponentials(measure, n)
await sparse(measure)
for (const n of quick ? [300] : [100, 300, 1000, 2000]) await assignments(measure, n)
for (const n of [2, 100]) await minimization(measure, n)
if (only.length === 0) {
  accuracy()
  await allocationCost()
}
const ceilings =
  only.length === 0 || only.includes('ceiling') ? await productCeilings(numpy, quick ? 256 : 1024, settings) : []
numpy?.stop()

console.log('| kernel | against | ours, ms | theirs, ms | theirs / ours | at least | |')
console.log('| --- | --- | ---: | ---: | ---: | ---: | --- |')
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
if (ceilings.length > 0) printCeilings(ceilings)
console.log(`\n${numpy ? `${numpy.version}, on one thread.` : 'numpy is not there: npm run bench:peers.'}`)
