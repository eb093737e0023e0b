// The update of AdaHessian beside Adam's, then whole training steps beside torch's. node bench/index.mjs [--quick]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AdaHessian } from '@opt/adahessian'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { median } from '../../../../scripts/lib/bench.mjs'
import { benchOptimizers } from '../../../../scripts/lib/optimizer-bench.mjs'

await benchOptimizers([
  {
    label: 'AdaHessian, products given, rows averaged',
    ours: (p, options) => new AdaHessian(p, options),
    step: (optimizer, gradients) => optimizer.step(gradients, gradients),
  },
  {
    label: 'AdaHessian, products given, no averaging',
    ours: (p, options) => new AdaHessian(p, { blockSizes: [1, 1, 1, 1], ...options }),
    step: (optimizer, gradients) => optimizer.step(gradients, gradients),
  },
  { label: 'Adam', ours: (p, options) => new Adam(p, options), torch: 'torch.optim.Adam(p, foreach=False)' },
])

const quick = process.argv.includes('--quick')
const NETWORKS = [
  [[64, 32, 10], 128],
  [[784, 256, 10], 128],
]
const rounds = quick ? 5 : 25

/** Milliseconds of a step with and without the Hessian-vector product. */
function ours([sizes, batch]) {
  const rng = random(1)
  const network = mlp({ sizes, activation: 'tanh', dtype: 'float32', batch })
  const inputs = Float32Array.from({ length: batch * sizes[0] }, () => rng.uniform())
  const labels = Int32Array.from({ length: batch }, () => rng.integer(0, sizes[2]))
  const product = new Float32Array(network.parameters.length)
  const hessian = new AdaHessian(network.parameters)
  const adam = new Adam(network.parameters)
  const hvp = (z) => network.hvp(inputs, labels, z, product)
  const work = [() => hessian.step(network.gradients, hvp), () => adam.step(network.gradients)]
  const times = [[], []]
  for (let r = 0; r < rounds + 3; r++)
    work.forEach((step, k) => {
      const start = performance.now()
      network.lossAndGradient(inputs, labels)
      step()
      if (r >= 3) times[k].push(performance.now() - start)
    })
  return times.map(median)
}

const python = process.env.OPT_PYTHON ?? fileURLToPath(new URL('../../../../.venv-peers/bin/python', import.meta.url))
const script = fileURLToPath(new URL('torch_peer.py', import.meta.url))
const peer = existsSync(python)
  ? JSON.parse(
      spawnSync(python, [script, JSON.stringify(NETWORKS), String(rounds)], { encoding: 'utf8' }).stdout || 'null',
    )
  : null
console.log(`\n| network, batch | AdaHessian, ms | Adam, ms | torch AdaHessian, ms | torch Adam, ms |
| --- | --: | --: | --: | --: |`)
NETWORKS.forEach((network, k) => {
  const cells = [...ours(network), ...(peer ? peer[k] : [])].map((ms) => ms.toFixed(2))
  while (cells.length < 4) cells.push('-')
  console.log(`| ${network[0].join('-')}, ${network[1]} | ${cells.join(' | ')} |`)
})
console.log(
  `\nMilliseconds of a whole training step (gradient, Hessian-vector product, update) of a float32 tanh network on one thread, medians of ${rounds}; ours on @opt/nn, theirs by automatic differentiation and pytorch_optimizer.${peer ? '' : ' Torch is not there (npm run bench:peers).'}`,
)
