// Inner steps of networks against numpy and torch, one thread each, in turns; and outer steps of linear models, exact
// against plain gradients. node bench/index.mjs [--quick]
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import {
  armijoSteps,
  crossEntropy,
  exactSolve,
  fixedEta,
  gradientSteps,
  linear,
  logistic,
  networkModel,
  TargetSurrogate,
} from '@opt/target-surrogate'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
// Many short rounds: the least of them is free of other work on the machine.
const SECONDS = quick ? 0.3 : 3
const peer = await startPeer(new URL('inner_step_peer.py', import.meta.url))
const misses = []

/** Milliseconds per inner step, the least of many outer steps, and the last report. */
function innerStep(sizes, batch, inner) {
  const rng = random(1)
  const network = mlp({ sizes, batch, loss: 'squared', initialization: 'glorot', seed: 2 })
  const inputs = Float64Array.from({ length: batch * sizes[0] }, () => rng.uniform())
  const classes = sizes.at(-1)
  const labels = Float64Array.from({ length: batch }, () => rng.integer(0, Math.max(2, classes)))
  const surrogate = new TargetSurrogate(networkModel(network), network.parameters, {
    loss: classes === 1 ? logistic() : crossEntropy(),
    rule: fixedEta({ eta: 10 }),
    inner,
    steps: 5,
  })
  const start = network.parameters.slice()
  let [best, report] = [Infinity, null]
  const end = performance.now() + 1000 * SECONDS
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    network.parameters.set(start)
    const begin = performance.now()
    report = surrogate.step({ inputs, labels })
    best = Math.min(best, (performance.now() - begin) / report.innerSteps)
  }
  return { best, report }
}

const text = (value) => (value === null ? '-' : value.toPrecision(3))
const times = (theirs, ours) => (theirs === null ? '-' : (theirs / ours).toFixed(1))
console.log(
  '| network, batch | gradient and one trial, ms | numpy, ms | times | torch autograd, ms | times | authors’ way, ms | times | Armijo step, ms | its trials |',
)
console.log('| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |')
const cases = [
  [[64, 32, 10], 125],
  [[64, 32, 10], 1000],
  [[5, 32, 1], 100],
  [[64, 128, 10], 125],
  [[784, 256, 10], 125],
]
for (const [sizes, batch] of quick ? cases.slice(0, 3) : cases) {
  const name = `${sizes.join('-')}, ${batch}`
  console.error(name)
  const { best } = innerStep(sizes, batch, gradientSteps({ stepSize: 1e-3 }))
  const { best: searched, report } = innerStep(sizes, batch, armijoSteps())
  const ask = async (what) => (peer ? Number(await peer.ask(`${sizes.join(';')};${batch};${what}`)) : null)
  const [numpy, torch, official] = [await ask('numpy'), await ask('torch'), await ask('official')]
  const trials = (report.forwards - 1) / report.innerSteps
  const row = [name, text(best), text(numpy), times(numpy, best), text(torch), times(torch, best), text(official)]
  console.log(`| ${[...row, times(official, best), text(searched), trials.toFixed(1)].join(' | ')} |`)
  if (batch === 125 && sizes[1] === 32) {
    if (best > 0.5) misses.push(`an inner step of 64-32-10 takes ${text(best)} ms, target 0.5`)
    if (official !== null && official / best < 3)
      misses.push(`${times(official, best)} times the authors' way, target 3`)
  }
}

console.log()
console.log('| linear model, all examples | one gradient step, ms | one exact step, ms | factoring once, ms |')
console.log('| --- | --: | --: | --: |')
for (const [n, d] of [
  [1000, 30],
  [4000, 124],
  ...(quick
    ? []
    : [
        [16000, 124],
        [4000, 400],
      ]),
]) {
  console.error(`linear ${n} x ${d}`)
  const rng = random(3)
  const inputs = Float64Array.from({ length: n * d }, () => rng.normal())
  const labels = Float64Array.from({ length: n }, () => rng.integer(0, 2))
  const timed = (inner) => {
    const surrogate = new TargetSurrogate(linear({ inputs: d }), new Float64Array(d), {
      loss: logistic(),
      steps: 1,
      inner,
    })
    let [first, best] = [0, Infinity]
    const end = performance.now() + 1000 * SECONDS
    for (let round = 0; round < 5 || performance.now() < end; round++) {
      const start = performance.now()
      surrogate.step({ inputs, labels })
      const spent = performance.now() - start
      if (round === 0) first = spent
      else best = Math.min(best, spent)
    }
    return { first, best }
  }
  const plain = timed(gradientSteps({ stepSize: 1e-3 }))
  const exact = timed(exactSolve())
  console.log(`| ${n} x ${d} | ${text(plain.best)} | ${text(exact.best)} | ${text(exact.first - exact.best)} |`)
}
console.log()
console.log(
  `Float64, one thread; the least of many rounds. ${peer ? `${peer.version}.` : NO_PEER} ${misses.length === 0 ? 'All targets met.' : `Targets not met: ${misses.join('; ')}.`}`,
)
peer?.stop()
