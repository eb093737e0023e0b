// Runs in a page and in Node: Lion on a small problem, on one backend; `awaited`: by minimizeAsync.
import { Lion } from '@opt/lion'
import * as tf from '@tensorflow/tfjs'
import { TfOptimizer } from '../dist/index.js'

let count = 0

/** Takes 20 steps. Returns where they lead, whether a clone of a variable changed, and how many tensors were left. */
export async function train(backend, awaited = false) {
  await tf.setBackend(backend)
  await tf.ready()
  const x = tf.tensor2d([0.5, -1, 2, 0.3, -0.7, 1.1], [3, 2])
  const w = tf.variable(tf.tensor2d([0.3, -0.2], [2, 1]), true, `w-${++count}`)
  const loss = () => tf.matMul(x, w).tanh().sub(0.4).square().mean()
  const optimizer = new TfOptimizer((p) => new Lion(p, { learningRate: 0.01 }))
  const losses = []
  const step = async () => {
    const cost = awaited ? await optimizer.minimizeAsync(loss, true) : optimizer.minimize(loss, true)
    losses.push((await cost.data())[0])
    cost.dispose()
  }
  await step()
  const clone = w.clone()
  const kept = [...(await clone.data())]
  const before = tf.memory().numTensors
  for (let k = 1; k < 20; k++) await step()
  const grown = tf.memory().numTensors - before
  const changed = [...(await clone.data())].some((value, i) => value !== kept[i])
  return { backend: tf.getBackend(), grown, changed, losses, weights: [...(await w.data())] }
}
