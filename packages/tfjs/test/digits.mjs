// Trains a tf.layers model on digits with several optimizers and prints their accuracies on test digits. A program of
// its own: TensorFlow.js takes three times as long inside jest's realm.
import { random } from '@opt/core'
import { digits, trainTestSplit } from '@opt/datasets'
import { Lion } from '@opt/lion'
import { AdamW, cosineDecay } from '@opt/optimizers'
import * as tf from '@tensorflow/tfjs'
import { TfOptimizer } from '../dist/index.js'

tf.env().set('IS_TEST', true) // no greeting
await tf.setBackend('cpu')

const { features, labels } = await digits()
const split = trainTestSplit(1797, { rng: random(1), stratify: labels })

/** Returns the digits in `rows` as tensors. */
function part(rows) {
  const grey = Float32Array.from({ length: 64 * rows.length }, (_, k) => features.data[64 * rows[k >> 6] + (k & 63)])
  const x = tf.tensor2d(grey, [rows.length, 64]).div(16)
  const y = tf.oneHot(
    Array.from(rows, (row) => labels[row]),
    10,
  )
  return { x, y }
}
const [train, test] = [part(split.train), part(split.test)]

async function accuracy(optimizer) {
  const dense = (seed, rest) => tf.layers.dense({ kernelInitializer: tf.initializers.glorotNormal({ seed }), ...rest })
  const network = tf.sequential({
    layers: [
      dense(1, { units: 32, inputShape: [64], activation: 'relu' }),
      dense(2, { units: 10, activation: 'softmax' }),
    ],
  })
  network.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  await network.fit(train.x, train.y, { epochs: 15, batchSize: 64, verbose: 0, shuffle: false })
  const [, share] = network.evaluate(test.x, test.y, { batchSize: 449 })
  return share.dataSync()[0]
}

// 330 steps are few for Lion, which moves every weight by the learning rate: hence a large rate that falls.
const falling = cosineDecay(0.016, 330)
const accuracies = {
  adam: await accuracy(tf.train.adam(0.01)),
  adamW: await accuracy(new TfOptimizer((p) => new AdamW(p, { learningRate: 0.01 }))),
  lion: await accuracy(new TfOptimizer((p) => new Lion(p, { learningRate: falling, weightDecay: 0.1 }))),
}
console.log(JSON.stringify(accuracies))
