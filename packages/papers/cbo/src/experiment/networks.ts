import { type ExperimentContext, lbfgs, random } from '@opt/core'
import { digits, divideFeatures, iris, splitRows, standardize } from '@opt/datasets'
import { accuracy, mlp } from '@opt/nn'
import { type CboOptions, cbo, cooling } from '../index.ts'

/** A tanh network of 67 parameters on iris, trained by values of its loss alone. */
export async function irisNetwork(context: ExperimentContext, from: number, to: number): Promise<void> {
  const quick = context.scale === 'quick'
  await context.progress(from, 'D: a network on iris without gradients')
  const { inputs, labels } = await standardizedIris()
  const network = mlp({ sizes: [4, 8, 3], batch: 150, activation: 'tanh', loss: 'cross-entropy', seed: 1 })
  const value = (x: Float64Array) => {
    network.parameters.set(x)
    return network.loss(inputs, labels) + 1e-3 * squares(x)
  }
  const d = network.parameters.length
  const rows: (string | number)[][] = []
  const steps = quick ? 500 : 1000
  for (const sigma of quick ? [5] : [5, 7]) {
    const settings = { sigma, random: random(context.seed), tolerance: 0, maxIterations: steps, history: false }
    let x: Float64Array = new Float64Array(d)
    let objective = Infinity
    const run = cbo.steps(value, { dimension: d, mean: 0 }, settings)
    for (let next = run.next(), k = 0; ; next = run.next(), k++) {
      if (next.done) {
        ;({ x, value: objective } = next.value)
        break
      }
      if (k % 50 === 0) await context.progress(from + ((to - from) * k) / steps, `D: iris, sigma ${sigma}`)
    }
    network.parameters.set(x)
    const correct = accuracy(network.predict(inputs), labels, 3)
    rows.push([`CBO, sigma ${sigma}`, objective.toFixed(3), `${(100 * correct).toFixed(1)}%`])
    if (sigma !== 5) continue
    context.claim({
      claim: `D: CBO trains 67 parameters by ${100 * steps} values of the loss: objective at most 0.2, accuracy at least 95%`,
      paper: '0.112 to 0.143, 97.3 to 99.3% (reference)',
      ours: `${objective.toFixed(3)}, ${(100 * correct).toFixed(1)}%`,
      pass: objective <= 0.2 && correct >= 0.95,
    })
  }
  const rng = random(context.seed + 1)
  const exact = lbfgs(
    (x, gradient) => {
      network.parameters.set(x)
      const loss = network.lossAndGradient(inputs, labels)
      for (let j = 0; j < d; j++) gradient[j] = network.gradients[j] + 2e-3 * x[j]
      return loss + 1e-3 * squares(x)
    },
    Float64Array.from({ length: d }, () => 0.5 * rng.normal()),
    { maxIterations: 500 },
  )
  rows.push(['L-BFGS, with gradients', exact.value.toFixed(3), ''])
  context.table({
    title: 'D. A 4-8-3 network on iris, cross-entropy + 0.001 |x|^2',
    columns: ['method', 'objective', 'training accuracy'],
    rows,
  })
}

const squares = (x: Float64Array) => {
  let sum = 0
  for (let j = 0; j < x.length; j++) sum += x[j] * x[j]
  return sum
}

async function standardizedIris() {
  const { features, labels } = await iris()
  return { inputs: standardize(features).features, labels }
}

const BATCH = 60
const EPOCHS = 30

/** Softmax regression on digits with the official settings for networks: batches of particles and of data. */
export async function digitsRegression(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rng = random(context.seed)
  const { train, test } = splitRows(divideFeatures(await digits({ folder: context.dataFolder }), 16), {
    rng: rng.split(),
    testFraction: 0.2,
  })
  const n = train.labels.length
  const network = mlp({ sizes: [64, 10], loss: 'cross-entropy', seed: 1 })
  const d = network.parameters.length
  const perEpoch = Math.floor(n / BATCH)
  const parts = 10
  const rows: (string | number)[][] = []
  const variants: [name: string, kickBelow: number, cools: boolean, reference: string][] = [
    ['with cooling', 1e-5, true, '85.4 to 87.7%'],
    ['without cooling', 1e-5, false, '88.5%'],
    ['with cooling, without the idle kick', 0, true, '31%'],
  ]
  for (const [k, [name, kickBelow, cools, reference]] of variants.entries()) {
    let order = rng.permutation(n)
    let [batch, inputs, labels] = [-1, new Float64Array(BATCH * 64), new Int32Array(BATCH)]
    const choose = (step: number) => {
      // A batch of data serves all parts of the particles.
      const next = Math.floor(step / parts)
      if (next === batch) return
      batch = next
      if (batch % perEpoch === 0) order = rng.permutation(n)
      for (let i = 0; i < BATCH; i++) {
        const row = order[(batch % perEpoch) * BATCH + i]
        labels[i] = train.labels[row]
        inputs.set(train.features.data.subarray(64 * row, 64 * row + 64), 64 * i)
      }
    }
    const value = (x: Float64Array, step: number) => {
      choose(step)
      network.parameters.set(x)
      return network.loss(inputs, labels)
    }
    const steps = EPOCHS * perEpoch * parts
    const schedules = cools
      ? cooling({ sigma: Math.sqrt(0.4), alpha: 50, every: perEpoch * parts })
      : { sigma: Math.sqrt(0.4), alpha: 50 }
    const options: CboOptions = { ...schedules, dt: 0.1, batchSize: 10, kickBelow, random: rng }
    const run = cbo.steps(
      value,
      { dimension: d, mean: 0 },
      { ...options, tolerance: 0, maxIterations: steps, history: false },
    )
    for (let next = run.next(), i = 0; ; next = run.next(), i++) {
      if (next.done) {
        network.parameters.set(next.value.consensus)
        break
      }
      if (i % 300 === 0)
        await context.progress(from + ((to - from) * (k + i / steps)) / variants.length, `D: digits, ${name}`)
    }
    const correct = accuracy(network.predict(test.features), test.labels, 10)
    rows.push([name, `${(100 * correct).toFixed(1)}%`, reference])
  }
  context.table({
    title: `D. Softmax regression on digits, 650 parameters, ${EPOCHS} epochs: accuracy on the test set`,
    columns: ['CBO, batches of 10 of 100 particles', 'ours', 'reference'],
    rows,
  })
  context.note('D: plain gradient methods reach about 95% on digits: with gradients at hand, use them.')
}
