// Times a training step through the bridge, in jax-js's own loop and by @opt/nn: one thread, in turns in one run.
// node bench/index.mjs [--quick]
import { jit, nn, numpy as np, scipySpecial, tree, valueAndGrad } from '@jax-js/jax'
import { random } from '@opt/core'
import { init, oracles, ravel } from '@opt/jax'
import { mlp } from '@opt/nn'
import { median } from '../../../scripts/lib/bench.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 15
const SECONDS = quick ? 0.1 : 0.3

/** Returns the milliseconds of one call: the median of those that fit into the time. */
function time(work) {
  const took = []
  const end = performance.now() + 1000 * SECONDS
  while (performance.now() < end || took.length < 3) {
    const start = performance.now()
    work()
    took.push(performance.now() - start)
  }
  return median(took)
}

await init('wasm')
const dense = (params, inputs) =>
  params.reduce((h, { w, b }, l) => {
    const s = np.matmul(h, w).add(b)
    return l < params.length - 1 ? nn.relu(s) : s
  }, inputs)
const loss = (params, { u, y }) =>
  y
    .mul(scipySpecial.logSoftmax(dense(params, u), -1))
    .sum(-1)
    .mean()
    .mul(-1)

/** The same step of gradient descent in three ways, and the oracles that only two of them have. */
function contest(sizes, n) {
  const network = mlp({ sizes, activation: 'relu', dtype: 'float32', batch: n, seed: 0 })
  const rng = random(1)
  const inputs = Float32Array.from({ length: n * sizes[0] }, () => rng.uniform())
  const labels = Int32Array.from({ length: n }, (_, i) => i % sizes.at(-1))
  const data = { u: np.array(inputs).reshape([n, sizes[0]]), y: nn.oneHot(np.array(labels), sizes.at(-1)) }
  const zeros = sizes.slice(1).map((outputs, l) => ({ w: np.zeros([sizes[l], outputs]), b: np.zeros([outputs]) }))
  const f = oracles(loss, zeros)
  const { unravel } = ravel(zeros)
  const x = Float32Array.from(network.parameters)
  const v = Float32Array.from(x, () => rng.normal())
  const g = new Float32Array(x.length)
  const rate = 1e-3

  let params = unravel(x)
  const own = jit((p, d) => {
    const [value, grads] = valueAndGrad((q) => loss(q, d))(tree.ref(p))
    return [value, tree.map((a, b) => a.sub(b.mul(rate)), p, grads)]
  })
  return {
    'jax-js, parameters stay in its arrays': () => {
      const [value, next] = own(params, tree.ref(data))
      params = next
      value.item() // waits for the step before
    },
    '@opt/jax': () => {
      f.valueAndGradient(x, data, g)
      for (let i = 0; i < x.length; i++) x[i] -= rate * g[i]
    },
    '@opt/nn': () => {
      network.lossAndGradient(inputs, labels)
      network.descend(rate)
    },
    '@opt/jax, hvp': () => f.hvp(x, v, data, g),
    '@opt/nn, hvp': () => network.hvp(inputs, labels, v, g),
    '@opt/jax, norms': () => f.perExampleGradientNorms(x, data),
    '@opt/nn, norms': () => network.perExampleGradientNorms(inputs, labels),
  }
}

const show = (ms) => (ms >= 0.1 ? `${ms.toPrecision(3)} ms` : `${(1000 * ms).toPrecision(3)} us`)
const rows = []
for (const [sizes, n] of [
  [[784, 256, 10], 128],
  [[20, 16, 4], 32],
]) {
  const works = Object.entries(contest(sizes, n))
  for (const [, work] of works) work() // compiled, and checked
  const times = Object.fromEntries(works.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) for (const [name, work] of works) times[name].push(time(work))
  const [own, bridge, closed, ...rest] = works.map(([name]) => median(times[name]))
  const net = `${sizes.join('-')}, batch ${n}`
  rows.push([
    `step, ${net}`,
    show(own),
    show(bridge),
    show(closed),
    (bridge / own).toFixed(2),
    (bridge / closed).toFixed(1),
  ])
  for (const [k, what] of ['hvp', 'per-example norms'].entries())
    rows.push([
      `${what}, ${net}`,
      '',
      show(rest[2 * k]),
      show(rest[2 * k + 1]),
      '',
      (rest[2 * k] / rest[2 * k + 1]).toFixed(1),
    ])
}
console.log('| float32 | jax-js by itself | @opt/jax | @opt/nn | bridge / jax-js | bridge / nn |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(
  `\nA step is loss, gradient and descent; jax-js by itself is one jitted function that keeps the parameters and gives the loss. WebAssembly, one thread, medians of ${ROUNDS} rounds in turns; first calls (compilation, check) are not counted.`,
)
