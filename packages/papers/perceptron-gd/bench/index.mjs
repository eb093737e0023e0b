// Digits 3 and 9, and larger random data, beside ml-logistic-regression and scikit-learn,
// interleaved in one run.
// node bench/index.mjs [--quick]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@opt/core'
import { digits, takeRows } from '@opt/datasets'
import { dataset, logisticDescent, margin, normalizedDescent, perceptron, separableInstance } from '@opt/perceptron-gd'
import LogisticRegression from 'ml-logistic-regression'
import { Matrix } from 'ml-matrix'
import { cpuClock, median, shown } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 15
const PEER_STEPS = quick ? 200 : 2000

async function seconds(run) {
  const start = cpuClock()
  const answer = await run()
  return { time: cpuClock() - start, answer }
}

const table = await digits()
const rows = Array.from(table.labels.keys()).filter((i) => table.labels[i] === 3 || table.labels[i] === 9)
const pair = takeRows(table, rows)
const features = pair.features
features.data.forEach((v, k) => (features.data[k] = v / 16))
const labels = Float64Array.from(pair.labels, (label) => (label === 3 ? 1 : -1))
const [n, d] = features.shape

const folder = mkdtempSync(join(tmpdir(), 'perceptron-gd-'))
const file = (name, { features, labels }) => {
  const path = join(folder, name)
  writeFileSync(path, Buffer.from(features.data.slice().buffer))
  writeFileSync(path, Buffer.from(labels.slice().buffer), { flag: 'a' })
  return path
}
const sklearn = await startPeer(new URL('sklearn_peer.py', import.meta.url))
async function ask(task, path, [n, d]) {
  const [time, errors] = (await sklearn.ask(`${task} ${path} ${n} ${d}`)).split(' ').map(Number)
  return { time, answer: { misclassified: errors } }
}

/**
 * Runs every contender in turn, REPEATS times; medians, and the ratio of neighbouring runs to the
 * first.
 */
async function compare(contenders) {
  const runs = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (const run of Object.values(contenders)) for (let k = 0; k < 5 && !run.slow; k++) await run.call()
  const last = {}
  for (let k = 0; k < REPEATS; k++)
    for (const [name, { call, slow }] of Object.entries(contenders)) {
      if (slow && k % 5 > 0) continue
      const { time, answer } = await call()
      runs[name].push(time)
      last[name] = answer
    }
  return Object.entries(runs).map(([name, times]) => ({ name, time: median(times), ...last[name] }))
}

const X = new Matrix(n, d)
for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) X.set(i, j, features.data[i * d + j])
const Y = Matrix.columnVector(Array.from(labels, (label) => (label > 0 ? 1 : 0)))
const npmPeer = {
  slow: true,
  call: async () => {
    const model = new LogisticRegression({ numSteps: PEER_STEPS, learningRate: 5e-2 })
    const { time } = await seconds(() => model.train(X, Y))
    const misclassified = model.predict(X).filter((label, i) => label !== (labels[i] > 0 ? 1 : 0)).length
    // It trains two classifiers for two classes.
    return { time, answer: { misclassified, iterations: PEER_STEPS, perStep: time / PEER_STEPS / 2 } }
  },
}
const ours = (solve, options) => ({
  call: async () => {
    const run = await seconds(() => solve(dataset({ features, labels }), { history: false, ...options }))
    return { time: run.time, answer: { ...run.answer, perStep: run.time / run.answer.iterations } }
  },
})
const path = file('pair', { features, labels })
const python = (task) => ({ call: () => ask(task, path, [n, d]) })

console.error('digits 3 and 9')
const results = await compare({
  'normalizedDescent, step 10': ours(normalizedDescent, { stepSize: 10 }),
  'logisticDescent, step 1e4': ours(logisticDescent, {}),
  perceptron: ours(perceptron, {}),
  'margin, to 1e-8': ours(margin, {}),
  ...(sklearn && {
    'scikit-learn Perceptron': python('perceptron'),
    'scikit-learn LogisticRegression, C = 1e4': python('logistic'),
  }),
  [`ml-logistic-regression, ${PEER_STEPS} steps of 0.05`]: npmPeer,
})
const by = (name) => results.find((result) => result.name.startsWith(name))

console.log(`Digits 3 and 9, ${n} x ${d}, until no training example is wrong; CPU time, with the copy of the data.\n`)
console.log('| | ms | steps or passes | errors left |\n| --- | --: | --: | --: |')
for (const { name, time, iterations, misclassified } of results)
  console.log(`| ${name} | ${shown(time * 1000)} | ${iterations ?? '-'} | ${misclassified ?? 0} |`)

console.error('one step')
const data = dataset({ features, labels })
const steps = quick ? 300 : 3000
const oneStep = []
const peerStep = []
for (let k = 0; k < (quick ? 2 : 5); k++) {
  const options = { stepSize: 1, stopWhenSolved: false, maxIterations: steps, history: false }
  const run = await seconds(() => logisticDescent(data, options))
  oneStep.push(run.time / steps)
  peerStep.push((await npmPeer.call()).answer.perStep)
}
const perStep = median(peerStep.map((time, k) => time / oneStep[k]))
const targets = [
  [
    `a step, times faster than ml-logistic-regression (${shown(median(oneStep) * 1e6)} against ${shown(median(peerStep) * 1e6)} us)`,
    perStep,
    10,
  ],
  [
    'to zero errors, times faster than ml-logistic-regression',
    by('ml-logistic').time / by('normalizedDescent').time,
    quick ? 10 : 100,
  ],
]
if (sklearn)
  targets.push([
    'to zero errors, scikit-learn Perceptron / ours (perceptron)',
    by('scikit-learn Perceptron').time / by('perceptron').time,
    1,
  ])

console.error('growth')
console.log('\n| random data, margin 0.05 | a step, us | ns an entry | Z, MB | perceptron, ms | scikit-learn, ms |')
console.log('| --- | --: | --: | --: | --: | --: |')
for (const [n, d] of quick
  ? [[1000, 20]]
  : [
      [1000, 20],
      [1000, 200],
      [10_000, 200],
      [100_000, 20],
      [2000, 2000],
    ]) {
  const instance = separableInstance(random(0), { n, d, margin: 0.05 })
  const data = dataset({ ...instance, intercept: false })
  const steps = Math.max(3, Math.ceil(2e7 / (n * d)))
  const step = []
  const passes = []
  const theirs = []
  const where = sklearn && file(`${n}-${d}`, instance)
  for (let k = 0; k < 5; k++) {
    const options = { stepSize: 1, stopWhenSolved: false, maxIterations: steps, history: false }
    step.push((await seconds(() => normalizedDescent(data, options))).time / steps)
    passes.push((await seconds(() => perceptron(dataset({ ...instance, intercept: false })))).time)
    if (sklearn) theirs.push((await ask('perceptron', where, [n, d])).time)
  }
  const entry = (median(step) / n / d) * 1e9
  console.log(
    `| ${n} x ${d} | ${shown(median(step) * 1e6)} | ${shown(entry)} | ${shown((n * d * 8) / 1e6)} | ${shown(median(passes) * 1000)} | ${sklearn ? shown(median(theirs) * 1000) : '-'} |`,
  )
}
sklearn?.stop()
rmSync(folder, { recursive: true })

console.log()
for (const [label, ratio, target] of targets)
  console.log(`- ${label}: ${shown(ratio)}, target ${target}: ${ratio >= target ? 'met' : 'not met'}`)
console.log(
  `\n${sklearn ? `${sklearn.version}, one thread.` : NO_PEER} Medians of interleaved runs; CPU time on both sides.`,
)
