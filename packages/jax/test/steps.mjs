// Takes 10,000 steps of an optimizer and prints how many bytes each leaves behind. A program of its own: jax-js takes
// twice as long inside jest's realm. Run with --expose-gc.
import { nn, numpy as np, scipySpecial } from '@jax-js/jax'
import { random } from '@opt/core'
import { AdamW } from '@opt/optimizers'
import { init, oracles } from '../dist/index.js'
import { used } from './used.mjs'

await init('wasm')
const rng = random(1)
const normals = (length) => Float32Array.from({ length }, () => rng.normal())
const params = { w1: np.zeros([8, 8]), b1: np.zeros([8]), w2: np.zeros([8, 3]), b2: np.zeros([3]) }
const loss = ({ w1, b1, w2, b2 }, { u, y }) => {
  const hidden = np.tanh(np.matmul(u, w1).add(b1))
  const outputs = scipySpecial.logSoftmax(np.matmul(hidden, w2).add(b2), -1)
  return nn.oneHot(y, 3).mul(outputs).sum(-1).mean().mul(-1)
}
const f = oracles(loss, params)
const data = {
  u: np.array(normals(16 * 8)).reshape([16, 8]),
  y: np.array(Int32Array.from({ length: 16 }, (_, i) => i % 3)),
}
const x = normals(f.size)
const optimizer = new AdamW(x, { learningRate: 1e-3 })
async function bytesAfter(steps) {
  for (let t = 0; t < steps; t++) optimizer.step(f.gradient(x, data, optimizer.gradients))
  return await used()
}

const seen = [await bytesAfter(2000)]
for (let round = 0; round < 5; round++) seen.push(await bytesAfter(2000))
const grown = seen.slice(1).map(({ heap }, k) => (heap - seen[k].heap) / 2000)
console.log(
  JSON.stringify({
    heap: grown.sort((a, b) => a - b)[2],
    external: (seen[5].external - seen[0].external) / 10_000,
  }),
)
