import { type ExperimentContext, exp, type Random, random, tanh } from '@opt/core'
import { mean } from '@opt/core/experiment'
import {
  type Activation,
  activation,
  DeepNTKClassifier,
  ntk,
  optimalActivation,
  relu,
  toSphere,
  wideNetwork,
} from '../index.ts'

/** n points of the positive octant of S^2. */
function octant(rng: Random, n: number): Float64Array[] {
  return Array.from({ length: n }, () => {
    const x = Float64Array.from({ length: 3 }, () => Math.abs(rng.normal()))
    const length = Math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    return x.map((v) => v / length)
  })
}

/** K of all pairs, in order. */
function exactKernel(phi: Activation, depth: number, X: Float64Array[]): Float64Array {
  const delta = X.flatMap((x) => X.map((z) => x.reduce((sum, v, j) => sum + (v - z[j]) * (v - z[j]), 0) / 2))
  return ntk(phi, { depth, delta }).logKernel.map(exp)
}

/** Networks of finite width: their kernels, and what they predict after training, tend to the infinite one. */
export async function finiteNetworks(context: ExperimentContext): Promise<void> {
  const widths = { quick: [16, 64, 256], standard: [16, 64, 256, 1024], full: [16, 64, 256, 1024, 2048] }[context.scale]
  const repeats = context.scale === 'quick' ? 4 : 12
  const rng = random(context.seed)
  const X = octant(rng, 12)
  const cases = [
    { name: 'ReLU, depth 3', phi: relu(), depth: 3 },
    { name: 'tanh, depth 2', phi: activation({ fn: tanh }), depth: 2 },
  ]
  const errors: number[][] = []
  for (const { name, phi, depth } of cases) {
    await context.progress(0.82, `finite networks, ${name}`)
    const exact = exactKernel(phi, depth, X)
    const size = mean(Array.from(exact, Math.abs))
    errors.push(
      widths.map((width) =>
        mean(
          Array.from({ length: repeats }, () => {
            const found = wideNetwork(phi, { inputs: 3, depth, width, seed: rng }).ntk(X)
            return mean(Array.from(found, (v, i) => Math.abs(v - exact[i]))) / size
          }),
        ),
      ),
    )
  }
  context.claim({
    claim: `Kernels of finite networks tend to the exact one as the width grows from ${widths[0]} to ${widths.at(-1)}: the error falls by a factor of 2 or more (1/sqrt(width) says ${Math.sqrt(widths.at(-1)! / widths[0]).toFixed(1)})`,
    paper: 'the kernel is that of infinite width',
    ours: cases.map(({ name }, k) => `${name}: ${errors[k].map(percent).join(', ')}`).join('; '),
    pass: errors.every((row) => row.at(-1)! < row[0] / 2),
  })
  context.figure({
    kind: 'line',
    title: 'Error of the kernel of a finite network',
    x: { label: 'width', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: cases.map(({ name }, k) => ({ label: name, x: widths, y: errors[k] })),
  })
  await trained(context, rng)
}

const STEPS = 600
/** Corners, edges and the middle of the octant, which any labels leave well-conditioned. */
const PLACES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
]

/** Gradient descent on a wide network, less what it was at the start, against the kernel classifier of its depth. */
async function trained(context: ExperimentContext, rng: Random): Promise<void> {
  const [depth, phi] = [1, optimalActivation(2)]
  const widths = [32, 256, 1024]
  const points = toSphere(PLACES, { shift: 'none' })
  const n = PLACES.length
  const repeats = context.scale === 'quick' ? 2 : 10
  const agreement = widths.map(() => [] as number[])
  for (let k = 0; k < repeats; k++) {
    await context.progress(0.85 + (0.15 * k) / repeats, 'training wide networks')
    const X = Array.from({ length: PLACES.length }, (_, i) => Float64Array.from(points.data.subarray(3 * i, 3 * i + 3)))
    const Z = octant(rng, 100)
    const y = X.map((_, i) => (i === 0 || (i > 1 && rng.uniform() < 0.5) ? 1 : -1))
    const limit = new DeepNTKClassifier<number>({ activation: phi, depth }).fit(X, y).predict(Z)
    const K = exactKernel(phi, depth, X)
    // Rows of K sum to its largest eigenvalue at least: no step is too long.
    const sums = X.map((_, i) => K.subarray(n * i, n * i + n).reduce((a, b) => a + b, 0))
    widths.forEach((width, w) => {
      const network = wideNetwork(phi, { inputs: 3, depth, width, seed: rng })
      const start = network.predict(Z).slice()
      const targets = network.predict(X).map((v, i) => v + y[i])
      for (let step = 0; step < STEPS; step++) {
        network.gradient(X, targets, { out: network.gradients })
        network.descend(X.length / Math.max(...sums))
      }
      const end = network.predict(Z)
      agreement[w].push(mean(limit.map((label, r) => (end[r] - start[r] > 0 === label > 0 ? 1 : 0))))
    })
  }
  const shares = agreement.map(mean)
  context.claim({
    claim: `Networks of width ${widths.join(', ')} trained by ${STEPS} steps of gradient descent predict what the kernel classifier of their depth predicts`,
    paper: 'training a wide network is regression with its kernel',
    ours: `on ${shares.map(percent).join(', ')} of the test points`,
    pass: shares[2] >= 0.9 && shares[2] >= shares[0],
  })
}

const percent = (v: number) => `${(100 * v).toFixed(1)} %`
