// SGD, Adam, AdamW, RMSProp and Adagrad in float32: a plain loop, ours, PyTorch on one thread.
// node bench/index.mjs [--quick] [--parent=FILE]; FILE is the entry of another build, timed in turns with this one.
import { resolve } from 'node:path'
import * as current from '@opt/optimizers'
import { printRatios, printRatiosOfOtherNode } from '../../../scripts/lib/optimizer-bench.mjs'
import { arraysOf, atMost, compare, head, OURS, ours, row, startTorch, target } from './measure.mjs'

const quick = process.argv.includes('--quick')
const parentFile = process.argv.find((arg) => arg.startsWith('--parent='))?.slice('--parent='.length)
const parent = parentFile && (await import(resolve(parentFile)))
const { fround } = Math

/** A loop as one writes it, over four arrays. */
function plain(n, moments, loop) {
  const [x, g] = [arraysOf(n, 1), arraysOf(n, 2)]
  const state = x.map((array) => Array.from({ length: moments }, () => new Float32Array(array.length)))
  let t = 0
  return () => {
    t++
    for (let k = 0; k < 4; k++) loop(x[k], g[k], t, ...state[k])
  }
}

function sgdLoop(x, g, _, b) {
  for (let i = 0; i < x.length; i++) {
    b[i] = 0.9 * b[i] + g[i]
    x[i] -= 1e-4 * b[i]
  }
}

function adamLoop(x, g, t, m, v) {
  const [c1, c2] = [1 - 0.9 ** t, 1 - 0.999 ** t]
  for (let i = 0; i < x.length; i++) {
    m[i] = 0.9 * m[i] + 0.1 * g[i]
    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i]
    x[i] -= (1e-4 * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + 1e-8)
  }
}

function adamWLoop(x, g, t, m, v) {
  const [c1, c2] = [1 - 0.9 ** t, 1 - 0.999 ** t]
  for (let i = 0; i < x.length; i++) {
    m[i] = 0.9 * m[i] + 0.1 * g[i]
    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i]
    x[i] = x[i] * (1 - 1e-6) - (1e-4 * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + 1e-8)
  }
}

function rmspropLoop(x, g, _, s) {
  for (let i = 0; i < x.length; i++) {
    s[i] = 0.99 * s[i] + 0.01 * g[i] * g[i]
    x[i] -= (1e-4 * g[i]) / (Math.sqrt(s[i]) + 1e-8)
  }
}

function adagradLoop(x, g, _, s) {
  for (let i = 0; i < x.length; i++) {
    s[i] = fround(s[i] + g[i] * g[i])
    x[i] -= (1e-4 * g[i]) / (Math.sqrt(s[i]) + 1e-10)
  }
}

/** Name, bytes moved a parameter, ours, the loop and its number of moments. */
const OPTIMIZERS = [
  ['SGD', 20, ({ SGD }, x, o) => new SGD(x, { learningRate: 1e-4, momentum: 0.9, ...o }), sgdLoop, 1],
  ['AdamW', 28, ({ AdamW }, x, o) => new AdamW(x, { learningRate: 1e-4, ...o }), adamWLoop, 2],
  ['Adam', 28, ({ Adam }, x, o) => new Adam(x, { learningRate: 1e-4, ...o }), adamLoop, 2],
  ['RMSProp', 20, ({ RMSProp }, x, o) => new RMSProp(x, { learningRate: 1e-4, ...o }), rmspropLoop, 1],
  ['Adagrad', 20, ({ Adagrad }, x, o) => new Adagrad(x, { learningRate: 1e-4, ...o }), adagradLoop, 1],
]

const PARENT = 'the parent’s resident, checked'
const VARIANTS = ['for-loop', 'foreach', 'fused']
const COLUMNS = ['plain loop', ...OURS, ...VARIANTS.map((variant) => `torch, ${variant}`)]

const torch = await startTorch()
const table = []
const targets = []
const ratios = []
for (const n of quick ? [1000, 100000] : [1000, 100000, 10000000])
  for (const [name, bytes, create, loop, moments] of OPTIMIZERS) {
    console.error(`${name}, n = ${n}`)
    const peers = torch ? VARIANTS.map((variant) => [`torch, ${variant}`, [name, variant]]) : []
    const contenders = {
      'plain loop': plain(n, moments, loop),
      ...ours((x, options) => create(current, x, options), n),
      ...(parent && n === 1e7
        ? { [PARENT]: ours((x, options) => create(parent, x, options), n)['resident, checked'] }
        : {}),
      ...Object.fromEntries(peers),
    }
    const result = await compare(n, contenders, torch, quick ? 8 : n > 1e6 ? 15 : 30)
    const { ratio, part, bandwidth } = result
    table.push(row(name, n, bytes, COLUMNS, result))
    if (n === 1e5 && torch)
      ratios.push(
        `${ratio('resident', 'torch, foreach').toFixed(1)} and ${ratio('own arrays', 'torch, foreach').toFixed(1)} (${name})`,
      )
    if (n === 1e7)
      for (const other of ['resident, checked', ...(parent ? [PARENT] : [])])
        targets.push(atMost(`${name}, n = 1e7, own arrays against ${other}`, ratio(other, 'own arrays'), 1.8))
    if (name === 'AdamW' && torch && n >= 1e5)
      targets.push(target(`AdamW, n = ${n}, faster than torch foreach`, ratio('resident', 'torch, foreach'), 2))
    if (name === 'SGD') targets.push(`- Memory at n = ${n}: ${(bandwidth / 1e9).toFixed(0)} GB/s updated in place`)
    if (n === 1e7 && ['SGD', 'AdamW'].includes(name))
      targets.push(target(`${name}, n = 1e7, part of the bandwidth`, part('resident', bytes), 0.7, ''))
  }
torch?.stop()
if (process.argv.includes('--ratios')) {
  printRatios(`torch foreach / ours at 1e5, resident and own arrays, is ${ratios.join(', ')}`)
  process.exit()
}

console.log(
  `Nanoseconds of CPU time a parameter, and in brackets the part of the bandwidth.\n\n${head(COLUMNS)}\n${table.join('\n')}\n`,
)
console.log(`${targets.join('\n')}\n`)
console.log(
  torch
    ? `PyTorch ${torch.version}, one thread, four tensors. Resident: parameters and gradients in the optimizer’s memory, the search for NaN off and on; own arrays: copied in and out at each step, checked. SGD has momentum 0.9. Bytes counted: 20 a parameter, 28 for Adam and AdamW; the bandwidth is the better of our kernels’ and PyTorch’s y += a x in place, over as much memory, in the same round. Rounds by turns: times are the least, parts and ratios medians of comparisons within a round.`
    : 'PyTorch is not here (npm run bench:peers, or OPT_PYTHON): its rows are missing.',
)
printRatiosOfOtherNode()
