// Lion in float32 beside a plain loop and PyTorch on one thread; Lion-K in float64.
// node bench/index.mjs [--quick]
import * as lion from '@opt/lion'
import { arraysOf, compare, head, OURS, ours, row, startTorch, target } from '../../../optimizers/bench/measure.mjs'

const quick = process.argv.includes('--quick')
const VARIANTS = ['for-loop', 'foreach', 'pytorch_optimizer', 'pytorch_optimizer-foreach']
const COLUMNS = ['plain loop', ...OURS, ...VARIANTS.map((variant) => `torch, ${variant}`)]

/** Lion as a plain loop. */
function plainLion(n) {
  const [x, g] = [arraysOf(n, 1), arraysOf(n, 2)]
  const moments = x.map((array) => new Float32Array(array.length))
  const loop = (x, g, m) => {
    for (let i = 0; i < x.length; i++) {
      const c = 0.9 * m[i] + 0.1 * g[i]
      x[i] = x[i] * (1 - 1e-5) - 1e-4 * Math.sign(c)
      m[i] = 0.99 * m[i] + 0.01 * g[i]
    }
  }
  return () => x.forEach((array, k) => loop(array, g[k], moments[k]))
}

const torch = await startTorch()
const table = []
const targets = []
for (const n of quick ? [1000, 100000] : [1000, 100000, 10000000]) {
  console.error(`Lion, n = ${n}`)
  const peers = torch ? VARIANTS.map((variant) => [`torch, ${variant}`, ['Lion', variant]]) : []
  const contenders = {
    'plain loop': plainLion(n),
    ...ours((x, options) => new lion.Lion(x, { weightDecay: 0.1, ...options }), n),
    ...Object.fromEntries(peers),
  }
  const result = await compare(n, contenders, torch, quick ? 8 : n > 1e6 ? 25 : 40)
  const { times, ratio, part, bandwidth } = result
  table.push(row('Lion', n, 20, COLUMNS, result))
  targets.push(`- Memory at n = ${n}: ${(bandwidth / 1e9).toFixed(0)} GB/s updated in place`)
  const peer = (variant) => `torch, ${variant}`
  const ratios = VARIANTS.filter((variant) => times[peer(variant)]).map((variant) => ratio('resident', peer(variant)))
  if (torch && n >= 1e5) targets.push(target(`Lion, n = ${n}, faster than the best of PyTorch`, Math.min(...ratios), 2))
  if (n > 1e6) targets.push(target('Lion, n = 1e7, part of the bandwidth', part('resident', 20), 0.7, ''))
}
torch?.stop()

/** Lion-K on one 64 x 64 matrix in float64, for every kind of K. */
const FUNCTIONS = [
  lion.l1(),
  lion.squared(),
  lion.deadzone(0.1),
  lion.huber(0.1),
  lion.relu(),
  lion.pseudohuber(0.1),
  lion.logcosh(0.1),
  lion.lp(2),
  lion.lp(3),
  lion.linf(),
  lion.topk(64),
  lion.logsumexp(1),
  lion.group21(64, 64),
  lion.nuclear(64, 64),
]
const size = 4096
const gradient = Float64Array.from(arraysOf(4 * size, 3)[0])
const least = (work, steps) => {
  for (let k = 0; k < steps; k++) work()
  let best = Infinity
  for (let round = 0; round < 7; round++) {
    const start = performance.now()
    for (let k = 0; k < steps; k++) work()
    best = Math.min(best, (performance.now() - start) / steps)
  }
  return (best * 1e6) / size
}
console.error('Lion-K by K')
const fused = new lion.Lion(new Float64Array(size), {})
const perFunction = [['Lion, fused', least(() => fused.step(gradient), 300)]]
for (const kernel of FUNCTIONS) {
  const optimizer = new lion.LionK(new Float64Array(size), { kernel })
  const slow = kernel.name === 'nuclear'
  perFunction.push([`LionK, ${kernel.name}`, least(() => optimizer.step(gradient), slow ? 1 : 300)])
}

console.log(
  `Nanoseconds a parameter, and in brackets the part of the bandwidth.\n\n${head(COLUMNS)}\n${table.join('\n')}\n`,
)
console.log(`${targets.join('\n')}\n`)
console.log(
  torch
    ? `PyTorch ${torch.version}, one thread, four tensors; it has no Lion of its own: for-loop and foreach are written in its operations. Bytes counted: 20 a parameter; the bandwidth is the better of our kernels’ and PyTorch’s y += a x in place, over as much memory, in the same round. Rounds by turns: times are the least, parts and ratios medians of comparisons within a round.\n`
    : 'PyTorch is not here (npm run bench:peers, or OPT_PYTHON): its columns are empty.\n',
)
console.log(`One step on a 64 x 64 matrix in float64, own arrays, checked:\n\n| | ns a parameter |\n|---|---|`)
for (const [name, ns] of perFunction) console.log(`| ${name} | ${ns >= 100 ? ns.toFixed(0) : ns.toPrecision(2)} |`)
