// Times steps by AdamW and Lion of @opt and by tf.train.adam, on the same gradients and in the same training loop.
// node bench/index.mjs [--quick]
import { Lion } from '@opt/lion'
import { AdamW } from '@opt/optimizers'
import { TfOptimizer } from '@opt/tfjs'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { median } from '../../../scripts/lib/bench.mjs'

const quick = process.argv.includes('--quick')
tf.enableProdMode()

const CONTENDERS = {
  'tf.train.adam': () => tf.train.adam(1e-4),
  AdamW: () => new TfOptimizer((p) => new AdamW(p, { learningRate: 1e-4, weightDecay: 0 })),
  Lion: () => new TfOptimizer((p) => new Lion(p, { learningRate: 1e-5 })),
}

/** Returns the milliseconds of each work, the least of all rounds, and its median ratio to the first within a round. */
function compare(works, rounds, times) {
  const all = works.map(() => [])
  for (let round = -1; round < rounds; round++)
    works.forEach((work, k) => {
      const start = performance.now()
      for (let i = 0; i < times; i++) work()
      if (round >= 0) all[k].push((performance.now() - start) / times)
    })
  return all.map((own) => ({ least: Math.min(...own), ratio: median(own.map((ms, i) => all[0][i] / ms)) }))
}

let count = 0
/** Makes a multilayer perceptron: its weights, and the loss on one batch. */
function perceptron(sizes, batch) {
  const variables = sizes
    .slice(1)
    .map((units, k) => tf.variable(tf.randomNormal([sizes[k], units], 0, 0.05, 'float32', k), true, `w${++count}`))
  const x = tf.randomNormal([batch, sizes[0]], 0, 1, 'float32', 9)
  const y = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % 10),
      'int32',
    ),
    10,
  )
  const loss = () =>
    tf.losses.softmaxCrossEntropy(
      y,
      variables.reduce((h, w, k) => tf.matMul(k > 0 ? h.relu() : h, w), x),
    )
  return { variables, loss }
}

const rows = []
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend)
  for (const [name, sizes, batch, times] of [
    ['20-16-10', [20, 16, 10], 32, 50],
    ['784-256-10', [784, 256, 10], 128, 2],
  ]) {
    const rounds = quick ? 3 : 15
    const steps = Object.values(CONTENDERS).map((create) => {
      const { variables, loss } = perceptron(sizes, batch)
      const optimizer = create()
      const { grads } = optimizer.computeGradients(loss, variables)
      return {
        apply: () => optimizer.applyGradients(grads),
        minimize: () => optimizer.minimize(loss, false, variables),
      }
    })
    for (const [what, key] of [
      ['update alone', 'apply'],
      ['training step', 'minimize'],
    ]) {
      console.error(`${backend}, ${name}, ${what}`)
      const result = compare(
        steps.map((step) => step[key]),
        rounds,
        key === 'apply' ? 5 * times : times,
      )
      const cells = result.map(
        ({ least, ratio }, k) => `${least.toPrecision(2)}${k > 0 ? ` (${ratio.toPrecision(2)}x)` : ''}`,
      )
      rows.push(`| ${backend} | ${name} | ${what} | ${cells.join(' | ')} |`)
    }
  }
}
console.log(
  `| backend | network | | ${Object.keys(CONTENDERS).join(' | ')} |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`,
)
console.log(
  'Milliseconds, the least of all rounds, and in brackets how many times as fast as tf.train.adam, the median within rounds. Gradients and updates in float32, without weight decay; batches of 32 and 128.',
)
